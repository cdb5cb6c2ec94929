import type { QueryMetrics } from '../metrics/query-metrics.ts'
import { type SharedTally, tallyDelta } from './shared-tally.ts'

/** Adds what the workers of the fast path have counted to the metrics, each time the answer is called. */
export function gatherFrom(tallies: readonly SharedTally[], metrics: QueryMetrics): () => void {
  const gathers = tallies.map((tally) => gatherOne(tally, metrics))
  return () => {
    for (const gather of gathers) gather()
  }
}

function gatherOne(tally: SharedTally, metrics: QueryMetrics): () => void {
  let before = tally.snapshot()
  let samplesRead = 0
  return () => {
    const now = tally.snapshot()
    const { results, reasons, limits, ways, verdicts } = tallyDelta(before, now)
    before = now
    results((result, count) => metrics.addResults('udp', result, count))
    reasons(metrics.addReasons)
    limits(metrics.addLimits)
    ways((number) => tally.groupAt(number), metrics.addWays)
    verdicts(metrics.addVerdicts)
    samplesRead = tally.readSamples(samplesRead, (seconds) => metrics.observe('udp', seconds))
  }
}
