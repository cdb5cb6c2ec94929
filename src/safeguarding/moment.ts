import type { Moment } from '#domain/signal.ts'
import { localTimeAt } from '#rules/local-time.ts'
import { isSchoolDay, isSchoolTime, partAt, type Timetable } from '#rules/timetable.ts'

/** Minutes after midnight. */
const NIGHT_ENDS = 6 * 60
const EVENING_BEGINS = 18 * 60
const NIGHT_BEGINS = 21 * 60

/** What kind of moment a time (milliseconds since the epoch) is by a school's timetable. Never throws. */
export function momentOf(timetable: Timetable | undefined, atMs: number): Moment {
  if (!timetable) return 'unknown'
  const time = localTimeAt(timetable.zone, atMs)
  if (time.minute < NIGHT_ENDS || time.minute >= NIGHT_BEGINS) return 'night'
  if (!isSchoolDay(timetable, time.day, time.weekday)) return 'closed'
  const part = partAt(timetable, time)
  if (part) return part.kind
  return isSchoolTime(timetable, time) || time.minute < EVENING_BEGINS ? 'school-day' : 'evening'
}
