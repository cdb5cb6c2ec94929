import { fill } from '#console/words/fill.ts'
import { timetable as words } from '#console/words/timetable.ts'
import {
  DAY_RANGES_MAX,
  DAYS_KINDS,
  DAYS_NAME_MAX,
  type DaysTold,
  PERIOD_KINDS,
  PERIOD_NAME_MAX,
  PERIODS_MAX,
  type PeriodTold,
} from '#domain/console-timetable.ts'
import { dayNumber, dayText, minuteText, parseDay, parseMinute, WEEKDAYS } from '#rules/calendar.ts'
import { type CsvRow, type LineProblem, quoted, readCsv } from './csv-table.ts'

/** Of one table. */
export const TABLE_CHARS_MAX = 65_536
/** A box takes so many on one day. */
const PERIODS_PER_DAY_MAX = 32

const WEEK = {
  columns: ['day', 'kind', 'name', 'from', 'to'],
  rowsMax: PERIODS_MAX,
  charsMax: TABLE_CHARS_MAX,
}
const DAYS = {
  columns: ['kind', 'from', 'to', 'name'],
  rowsMax: DAY_RANGES_MAX,
  charsMax: TABLE_CHARS_MAX,
}

/** What a table says, or what is wrong with it, line by line. */
export type ReadTable<T> =
  | { readonly rows: readonly T[] }
  | { readonly problems: readonly LineProblem[] }

interface Placed {
  readonly line: number
  readonly period: PeriodTold
  readonly fromMinute: number
  readonly toMinute: number
}

/** A field of a line, or what is wrong with it. */
type Field<T> = { readonly value: T } | { readonly problem: string }

/** The lessons and breaks of a week. Never throws. */
export function readWeek(text: string): ReadTable<PeriodTold> {
  const { rows, problems: found } = readCsv(text, WEEK)
  const problems = [...found]
  const placed: Placed[] = []
  for (const row of rows) {
    const read = readPeriod(row)
    const problem = 'problem' in read ? read.problem : clashOf(read.value, placed)
    if (problem !== undefined) problems.push({ line: row.line, text: problem })
    else if ('value' in read) placed.push(read.value)
  }
  const hasLesson = placed.some(({ period }) => period.kind === 'lesson')
  if (problems.length === 0 && !hasLesson) problems.push({ line: 0, text: words.noLesson })
  return problems.length > 0
    ? { problems: sorted(problems) }
    : { rows: placed.map(({ period }) => period) }
}

/** Terms and closed days. Never throws. */
export function readDays(text: string): ReadTable<DaysTold> {
  const { rows, problems: found } = readCsv(text, DAYS)
  const problems = [...found]
  const days: DaysTold[] = []
  for (const row of rows) {
    const read = readRange(row)
    if ('problem' in read) problems.push({ line: row.line, text: read.problem })
    else days.push(read.value)
  }
  const hasTerm = days.some(({ kind }) => kind === 'term')
  if (problems.length === 0 && !hasTerm) problems.push({ line: 0, text: words.noTerm })
  return problems.length > 0 ? { problems: sorted(problems) } : { rows: days }
}

function readPeriod({ line, cells }: CsvRow): Field<Placed> {
  const { day: dayGiven = '', kind: kindGiven = '', name = '' } = cells
  const { from: fromGiven = '', to: toGiven = '' } = cells
  const word = dayGiven.toLowerCase()
  const day = WEEKDAYS.find((one) => one === word || one.slice(0, 3) === word)
  if (day === undefined) return wrong(words.day, dayGiven)
  const kind = PERIOD_KINDS.find((one) => one === kindGiven.toLowerCase())
  if (kind === undefined) return wrong(words.periodKind, kindGiven)
  if (name === '') return { problem: words.noPeriodName }
  const badName = problemOfName(name, PERIOD_NAME_MAX)
  if (badName !== undefined) return { problem: badName }
  const fromMinute = readTime(fromGiven)
  if (fromMinute === undefined) return wrong(words.time, fromGiven)
  const toMinute = readTime(toGiven)
  if (toMinute === undefined) return wrong(words.time, toGiven)
  const [from, to] = [minuteText(fromMinute), minuteText(toMinute)]
  if (fromMinute >= toMinute) return { problem: fill(words.order, { from, to }) }
  return { value: { line, period: { day, kind, name, from, to }, fromMinute, toMinute } }
}

function readRange({ cells }: CsvRow): Field<DaysTold> {
  const { kind: kindGiven = '', from: fromGiven = '', to: toGiven = '', name = '' } = cells
  const kind = DAYS_KINDS.find((one) => one === kindGiven.toLowerCase())
  if (kind === undefined) return wrong(words.daysKind, kindGiven)
  const first = readDate(fromGiven)
  if (first === undefined) return wrong(words.date, fromGiven)
  // One day, where nothing is said of the last.
  const last = toGiven === '' ? first : readDate(toGiven)
  if (last === undefined) return wrong(words.date, toGiven)
  const [from, to] = [dayText(first), dayText(last)]
  if (last < first) return { problem: fill(words.dateOrder, { from, to }) }
  const badName = problemOfName(name, DAYS_NAME_MAX)
  return badName === undefined ? { value: { kind, from, to, name } } : { problem: badName }
}

/** A day has each name once among its lessons and once among its breaks, and nothing at the same time as another. */
function clashOf(
  { period, fromMinute, toMinute }: Placed,
  before: readonly Placed[],
): string | undefined {
  const same = before.filter((one) => one.period.day === period.day)
  const name = quoted(period.name)
  const twin = same.find(
    (one) => one.period.kind === period.kind && one.period.name === period.name,
  )
  if (twin) return fill(words.twice, { name, line: twin.line })
  const clash = same.find((one) => fromMinute < one.toMinute && one.fromMinute < toMinute)
  if (clash) return fill(words.clash, { name, other: quoted(clash.period.name), line: clash.line })
  return same.length >= PERIODS_PER_DAY_MAX
    ? fill(words.crowded, { count: PERIODS_PER_DAY_MAX })
    : undefined
}

function problemOfName(name: string, max: number): string | undefined {
  if (/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u.test(name))
    return fill(words.oddName, { given: quoted(name) })
  return name.length > max
    ? fill(words.longName, { given: quoted(name), length: name.length, max })
    : undefined
}

/** `9:05` as well: spreadsheets drop the zero. */
function readTime(given: string): number | undefined {
  return parseMinute(/^\d:\d\d$/.test(given) ? `0${given}` : given)
}

/** `01/09/2026`, the day first, is how spreadsheets here save a date. */
function readDate(given: string): number | undefined {
  const [, day = '', month = '', year = ''] = /^(\d\d?)\/(\d\d?)\/(\d{4})$/.exec(given) ?? []
  if (year === '') return parseDay(given)
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const number = dayNumber(Number(year), Number(month), Number(day))
  return parseDay(text) === number ? number : undefined
}

function wrong(text: string, given: string): { readonly problem: string } {
  return { problem: fill(text, { given: quoted(given) }) }
}

function sorted(problems: readonly LineProblem[]): readonly LineProblem[] {
  return problems.toSorted((a, b) => a.line - b.line)
}
