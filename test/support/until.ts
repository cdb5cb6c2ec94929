const POLL_MS = 5

/** Waits until it is so; throws, with `what`, when that takes too long. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 5_000,
): Promise<void> {
  for (const end = performance.now() + timeoutMs; !(await isSo()); ) {
    if (performance.now() > end) throw new Error(`in vain for ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
