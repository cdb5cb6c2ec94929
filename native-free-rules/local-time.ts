import {
  DAY_MS,
  dayText,
  MINUTE_MS,
  MINUTES_PER_DAY,
  minuteText,
  parseDay,
  parseMinute,
  weekdayOf,
} from './calendar.ts'
import { changesBefore, offsetAt, type Zone } from './zone.ts'

/** What the clock on the wall shows. */
export interface LocalTime {
  /** Days since 1 January 1970. */
  readonly day: number
  /** 0 for Monday. */
  readonly weekday: number
  /** Minutes after midnight as the clock shows them, whatever it did in the night. */
  readonly minute: number
}

/** The time on the wall at a moment. Never throws. */
export function localTimeAt(zone: Zone, utcMs: number): LocalTime {
  const local = utcMs + offsetAt(zone, utcMs)
  const day = Math.floor(local / DAY_MS)
  return { day, weekday: weekdayOf(day), minute: Math.floor((local - day * DAY_MS) / MINUTE_MS) }
}

/**
 * The first moment at which the clock on the wall shows this time or, where clocks were put forward past it, a later one.
 * Of an hour that comes twice the first counts. Never throws.
 */
export function utcOf(zone: Zone, day: number, minute: number): number {
  const local = day * DAY_MS + minute * MINUTE_MS
  const before = offsetAt(zone, local - DAY_MS)
  const after = offsetAt(zone, local + DAY_MS)
  for (const offset of [Math.max(before, after), Math.min(before, after)])
    if (offsetAt(zone, local - offset) === offset) return local - offset
  // The time was skipped: what stands in its place is the change itself.
  return zone.changesAtMs[changesBefore(zone.changesAtMs, local - before) - 1] ?? local - before
}

/** Reads `2026-03-02T10:05` (or with a space) as a moment; undefined for anything else. Never throws. */
export function parseLocalTime(zone: Zone, text: string): number | undefined {
  const [, date = '', time = ''] = /^(\S{10})[T ](\S{5})$/.exec(text) ?? []
  const day = parseDay(date)
  const minute = parseMinute(time)
  if (day === undefined || minute === undefined || minute === MINUTES_PER_DAY) return undefined
  return utcOf(zone, day, minute)
}

/** `2026-03-02 10:05`. */
export function localText(zone: Zone, utcMs: number): string {
  const { day, minute } = localTimeAt(zone, utcMs)
  return `${dayText(day)} ${minuteText(minute)}`
}
