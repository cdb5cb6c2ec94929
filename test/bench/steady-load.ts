/** What a query costs a server that is asked at a steady rate, as those of schools are. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchServer } from './bench-server.ts'
import { cpuSeconds } from './process-figures.ts'
import { type Latencies, startSteadyClient } from './steady-client.ts'

/** Before the figures count. */
const SETTLE_MS = 500

export interface SteadyLoad {
  readonly perSecond: number
  readonly cpuMicros: number
  readonly latencies: Latencies
}

export interface SteadyLoadOptions {
  readonly program: string
  readonly folder: string
  readonly names: readonly string[]
  readonly perSecond: number
  readonly seconds: number
}

/** Asks the names in turn, again from the first where they are too few. */
export async function measureSteady(
  { pid, port }: Pick<BenchServer, 'pid' | 'port'>,
  { program, folder, names, perSecond, seconds }: SteadyLoadOptions,
): Promise<SteadyLoad> {
  const secondsMax = seconds + 5
  const client = await startSteadyClient({ program, folder, port, perSecond, secondsMax, names })
  await sleep(SETTLE_MS)
  const fromMs = Date.now()
  const cpuBefore = cpuSeconds(pid)
  await sleep(seconds * 1_000)
  const cpuAfter = cpuSeconds(pid)
  const toMs = Date.now()
  const latencies = (await client.end()).between(fromMs, toMs)
  const cpuMicros = ((cpuAfter - cpuBefore) / (latencies.asked - latencies.lost)) * 1e6
  return { perSecond, cpuMicros, latencies }
}

/** Names that nobody has asked for yet, and that are in no list: each is forwarded. */
export function neverAsked(run: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `once${run}x${i}.example.org`)
}
