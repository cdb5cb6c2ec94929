/** What a process looks like from outside, again and again, and whether that stays as it is. */
import { readdirSync, statSync } from 'node:fs'
import { residentBytes } from '#test/fuzz/process-facts.ts'

const MIB = 1_048_576
const SCRAPE_TIMEOUT_MS = 5_000

export interface Sample {
  /** Seconds since the load began. */
  readonly atSeconds: number
  readonly residentMib: number
  readonly descriptors: number
  /** The highest of a percentile that the process itself measured; NaN where it did not answer. */
  readonly lagP99Ms: number
  readonly walMib: number
}

export async function takeSample(options: {
  readonly pid: number
  readonly metricsUrl: string
  readonly walFile: string
  readonly atSeconds: number
}): Promise<Sample> {
  const { pid, metricsUrl, walFile, atSeconds } = options
  const text = await fetch(metricsUrl, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) })
    .then((response) => response.text())
    .catch(() => '')
  const lag = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1]
  return {
    atSeconds,
    residentMib: residentBytes(pid) / MIB,
    descriptors: descriptorsOf(pid),
    lagP99Ms: Number(lag ?? Number.NaN) * 1_000,
    walMib: (statSync(walFile, { throwIfNoEntry: false })?.size ?? 0) / MIB,
  }
}

/** By how much a figure rises in an hour, by least squares. */
export function slopePerHour(samples: readonly Sample[], read: (one: Sample) => number): number {
  const meanAt = mean(samples.map(({ atSeconds }) => atSeconds))
  const meanOf = mean(samples.map(read))
  let above = 0
  let below = 0
  for (const one of samples) {
    above += (one.atSeconds - meanAt) * (read(one) - meanOf)
    below += (one.atSeconds - meanAt) ** 2
  }
  return below === 0 ? 0 : (above / below) * 3_600
}

/** How much higher a figure is at the end than at the beginning: the means of the first and of the last third. */
export function growth(samples: readonly Sample[], read: (one: Sample) => number): number {
  const third = Math.max(1, Math.floor(samples.length / 3))
  return mean(samples.slice(-third).map(read)) - mean(samples.slice(0, third).map(read))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return 0
  }
}
