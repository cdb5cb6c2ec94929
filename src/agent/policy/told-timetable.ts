import type { PeriodKind, PeriodTold, TimetableTold } from '#domain/console-timetable.ts'
import { DAY_RANGES_MAX, type DaysTold, PERIODS_MAX } from '#domain/console-timetable.ts'
import { dayText, minuteText, WEEKDAYS } from '#rules/calendar.ts'
import type { DayRange, Timetable } from '#rules/timetable.ts'
import { blockOf } from './raw-value.ts'

/** The values of a file with the timetable of the console in place of its own; zone and exams stay the file's. Never throws. */
export function withTimetable(top: unknown, { periods, days }: TimetableTold): unknown {
  const given = top ?? {}
  const file = blockOf(given)
  // What is no block is refused as such.
  if (file === undefined) return given
  const { zone, exams } = blockOf(file['timetable']) ?? {}
  const timetable = {
    ...(zone === undefined ? {} : { zone }),
    ...(exams === undefined ? {} : { exams }),
    terms: sectionsOf(days, 'term'),
    closed: sectionsOf(days, 'closed'),
    periods: WEEKDAYS.flatMap((day) => {
      const own = periods.filter((one) => one.day === day)
      return own.length === 0
        ? []
        : [{ on: [day], lessons: namedOf(own, 'lesson'), breaks: namedOf(own, 'break') }]
    }),
  }
  return { ...file, timetable }
}

/** The timetable of a configuration as it is told; what is beyond the limits of telling is left out. */
export function toldOf({ week, terms, closed }: Timetable): TimetableTold {
  const periods = week.flatMap((parts, weekday) =>
    parts.map(({ kind, name, from, to }) => ({
      day: WEEKDAYS[weekday] ?? '',
      kind,
      name,
      from: minuteText(from),
      to: minuteText(to),
    })),
  )
  const days = [
    ...terms.map((range) => ({ kind: 'term', ...rangeText(range) }) as const),
    ...closed.map((range) => ({ kind: 'closed', ...rangeText(range) }) as const),
  ]
  return { periods: periods.slice(0, PERIODS_MAX), days: days.slice(0, DAY_RANGES_MAX) }
}

function sectionsOf(days: readonly DaysTold[], kind: DaysTold['kind']): readonly object[] {
  return days
    .filter((one) => one.kind === kind)
    .map(({ from, to, name }) => ({ from, to, ...(name === '' ? {} : { name }) }))
}

function namedOf(periods: readonly PeriodTold[], kind: PeriodKind): Record<string, string> {
  return Object.fromEntries(
    periods.filter((one) => one.kind === kind).map(({ name, from, to }) => [name, `${from}-${to}`]),
  )
}

function rangeText({ from, to }: DayRange): Pick<DaysTold, 'from' | 'to' | 'name'> {
  return { from: dayText(from), to: dayText(to), name: '' }
}
