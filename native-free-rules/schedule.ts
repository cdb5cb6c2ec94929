import { weekdayOf } from './calendar.ts'
import type { LocalTime } from './local-time.ts'
import {
  freezeAt,
  isSchoolDay,
  isSchoolTime,
  isTermDay,
  partAt,
  type Timetable,
} from './timetable.ts'

/** The times that a timetable gives names to. */
export const TIMETABLE_WORDS = [
  'lessons',
  'breaks',
  'school-hours',
  'outside-school',
  'exams',
] as const
export type TimetableWord = (typeof TIMETABLE_WORDS)[number]

/** A part of the day. */
export type DayTime =
  | { readonly kind: TimetableWord }
  | { readonly kind: 'period'; readonly name: string }
  /** Minutes after midnight; where `to` is not after `from` it lasts into the next day. */
  | { readonly kind: 'range'; readonly from: number; readonly to: number }

export const SCHEDULE_DAYS = ['any', 'term', 'school-days', 'holidays'] as const
export type ScheduleDays = (typeof SCHEDULE_DAYS)[number]

/** A named set of times: any of `when`, on those weekdays, on such days. */
export interface Schedule {
  readonly name: string
  readonly when: readonly DayTime[]
  /** Seven, Monday first. An overnight range belongs to the day on which it begins. */
  readonly weekdays: readonly boolean[]
  readonly days: ScheduleDays
}

/** Every day of the week. */
export const EVERY_WEEKDAY: readonly boolean[] = [true, true, true, true, true, true, true]

/** A schedule that is one word of the timetable. */
export function wordSchedule(word: TimetableWord): Schedule {
  return { name: word, when: [{ kind: word }], weekdays: EVERY_WEEKDAY, days: 'any' }
}

/** Whether a schedule is in force for a group at a time. Never throws. */
export function isInForce(
  schedule: Schedule,
  timetable: Timetable,
  time: LocalTime,
  group: string,
): boolean {
  const isToday = isOnDay(schedule, timetable, time.day)
  return schedule.when.some((one) => {
    if (one.kind !== 'range') return isToday && isAt(one, timetable, time, group)
    const { from, to } = one
    if (from < to) return isToday && from <= time.minute && time.minute < to
    if (time.minute >= from) return isToday
    return time.minute < to && isOnDay(schedule, timetable, time.day - 1)
  })
}

function isAt(
  part: Exclude<DayTime, { kind: 'range' }>,
  timetable: Timetable,
  time: LocalTime,
  group: string,
): boolean {
  switch (part.kind) {
    case 'lessons':
      return partAt(timetable, time)?.kind === 'lesson'
    case 'breaks':
      return partAt(timetable, time)?.kind === 'break'
    case 'period':
      return partAt(timetable, time)?.name === part.name
    case 'school-hours':
      return isSchoolTime(timetable, time)
    case 'outside-school':
      return !isSchoolTime(timetable, time)
    case 'exams':
      return freezeAt(timetable, time, group) !== undefined
    default:
      return part satisfies never
  }
}

function isOnDay({ weekdays, days }: Schedule, timetable: Timetable, day: number): boolean {
  const weekday = weekdayOf(day)
  if (weekdays[weekday] !== true) return false
  switch (days) {
    case 'any':
      return true
    case 'term':
      return isTermDay(timetable, day)
    case 'school-days':
      return isSchoolDay(timetable, day, weekday)
    case 'holidays':
      return !isTermDay(timetable, day)
    default:
      return days satisfies never
  }
}
