import type { ProbeSample } from '#domain/event.ts'
import type { ProbeOutcome } from './probe-outcome.ts'

const MINUTE_MS = 60_000
const FIVE_MINUTES_MS = 300_000
/** Results remembered for one target: five minutes of the fastest probing. */
const RESULTS_MAX = 400

interface Result {
  readonly atMs: number
  readonly rttMs: number | undefined
}

/** The last minute or five of one target. */
export interface Recent {
  readonly sent: number
  readonly lossRatio: number
  readonly meanRttMs: number | undefined
}

/** What the probes of one target found: the newest, the last minutes, and the sample that is being gathered. */
export class ProbeRecord {
  readonly target: string
  readonly probe: 'dns' | 'tcp'
  #newest: ProbeOutcome | undefined
  #results: Result[] = []
  #sample: Result[] = []
  #sentTotal = 0
  #lostTotal = 0
  /** Results before this do not count as recent: they belong to an outage that is over. */
  #recentFromMs = -Infinity

  constructor(target: string, probe: 'dns' | 'tcp') {
    this.target = target
    this.probe = probe
  }

  get newest(): ProbeOutcome | undefined {
    return this.#newest
  }

  /** Probes since the start, and those of them that were lost. */
  get totals(): { readonly sent: number; readonly lost: number } {
    return { sent: this.#sentTotal, lost: this.#lostTotal }
  }

  add(outcome: ProbeOutcome, atMs: number): void {
    const isReached =
      outcome.kind === 'reached' || (this.probe === 'tcp' && outcome.kind === 'refused')
    const result = { atMs, rttMs: isReached ? outcome.rttMs : undefined }
    this.#newest = outcome
    this.#sentTotal++
    if (!isReached) this.#lostTotal++
    this.#results.push(result)
    this.#sample.push(result)
    if (this.#results.length > RESULTS_MAX) this.#results.shift()
    if (this.#sample.length > RESULTS_MAX) this.#sample.shift()
  }

  /** The last minute since the last outage ended. */
  lastMinute(nowMs: number): Recent {
    return recentOf(this.#results, Math.max(nowMs - MINUTE_MS, this.#recentFromMs))
  }

  lastFiveMinutes(nowMs: number): Recent {
    return recentOf(this.#results, nowMs - FIVE_MINUTES_MS)
  }

  /** An outage is over: what was lost in it says nothing about how the link is now. */
  forgetRecent(nowMs: number): void {
    this.#recentFromMs = nowMs
  }

  /** Answers what was gathered since the last call, and begins anew. */
  takeSample(): ProbeSample {
    const results = this.#sample
    this.#sample = []
    const { target, probe } = this
    const times = timesOf(results)
    const counts = { target, probe, sent: results.length, lost: results.length - times.length }
    if (times.length === 0) return counts
    const [min, mean, max] = [Math.min(...times), meanOf(times), Math.max(...times)].map(rounded)
    return { ...counts, rttMs: { min: min ?? 0, mean: mean ?? 0, max: max ?? 0 } }
  }
}

function recentOf(results: readonly Result[], fromMs: number): Recent {
  const recent = results.filter(({ atMs }) => atMs >= fromMs)
  const times = timesOf(recent)
  const sent = recent.length
  return {
    sent,
    lossRatio: sent === 0 ? 0 : (sent - times.length) / sent,
    meanRttMs: times.length === 0 ? undefined : meanOf(times),
  }
}

function timesOf(results: readonly Result[]): number[] {
  return results.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs]))
}

function meanOf(times: readonly number[]): number {
  return times.reduce((sum, time) => sum + time, 0) / times.length
}

/** Hundredths of a millisecond are enough. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
