import type { z } from 'zod'
import { parseDay, parseMinute, WEEKDAYS, type Weekday } from '#rules/calendar.ts'
import { type Zone, zoneOf } from '#rules/zone.ts'
import { choice, field, listOf, type Reading } from './fields.ts'

/** Minutes after midnight; `to` may lie before `from` only where a range may last over midnight. */
export interface MinuteRange {
  readonly from: number
  readonly to: number
}

/** A date, or a date and a time, on the school's clocks. */
export interface LocalMoment {
  readonly day: number
  /** Absent: the whole day. */
  readonly minute: number | undefined
}

/** A date such as 2026-09-01. */
export function dayField(): z.ZodType<number> {
  return field((found) => {
    const day = typeof found === 'string' ? parseDay(found) : undefined
    return day === undefined ? { allowed: 'a date such as 2026-09-01' } : { value: day }
  })
}

/** A time zone by its name. */
export function zoneField(): z.ZodType<Zone> {
  return field((found) => {
    const zone = typeof found === 'string' && found.length <= 64 ? zoneOf(found) : undefined
    return zone ? { value: zone } : { allowed: 'a time zone such as Europe/London' }
  })
}

/** Times such as 09:00-10:00, the first before the second. */
export function minutesField(): z.ZodType<MinuteRange> {
  return field((found) => {
    const range = typeof found === 'string' ? parseMinuteRange(found) : undefined
    const allowed = 'times such as 09:00-10:00'
    if (!range) return { allowed }
    if (range.from < range.to) return { value: range }
    return { allowed, hint: 'the end must be after the beginning' }
  })
}

/** Days of the week. */
export function weekdaysField(): z.ZodType<readonly Weekday[]> {
  return listOf(choice(WEEKDAYS), `days of the week (${WEEKDAYS.join(', ')})`, WEEKDAYS.length)
}

/** When something ends: 2026-07-20 (with that day's end) or 2026-07-20T15:30. */
export function momentField(): z.ZodType<LocalMoment> {
  return field(readMoment)
}

/** A time such as 90m, 24h or 7d, in milliseconds, within bounds. */
export function durationField(minMs: number, maxMs: number): z.ZodType<number> {
  const allowed = `a time such as 90m, 24h or 7d, from ${durationText(minMs)} to ${durationText(maxMs)}`
  return field((found) => {
    const [, count = '', unit = ''] = typeof found === 'string' ? (DURATION.exec(found) ?? []) : []
    const ms = Number(count) * (UNIT_MS.get(unit) ?? Number.NaN)
    return ms >= minMs && ms <= maxMs ? { value: ms } : { allowed }
  })
}
const DURATION = /^(\d{1,5})([mhd])$/
const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

function durationText(ms: number): string {
  return ms % 86_400_000 === 0 ? `${ms / 86_400_000}d` : `${ms / 3_600_000}h`
}

/** Reads `09:00-10:00`; undefined for anything else. Never throws. */
export function parseMinuteRange(text: string): MinuteRange | undefined {
  const [, first = '', second = ''] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? []
  const from = parseMinute(first)
  const to = parseMinute(second)
  return from === undefined || to === undefined ? undefined : { from, to }
}

function readMoment(found: unknown): Reading<LocalMoment> {
  const allowed = 'a date such as 2026-07-20, or a date and a time such as 2026-07-20T15:30'
  if (typeof found !== 'string') return { allowed }
  const [date = '', time, ...rest] = found.split(/[T ]/)
  const day = parseDay(date)
  const minute = time === undefined ? undefined : parseMinute(time)
  const isGood =
    day !== undefined && rest.length === 0 && (time === undefined || minute !== undefined)
  return isGood ? { value: { day, minute } } : { allowed }
}
