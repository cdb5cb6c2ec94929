import type { RuleGroups } from './list.ts'
import type { LocalTime } from './local-time.ts'
import type { Zone } from './zone.ts'

/** Days, both ends included. */
export interface DayRange {
  readonly from: number
  readonly to: number
}

/** A lesson or a break: from its first minute up to, but without, its last. */
export interface DayPart {
  readonly name: string
  readonly kind: 'lesson' | 'break'
  readonly from: number
  readonly to: number
}

/** Exams: while they last, nothing that a schedule or a teacher would open is open for these groups. */
export interface ExamFreeze extends DayRange {
  readonly name: string
  readonly fromMinute: number
  readonly toMinute: number
  readonly groups: RuleGroups
}

/** When a school is at work. */
export interface Timetable {
  readonly zone: Zone
  readonly terms: readonly DayRange[]
  /** Holidays, half terms, INSET days: no school though it is term. */
  readonly closed: readonly DayRange[]
  /** The parts of each weekday, Monday first, by their beginning; empty where there is no school. */
  readonly week: readonly (readonly DayPart[])[]
  readonly exams: readonly ExamFreeze[]
}

/** How many minutes the longest lesson lasts; undefined where there are none. */
export function longestLesson({ week }: Timetable): number | undefined {
  const lessons = week.flat().filter(({ kind }) => kind === 'lesson')
  return lessons.length > 0 ? Math.max(...lessons.map(({ from, to }) => to - from)) : undefined
}

/** Whether a day lies in a term and the school is not closed. */
export function isTermDay({ terms, closed }: Timetable, day: number): boolean {
  return isWithin(terms, day) && !isWithin(closed, day)
}

/** Whether lessons are held on a day. */
export function isSchoolDay(timetable: Timetable, day: number, weekday: number): boolean {
  return (timetable.week[weekday]?.length ?? 0) > 0 && isTermDay(timetable, day)
}

/** The lesson or break at a time, or undefined where there is neither. Never throws. */
export function partAt(timetable: Timetable, time: LocalTime): DayPart | undefined {
  const { day, weekday, minute } = time
  if (!isTermDay(timetable, day)) return undefined
  return timetable.week[weekday]?.find(({ from, to }) => from <= minute && minute < to)
}

/** Whether it is between the beginning of the day's first part and the end of its last. */
export function isSchoolTime(timetable: Timetable, { day, weekday, minute }: LocalTime): boolean {
  const parts = timetable.week[weekday] ?? []
  const begins = parts[0]?.from
  if (begins === undefined || !isTermDay(timetable, day)) return false
  return begins <= minute && minute < Math.max(...parts.map(({ to }) => to))
}

/** The exams that a group is held by at a time, or undefined. */
export function freezeAt(
  { exams }: Timetable,
  { day, minute }: LocalTime,
  group: string,
): ExamFreeze | undefined {
  return exams.find(
    ({ from, to, fromMinute, toMinute, groups }) =>
      from <= day &&
      day <= to &&
      fromMinute <= minute &&
      minute < toMinute &&
      (groups === 'all' || groups.includes(group)),
  )
}

function isWithin(ranges: readonly DayRange[], day: number): boolean {
  return ranges.some(({ from, to }) => from <= day && day <= to)
}
