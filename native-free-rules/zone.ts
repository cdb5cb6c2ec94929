import { DAY_MS, dayNumber, MINUTE_MS, weekdayOf } from './calendar.ts'

/** A time zone as a table of its clock changes, so that telling the local time is a search and some arithmetic. */
export interface Zone {
  readonly name: string
  /** When the clocks change, in milliseconds since the epoch, ascending. */
  readonly changesAtMs: readonly number[]
  /** What is added to UTC, in milliseconds: before the first change, then from each change on. */
  readonly offsetsMs: readonly number[]
}

const HOUR_MS = 3_600_000
/** The years that a table spans; before and after them the clocks stand still. */
const YEARS = { first: 2000, last: 2099 } as const
/** For zones whose rule we do not know: asking about a century takes too long. */
const ASKED_YEARS = { first: 2020, last: 2049 } as const
/** No zone keeps its summer or winter time for less. */
const SAMPLE_MS = 14 * DAY_MS
const UK_ZONES: ReadonlySet<string> = new Set([
  'Europe/London',
  'Europe/Belfast',
  'Europe/Guernsey',
  'Europe/Jersey',
  'Europe/Isle_of_Man',
])

/** Time in the United Kingdom: clocks go forward on the last Sunday of March and back on that of October, at 01:00 UTC. */
export const LONDON: Zone = ukZone('Europe/London')

/** The table of a zone by its IANA name, or undefined for a name that is none. Not for the fast path. Never throws. */
export function zoneOf(name: string): Zone | undefined {
  if (name === 'Europe/London') return LONDON
  if (name === 'UTC') return { name, changesAtMs: [], offsetsMs: [0] }
  return UK_ZONES.has(name) ? ukZone(name) : askedZone(name)
}

/** What a zone adds to UTC at a moment, in milliseconds. Never throws, allocates nothing. */
export function offsetAt({ changesAtMs, offsetsMs }: Zone, utcMs: number): number {
  return offsetsMs[changesBefore(changesAtMs, utcMs)] ?? 0
}

/** How many changes lie at or before a moment. */
export function changesBefore(changesAtMs: readonly number[], utcMs: number): number {
  let low = 0
  let high = changesAtMs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((changesAtMs[middle] ?? Infinity) <= utcMs) low = middle + 1
    else high = middle
  }
  return low
}

function ukZone(name: string): Zone {
  const changesAtMs: number[] = []
  const offsetsMs = [0]
  for (let year: number = YEARS.first; year <= YEARS.last; year++) {
    changesAtMs.push(lastSundayAt1(year, 3), lastSundayAt1(year, 10))
    offsetsMs.push(HOUR_MS, 0)
  }
  return { name, changesAtMs, offsetsMs }
}

/** 01:00 UTC on the last Sunday of a month that has 31 days. */
function lastSundayAt1(year: number, month: number): number {
  const last = dayNumber(year, month, 31)
  const sunday = last - ((weekdayOf(last) + 1) % 7)
  return sunday * DAY_MS + HOUR_MS
}

/** Asks the platform's zone data about every fortnight, and then for the minute of each change. */
function askedZone(name: string): Zone | undefined {
  const ask = makeAsk(name)
  if (!ask) return undefined
  const changesAtMs: number[] = []
  let at = dayNumber(ASKED_YEARS.first, 1, 1) * DAY_MS
  let offset = ask(at)
  const offsetsMs = [offset]
  for (const end = dayNumber(ASKED_YEARS.last + 1, 1, 1) * DAY_MS; at < end; at += SAMPLE_MS) {
    const next = ask(at + SAMPLE_MS)
    if (next === offset) continue
    changesAtMs.push(changeBetween(ask, at, at + SAMPLE_MS))
    offsetsMs.push(next)
    offset = next
  }
  return { name, changesAtMs, offsetsMs }
}

function changeBetween(ask: (utcMs: number) => number, from: number, to: number): number {
  const before = ask(from)
  let low = from / MINUTE_MS
  let high = to / MINUTE_MS
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (ask(middle * MINUTE_MS) === before) low = middle
    else high = middle
  }
  return high * MINUTE_MS
}

function makeAsk(name: string): ((utcMs: number) => number) | undefined {
  let format: Intl.DateTimeFormat
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined // A name that is no zone.
  }
  return (utcMs) => {
    const parts = new Map(
      format.formatToParts(utcMs).map(({ type, value }) => [type, Number(value)]),
    )
    const at = (part: Intl.DateTimeFormatPartTypes): number => parts.get(part) ?? 0
    const day = dayNumber(at('year'), at('month'), at('day'))
    return (
      day * DAY_MS + at('hour') * HOUR_MS + at('minute') * MINUTE_MS + at('second') * 1000 - utcMs
    )
  }
}
