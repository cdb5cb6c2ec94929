import { countOf } from '../words/count-of.ts'
import { fill } from '../words/fill.ts'
import { time as words } from '../words/time.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** A time for people, with its machine form for `<time datetime>`. */
export interface ShownTime {
  readonly iso: string
  readonly text: string
  /** The same inside a sentence: "today at 10:32", "on Mon 2 Mar at 10:32". */
  readonly inline: string
  /** The same after "since": "today at 10:32", "Mon 2 Mar at 10:32". */
  readonly after: string
}

/** Times as they stand on the wall of the school. */
export interface PlainTime {
  /** "Today at 10:32", "Yesterday at 10:32", "Mon 2 Mar at 10:32"; the year where it is not this one. */
  readonly at: (ms: number, nowMs: number) => ShownTime
  /** "10:32" */
  readonly clock: (ms: number) => string
  /** "2 March 2026" */
  readonly date: (ms: number) => string
  /** "2 Mar" */
  readonly shortDate: (ms: number) => string
  /** The day as `YYYY-MM-DD`. */
  readonly dayText: (ms: number) => string
  /** The instant at which the clock shows `HH:MM` on a day given as `YYYY-MM-DD`; undefined where there is no such. */
  readonly atClock: (day: string, clock: string) => number | undefined
  /** The first instant of a day given as `YYYY-MM-DD`, `days` later; undefined when there is no such day. */
  readonly dayStartMs: (day: string, days?: number) => number | undefined
}

/** Throws `RangeError` for a zone that does not exist: a start-up fault. */
export function makePlainTime(timeZone: string): PlainTime {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options })
  const clockFormat = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const dayFormat = format({ weekday: 'short', day: 'numeric', month: 'short' })
  const dateFormat = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const shortFormat = format({ day: 'numeric', month: 'short' })
  const partsFormat = format({
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  })
  const yearFormat = format({ year: 'numeric' })

  const textsOf = (ms: number, nowMs: number): Omit<ShownTime, 'iso'> => {
    const date = dateFormat.format(ms)
    const clock = clockFormat.format(ms)
    if (date === dateFormat.format(nowMs)) return near(words.today, words.todayInline, clock)
    if (date === dateFormat.format(nowMs - DAY_MS))
      return near(words.yesterday, words.yesterdayInline, clock)
    const isThisYear = yearFormat.format(ms) === yearFormat.format(nowMs)
    const day = isThisYear ? dayFormat.format(ms).replace(',', '') : date
    const text = fill(words.at, { day, clock })
    return { text, inline: fill(words.onAt, { day, clock }), after: text }
  }

  return {
    at: (ms, nowMs) => ({ iso: new Date(ms).toISOString(), ...textsOf(ms, nowMs) }),
    clock: (ms) => clockFormat.format(ms),
    date: (ms) => dateFormat.format(ms),
    shortDate: (ms) => shortFormat.format(ms),
    dayText: (ms) => new Date(ms + aheadOfUtcMs(ms, partsFormat)).toISOString().slice(0, 10),
    atClock: (day, clock) => {
      const [, hour = '', minute = ''] = /^(\d\d):(\d\d)$/.exec(clock) ?? []
      if (hour === '' || Number(hour) > 23 || Number(minute) > 59) return undefined
      return wallMs(`${day}T${hour}:${minute}:00Z`, 0, partsFormat)
    },
    dayStartMs: (day, days = 0) => wallMs(`${day}T00:00:00Z`, days, partsFormat),
  }
}

function near(text: string, inline: string, clock: string): Omit<ShownTime, 'iso'> {
  const within = fill(inline, { clock })
  return { text: fill(text, { clock }), inline: within, after: within }
}

/** "45 seconds", "5 minutes", "2 hours 5 minutes", "3 days". */
export function plainDuration(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  if (ms < MINUTE_MS) return countOf(Math.max(0, Math.round(ms / 1000)), words.seconds)
  if (minutes < 60) return countOf(minutes, words.minutes)
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return countOf(Math.round(hours / 24), words.days)
  const rest = minutes % 60
  const whole = countOf(hours, words.hours)
  return rest === 0 ? whole : `${whole} ${countOf(rest, words.minutes)}`
}

/** Asks twice for the zone's distance from UTC, because the first answer may be of before a change of the clocks. */
function wallMs(text: string, days: number, parts: Intl.DateTimeFormat): number | undefined {
  const utc = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(utc)) return undefined
  const wall = utc + days * DAY_MS
  const guess = wall - aheadOfUtcMs(wall, parts)
  return wall - aheadOfUtcMs(guess, parts)
}

function aheadOfUtcMs(ms: number, parts: Intl.DateTimeFormat): number {
  const shown = new Map(parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const of = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) - ms
}
