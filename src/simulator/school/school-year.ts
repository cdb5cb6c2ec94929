/** Ten weeks of school as a timetable: lessons, breaks, an INSET day, half term. Times are the school's own, in London. */

import type { Moment } from '#domain/signal.ts'
import { dayNumber } from '#rules/calendar.ts'
import { localTimeAt, utcOf } from '#rules/local-time.ts'
import { type DayPart, isSchoolDay, partAt, type Timetable } from '#rules/timetable.ts'
import { LONDON } from '#rules/zone.ts'
import { momentOf } from '#safeguarding/moment.ts'

export const WEEKS_MAX = 10
const DAYS_PER_WEEK = 7
/** A Monday in winter; no clock change lies in the ten weeks that follow. */
export const FIRST_DAY: number = dayNumber(2027, 1, 11)
const INSET_DAY = FIRST_DAY + 2 * DAYS_PER_WEEK + 4
const HALF_TERM = { from: FIRST_DAY + 5 * DAYS_PER_WEEK, to: FIRST_DAY + 5 * DAYS_PER_WEEK + 4 }

const at = (hour: number, minute: number): number => hour * 60 + minute
const DAY: readonly DayPart[] = [
  { name: 'registration', kind: 'lesson', from: at(8, 40), to: at(9, 0) },
  { name: 'P1', kind: 'lesson', from: at(9, 0), to: at(10, 0) },
  { name: 'P2', kind: 'lesson', from: at(10, 0), to: at(11, 0) },
  { name: 'break', kind: 'break', from: at(11, 0), to: at(11, 20) },
  { name: 'P3', kind: 'lesson', from: at(11, 20), to: at(12, 20) },
  { name: 'lunch', kind: 'break', from: at(12, 20), to: at(13, 10) },
  { name: 'P4', kind: 'lesson', from: at(13, 10), to: at(14, 10) },
  { name: 'P5', kind: 'lesson', from: at(14, 10), to: at(15, 10) },
]

export const TIMETABLE: Timetable = {
  zone: LONDON,
  terms: [{ from: FIRST_DAY, to: FIRST_DAY + WEEKS_MAX * DAYS_PER_WEEK - 1 }],
  closed: [{ from: INSET_DAY, to: INSET_DAY }, HALF_TERM],
  week: [DAY, DAY, DAY, DAY, DAY, [], []],
  exams: [],
}

/** The instant at a minute of a day, in milliseconds since the epoch. */
export function instantOf(day: number, minute: number): number {
  return utcOf(TIMETABLE.zone, day, minute)
}

/** Days since 1970 of a week (from 1) and a weekday (0 for Monday). */
export function dayOfWeek(week: number, weekday: number): number {
  return FIRST_DAY + (week - 1) * DAYS_PER_WEEK + weekday
}

export function isLessonDay(day: number): boolean {
  return isSchoolDay(TIMETABLE, day, (((day - FIRST_DAY) % DAYS_PER_WEEK) + 7) % 7)
}

/** How many days of so many weeks have lessons. */
export function schoolDays(weeks: number): number {
  let days = 0
  for (let day = FIRST_DAY; day < FIRST_DAY + weeks * DAYS_PER_WEEK; day++)
    if (isLessonDay(day)) days++
  return days
}

/** The lesson or break at a time, or undefined. */
export function partOf(day: number, minute: number): DayPart | undefined {
  return partAt(TIMETABLE, localTimeAt(TIMETABLE.zone, instantOf(day, minute)))
}

/** What kind of moment an instant is at this school. */
export function momentAt(atMs: number): Moment {
  return momentOf(TIMETABLE, atMs)
}
