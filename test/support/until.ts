const POLL_FIRST_MS = 5
/** What is asked may be a whole page, and takes the processor from what is waited for. */
const POLL_MAX_MS = 50

/** Waits until it is so; throws, with `what`, when that takes too long. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  timeoutMs = 5_000,
): Promise<void> {
  const end = performance.now() + timeoutMs
  for (let pollMs = POLL_FIRST_MS; !(await isSo()); pollMs = Math.min(POLL_MAX_MS, pollMs * 1.5)) {
    if (performance.now() > end) throw new Error(`in vain for ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
