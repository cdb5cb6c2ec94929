import { fill } from '#console/words/fill.ts'
import { timetable } from '#console/words/timetable.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'

const WEEK_HEAD = ['day', 'kind', 'name', 'from', 'to'] as const
const DAYS_HEAD = ['kind', 'from', 'to', 'name'] as const

const { inExample: words } = timetable

/** A day of five, as an example to begin with. */
const EXAMPLE_DAY = [
  ['lesson', lessonName(1), '09:00', '10:00'],
  ['lesson', lessonName(2), '10:00', '11:00'],
  ['break', words.break, '11:00', '11:20'],
  ['lesson', lessonName(3), '11:20', '12:20'],
  ['break', words.lunch, '12:20', '13:15'],
  ['lesson', lessonName(4), '13:15', '14:15'],
  ['lesson', lessonName(5), '14:15', '15:15'],
] as const
const EXAMPLE_WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const

export const EXAMPLE_WEEK: string = tableText([
  WEEK_HEAD,
  ...EXAMPLE_WEEKDAYS.flatMap((day) => EXAMPLE_DAY.map((part) => [day, ...part])),
])

export const EXAMPLE_DAYS: string = tableText([
  DAYS_HEAD,
  ['term', '2026-09-02', '2026-12-18', words.autumn],
  ['closed', '2026-10-26', '2026-10-30', words.halfTerm],
  ['closed', '2026-11-27', '', words.training],
  ['term', '2027-01-05', '2027-03-26', words.spring],
])

function lessonName(number: number): string {
  return fill(words.lesson, { number })
}

/** As `readWeek` reads it. */
export function weekText({ periods }: TimetableTold): string {
  return tableText([
    WEEK_HEAD,
    ...periods.map(({ day, kind, name, from, to }) => [day, kind, name, from, to]),
  ])
}

/** As `readDays` reads it. */
export function daysText({ days }: TimetableTold): string {
  return tableText([DAYS_HEAD, ...days.map(({ kind, from, to, name }) => [kind, from, to, name])])
}

/** Quoted only where it must be: people change it by hand. */
function tableText(rows: readonly (readonly string[])[]): string {
  return `${rows.map((cells) => cells.map(cellText).join(',')).join('\n')}\n`
}

function cellText(text: string): string {
  return /[",;\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
