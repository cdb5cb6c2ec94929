import type { LinkSampled } from '#domain/event.ts'
import { fill } from '../words/fill.ts'
import { line as words } from '../words/line.ts'
import type { PlainTime } from './plain-time.ts'

const HOUR_MS = 3_600_000

/** Seconds since the epoch, mean round trip in milliseconds (null: nothing came back), lost in percent. */
type ChartPoint = readonly [seconds: number, rttMs: number | null, lossPercent: number]

interface ChartRow {
  readonly hour: string
  readonly rtt: string
  readonly loss: string
}

/** The line over time: points for the drawing, and the same by the hour for the table beside it. */
export interface LinkChart {
  readonly points: string
  readonly hours: readonly ChartRow[]
  readonly summary: string
}

/** `samples` oldest first; undefined when there are none. */
export function linkChart(samples: readonly LinkSampled[], time: PlainTime): LinkChart | undefined {
  if (samples.length === 0) return undefined
  const points = samples.map(pointOf)
  const byHour = Map.groupBy(points, ([seconds]) => Math.floor((seconds * 1000) / HOUR_MS))
  const hours = [...byHour].map(([hour, inHour]) => rowOf(time.clock(hour * HOUR_MS), inHour))
  const all = rowOf('', points)
  const summary = fill(words.summary, { roundTrip: all.rtt, loss: all.loss })
  return { points: JSON.stringify(points), hours: hours.toReversed(), summary }
}

function pointOf({ to, probes }: LinkSampled): ChartPoint {
  const trips = probes.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs.mean]))
  const sent = probes.reduce((sum, probe) => sum + probe.sent, 0)
  const lost = probes.reduce((sum, probe) => sum + probe.lost, 0)
  const rtt = trips.length === 0 ? null : round(mean(trips))
  return [Math.round(to / 1000), rtt, sent === 0 ? 0 : round((100 * lost) / sent)]
}

function rowOf(hour: string, points: readonly ChartPoint[]): ChartRow {
  const trips = points.flatMap(([, rtt]) => (rtt === null ? [] : [rtt]))
  const loss = mean(points.map(([, , lossPercent]) => lossPercent))
  return {
    hour,
    rtt:
      trips.length === 0 ? words.noAnswer : fill(words.roundTrip, { number: round(mean(trips)) }),
    loss: fill(words.loss, { number: round(loss) }),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
