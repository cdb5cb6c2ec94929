/** What a server of a million names costs, and what becomes of its clients while it takes another million. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runDnsperf } from '#test/load/dnsperf.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import type { BenchServer } from './bench-server.ts'
import { isBlocking } from './peer-server.ts'
import { cpuSeconds, residentMib } from './process-figures.ts'
import { type Latencies, startSteadyClient } from './steady-client.ts'

const POPULAR_NAMES = 2_000
const CACHED_NAMES = 20_000
const POLL_MS = 20
const RELOAD_TIMEOUT_MS = 120_000

export interface LoadFigures {
  readonly startedInMs: number
  readonly atRestMib: number
  readonly with20kCachedMib: number
  readonly underLoadMib: number
  readonly perSecond: number
  readonly cpuMicros: number
}

/** Asks 20,000 names into the cache, then a mix as fast as dnsperf gets answers. */
export async function measureLoad(
  { pid, port, startedInMs }: BenchServer,
  options: { readonly folder: string; readonly mix: readonly string[]; readonly seconds: number },
): Promise<LoadFigures> {
  const { folder, mix, seconds } = options
  const file = join(folder, 'mix')
  const atRestMib = residentMib(pid)
  await runDnsperf({ port, file, names: cachedNames() })
  const with20kCachedMib = residentMib(pid)
  await runDnsperf({ port, file, names: mix })
  const cpuBefore = cpuSeconds(pid)
  const { perSecond, completed } = await runDnsperf({ port, file, names: mix, seconds })
  const cpuMicros = ((cpuSeconds(pid) - cpuBefore) / completed) * 1e6
  const underLoadMib = residentMib(pid)
  return { startedInMs, atRestMib, with20kCachedMib, underLoadMib, perSecond, cpuMicros }
}

export interface SwapFigures {
  /** From the word to reload until a name of the new list is blocked. */
  readonly reloadMs: number
  readonly before: Latencies
  readonly during: Latencies
  /** Over the whole run. */
  readonly all: Latencies
  readonly oddRcodes: number
  /** The most memory while it lasted, less what it was before; looked at every 20 ms. */
  readonly grewMib: number
}

export interface SwapOptions {
  readonly program: string
  readonly folder: string
  readonly mix: readonly string[]
  readonly others: readonly string[]
  /** Names of `others` alone. Each is asked once: an answer from before would be cached. */
  readonly markers: readonly string[]
  readonly perSecond: number
  /** For which it is watched before and after. */
  readonly settleMs: number
}

/** Replaces the whole list under a steady rate of questions. */
export async function measureSwap(server: BenchServer, options: SwapOptions): Promise<SwapFigures> {
  const { program, folder, mix, others, markers, perSecond, settleMs } = options
  const { port, pid } = server
  server.prepare(others)
  // Whatever the reload has to ask upstream for, the caches are full when it begins.
  await runDnsperf({ port, file: join(folder, 'mix'), names: mix })
  const restMib = residentMib(pid)
  const client = await startSteadyClient({
    program,
    folder,
    port,
    perSecond,
    secondsMax: RELOAD_TIMEOUT_MS / 1000,
    names: mix,
  })
  await sleep(2 * settleMs)
  const beganMs = Date.now()
  server.reload()
  let mostMib = restMib
  for (const marker of markers) {
    if ((await isBlocking(port, marker)) || Date.now() > beganMs + RELOAD_TIMEOUT_MS) break
    mostMib = Math.max(mostMib, residentMib(pid))
    await sleep(POLL_MS)
  }
  const doneMs = Date.now()
  await sleep(settleMs)
  const grewMib = Math.max(mostMib, residentMib(pid)) - restMib
  const { between, oddRcodes } = await client.end()
  return {
    reloadMs: doneMs - beganMs,
    before: between(beganMs - settleMs, beganMs),
    during: between(beganMs, doneMs + settleMs / 2),
    all: between(0, Number.POSITIVE_INFINITY),
    oddRcodes,
    grewMib,
  }
}

/** Two thirds popular names, one third listed ones. */
export function makeMix(listed: readonly string[], count: number): readonly string[] {
  const random = makeRandom(7)
  const pick = (count: number): number => Math.floor(random() * count)
  return Array.from({ length: count }, (_, i) =>
    i % 3 === 0 ? (listed[pick(listed.length)] ?? '') : `popular${pick(POPULAR_NAMES)}.example.org`,
  )
}

function cachedNames(): readonly string[] {
  return Array.from({ length: CACHED_NAMES }, (_, i) => `cached${i}.example.org`)
}
