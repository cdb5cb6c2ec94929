import { capital } from '#console/present/alert-words.ts'
import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { timetable as words } from '#console/words/timetable.ts'
import type { DaysTold, PeriodTold, TimetableTold } from '#domain/console-timetable.ts'
import { parseDay, WEEKDAYS } from '#rules/calendar.ts'

const NAME_MAX = 64
/** Lines of one difference; the rest is counted. */
const CHANGES_MAX = 60
const DAY_MS = 86_400_000
const DATE = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
})

export const NO_TIMETABLE: TimetableTold = { periods: [], days: [] }

/** The days of a week on which something is, each with its parts in order. */
export function shownWeek({
  periods,
}: TimetableTold): readonly { readonly day: string; readonly parts: readonly string[] }[] {
  return WEEKDAYS.flatMap((day) => {
    const own = periods
      .filter((one) => one.day === day)
      .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    const parts = own.map(({ name, from, to }) =>
      fill(words.shownPart, { name: plainText(name, NAME_MAX), from, to }),
    )
    return parts.length === 0 ? [] : [{ day: dayWord(day), parts }]
  })
}

/** Terms and closed days, by their beginning. */
export function shownDays({ days }: TimetableTold): readonly string[] {
  return days.toSorted((a, b) => (a.from < b.from ? -1 : 1)).map((one) => capital(rangeWords(one)))
}

/** What the second has that the first had not, and the other way round, in words; a lesson that several days have is told once. */
export function timetableChanges(before: TimetableTold, after: TimetableTold): readonly string[] {
  const lines = [
    ...without(after, before).map((what) => fill(words.added, { what })),
    ...without(before, after).map((what) => fill(words.removed, { what })),
  ]
  const more = lines.length - CHANGES_MAX
  return more > 0 ? [...lines.slice(0, CHANGES_MAX), fill(words.more, { count: more })] : lines
}

/** What a version does to the timetable. */
export function versionChanges(
  before: TimetableTold | undefined,
  after: TimetableTold | undefined,
): readonly string[] {
  if (after === undefined) return before === undefined ? [] : [words.versionRemoved]
  if (before === undefined) return [fill(words.versionSet, countsOf(after))]
  return timetableChanges(before, after).map((what) => fill(words.versionChanged, { what }))
}

function countsOf({ periods, days }: TimetableTold) {
  const kinds = [...periods, ...days].map(({ kind }) => kind)
  const count = (wanted: string): number => kinds.filter((kind) => kind === wanted).length
  return {
    lessons: count('lesson'),
    breaks: count('break'),
    terms: count('term'),
    closed: count('closed'),
  }
}

function without(left: TimetableTold, right: TimetableTold): readonly string[] {
  const had = new Set(right.periods.map(periodKey))
  const daysOf = new Map<string, string[]>()
  for (const period of left.periods) {
    if (had.has(periodKey(period))) continue
    const what = partWords(period)
    daysOf.set(what, [...(daysOf.get(what) ?? []), dayWord(period.day)])
  }
  const hadRanges = new Set(right.days.map(rangeWords))
  return [
    ...[...daysOf].map(([what, days]) => fill(words.on, { what, days: listed(days) })),
    ...left.days.map(rangeWords).filter((range) => !hadRanges.has(range)),
  ]
}

function periodKey(period: PeriodTold): string {
  return `${period.day} ${partWords(period)}`
}

function partWords({ kind, name, from, to }: PeriodTold): string {
  return fill(words.part, { kind: words[kind], name: plainText(name, NAME_MAX), from, to })
}

function rangeWords({ kind, from, to, name }: DaysTold): string {
  const shown = name === '' ? words.noName : plainText(name, NAME_MAX)
  const said = { kind: words[kind], name: shown, from: dateWords(from), to: dateWords(to) }
  return fill(from === to ? words.oneDay : words.range, said)
}

function dateWords(text: string): string {
  const day = parseDay(text)
  return day === undefined ? plainText(text, NAME_MAX) : DATE.format(day * DAY_MS)
}

function dayWord(day: string): string {
  const shown = plainText(day, NAME_MAX)
  return `${shown.slice(0, 1).toUpperCase()}${shown.slice(1)}`
}

function listed(days: readonly string[]): string {
  const last = days.at(-1) ?? ''
  return days.length < 2 ? last : `${days.slice(0, -1).join(', ')}${words.and}${last}`
}
