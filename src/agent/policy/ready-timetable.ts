import { WEEKDAYS, type Weekday } from '#rules/calendar.ts'
import { utcOf } from '#rules/local-time.ts'
import { EVERY_WEEKDAY, type Schedule, TIMETABLE_WORDS, wordSchedule } from '#rules/schedule.ts'
import type { DayPart, Timetable } from '#rules/timetable.ts'
import { LONDON, type Zone } from '#rules/zone.ts'
import type { SchedulesSection } from './sections/schedules.ts'
import { daysOf, type TimetableSection } from './sections/timetable.ts'
import type { LocalMoment, MinuteRange } from './time-fields.ts'

const WHOLE_DAY: MinuteRange = { from: 0, to: 1440 }

/** The timetable of a file, complete; one that says nothing has no terms. */
export function readyTimetable(section: TimetableSection): Timetable {
  const { zone = LONDON, terms = [], closed = [], exams = [] } = section
  return {
    zone,
    terms: terms.map(daysOf),
    closed: closed.map(daysOf),
    week: WEEKDAYS.map((weekday) => partsOf(section, weekday)),
    exams: exams.map((exam) => {
      const { from, to } = exam.hours ?? WHOLE_DAY
      return {
        ...daysOf(exam),
        name: exam.name ?? 'exams',
        fromMinute: from,
        toMinute: to,
        groups: exam.groups ?? 'all',
      }
    }),
  }
}

/** Schedules by their name: those of the file, and the words of the timetable. */
export function readySchedules(section: SchedulesSection): ReadonlyMap<string, Schedule> {
  const own = Object.entries(section).map(
    ([name, { when, on, days = 'any' }]): [string, Schedule] => [
      name,
      { name, when, days, weekdays: on ? WEEKDAYS.map((one) => on.includes(one)) : EVERY_WEEKDAY },
    ],
  )
  return new Map([...own, ...TIMETABLE_WORDS.map((word) => [word, wordSchedule(word)] as const)])
}

/** Whether there is any lesson, so that "in lessons" means something. */
export function hasLessons({ terms, week }: Timetable): boolean {
  return terms.length > 0 && week.some((parts) => parts.length > 0)
}

/** When something that ends on a day, or at a time of it, is over: a day counts to its end. */
export function endOf({ day, minute }: LocalMoment, zone: Zone): number {
  return minute === undefined ? utcOf(zone, day + 1, 0) : utcOf(zone, day, minute)
}

function partsOf({ periods = [] }: TimetableSection, weekday: Weekday): readonly DayPart[] {
  const section = periods.find(({ on }) => on.includes(weekday))
  return [
    ...namedParts('lesson', section?.lessons ?? {}),
    ...namedParts('break', section?.breaks ?? {}),
  ].toSorted((a, b) => a.from - b.from)
}

function namedParts(
  kind: DayPart['kind'],
  named: Readonly<Record<string, MinuteRange>>,
): readonly DayPart[] {
  return Object.entries(named).map(([name, range]) => ({ name, kind, ...range }))
}
