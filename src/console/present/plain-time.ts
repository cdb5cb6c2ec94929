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

  const dayOf = (ms: number, nowMs: number): string => {
    const date = dateFormat.format(ms)
    if (date === dateFormat.format(nowMs)) return 'Today'
    if (date === dateFormat.format(nowMs - DAY_MS)) return 'Yesterday'
    const isThisYear = yearFormat.format(ms) === yearFormat.format(nowMs)
    return isThisYear ? dayFormat.format(ms).replace(',', '') : date
  }

  return {
    at: (ms, nowMs) => {
      const day = dayOf(ms, nowMs)
      const clock = clockFormat.format(ms)
      const isNear = day === 'Today' || day === 'Yesterday'
      const text = `${day} at ${clock}`
      const after = isNear ? text.toLowerCase() : text
      const inline = isNear ? after : `on ${text}`
      return { iso: new Date(ms).toISOString(), text, inline, after }
    },
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

/** "45 seconds", "5 minutes", "2 hours 5 minutes", "3 days". */
export function plainDuration(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS)
  if (ms < MINUTE_MS) return plural(Math.max(0, Math.round(ms / 1000)), 'second')
  if (minutes < 60) return plural(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return plural(Math.round(hours / 24), 'day')
  const rest = minutes % 60
  return rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`
}

/** "1 lookup", "1,200 lookups". */
export function plural(count: number, word: string, many = `${word}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? word : many}`
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
