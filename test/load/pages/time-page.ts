import type { RunningCollector } from '#test/support/running-collector.ts'

export interface Took {
  /** Medians, of the clock and of this process's processor time, in which the collector runs as well. */
  readonly ms: number
  readonly cpuMs: number
  readonly bytes: number
}

/** Undefined where the page is not for whoever asks, or leads elsewhere. */
export async function timePage(
  { page }: RunningCollector,
  cookie: string,
  { path, rounds: times }: { readonly path: string; readonly rounds: number },
): Promise<Took | undefined> {
  const first = await page(path, cookie)
  const { length: bytes } = await first.text()
  if (first.status === 303 || first.status === 403) return undefined
  if (first.status !== 200) throw new Error(`${path} answered ${first.status}`)
  const rounds: { readonly ms: number; readonly cpuMs: number }[] = []
  for (let round = 0; round < times; round += 1) {
    const began = performance.now()
    const used = process.cpuUsage()
    await (await page(path, cookie)).text()
    const { user, system } = process.cpuUsage(used)
    rounds.push({ ms: performance.now() - began, cpuMs: (user + system) / 1000 })
  }
  return {
    ms: median(rounds.map((one) => one.ms)),
    cpuMs: median(rounds.map((one) => one.cpuMs)),
    bytes,
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
