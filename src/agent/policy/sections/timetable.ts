import type { z } from 'zod'
import { WEEKDAYS, type Weekday, weekdayOf } from '#rules/calendar.ts'
import type { Zone } from '#rules/zone.ts'
import { type Complaint, type ConfigPath, complaint } from '../complaint.ts'
import { block, listOf, mapOf, shortName, text } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import {
  dayField,
  type MinuteRange,
  minutesField,
  weekdaysField,
  zoneField,
} from '../time-fields.ts'

/** One day (`on`) or the days `from` one `to` another, both included. */
interface DaysSection {
  readonly name?: string | undefined
  readonly on?: number | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}
interface PeriodsSection {
  readonly on: readonly Weekday[]
  readonly lessons: Readonly<Record<string, MinuteRange>>
  readonly breaks?: Readonly<Record<string, MinuteRange>> | undefined
}
interface ExamSection extends DaysSection {
  readonly hours?: MinuteRange | undefined
  readonly groups?: readonly string[] | undefined
}
export interface TimetableSection {
  readonly zone?: Zone | undefined
  readonly terms?: readonly DaysSection[] | undefined
  readonly closed?: readonly DaysSection[] | undefined
  readonly periods?: readonly PeriodsSection[] | undefined
  readonly exams?: readonly ExamSection[] | undefined
}

const days = {
  name: text('a name', 64).optional(),
  on: dayField().optional(),
  from: dayField().optional(),
  to: dayField().optional(),
}
const parts = mapOf(minutesField(), 'names, each with times such as 09:00-10:00')

/** `timetable`: when there is school. */
export const timetableSection: z.ZodType<TimetableSection> = block({
  zone: zoneField().optional(),
  terms: listOf(block(days), 'terms', FILE_LIMITS.dayRanges).optional(),
  closed: listOf(block(days), 'closed days', FILE_LIMITS.dayRanges).optional(),
  periods: listOf(
    block({ on: weekdaysField(), lessons: parts, breaks: parts.optional() }),
    'weekdays with their periods',
    WEEKDAYS.length,
  ).optional(),
  exams: listOf(
    block({
      ...days,
      hours: minutesField().optional(),
      groups: listOf(shortName('a group'), 'groups', FILE_LIMITS.groups).optional(),
    }),
    'exams',
    FILE_LIMITS.dayRanges,
  ).optional(),
})

/** First and last day of a section that was checked. */
export function daysOf({ on, from, to }: DaysSection): { from: number; to: number } {
  return { from: from ?? on ?? 0, to: to ?? on ?? 0 }
}

/** Days without a beginning or an end, weekdays given twice, and periods that lie in one another. */
export function checkTimetable(timetable: TimetableSection): readonly Complaint[] {
  const ranges = (['terms', 'closed', 'exams'] as const).flatMap((key) =>
    (timetable[key] ?? []).flatMap((one, i) => checkDays(['timetable', key, i], one)),
  )
  const seen = new Map<Weekday, number>()
  const periods = (timetable.periods ?? []).flatMap((one, i) => [
    ...one.on.flatMap((weekday, j) => {
      const first = seen.get(weekday)
      seen.set(weekday, first ?? i)
      const path = ['timetable', 'periods', i, 'on', j]
      return first === undefined
        ? []
        : [complaint(path, 'each weekday once', `timetable.periods[${first}] has it too`)]
    }),
    ...checkParts(['timetable', 'periods', i], one),
  ])
  return [...ranges, ...periods, ...checkSchoolDays(timetable)]
}

function checkDays(path: ConfigPath, { on, from, to }: DaysSection): readonly Complaint[] {
  const isOne = on !== undefined && from === undefined && to === undefined
  const isRange = on === undefined && from !== undefined && to !== undefined
  if (!isOne && !isRange) return [complaint(path, 'on: DATE, or from: DATE and to: DATE')]
  if (from === undefined || to === undefined || from <= to) return []
  return [complaint([...path, 'to'], 'a date not before from')]
}

function checkParts(
  path: ConfigPath,
  { lessons, breaks = {} }: PeriodsSection,
): readonly Complaint[] {
  const all = [
    ...Object.entries(lessons).map(([name, range]) => ({ key: 'lessons', name, ...range })),
    ...Object.entries(breaks).map(([name, range]) => ({ key: 'breaks', name, ...range })),
  ]
  if (all.length > FILE_LIMITS.periodsPerDay)
    return [complaint(path, `at most ${FILE_LIMITS.periodsPerDay} lessons and breaks a day`)]
  return all.flatMap(({ key, name, from, to }, i) => {
    const clash = all.find((other, j) => j < i && from < other.to && other.from < to)
    const place = [...path, key, name]
    return clash ? [complaint(place, 'times of its own', `${clash.name} is at the same time`)] : []
  })
}

/** A term without one school day in it is a mistake of a year or a weekday. */
function checkSchoolDays({ terms = [], periods }: TimetableSection): readonly Complaint[] {
  if (!periods || periods.length === 0) return []
  const weekdays = new Set(periods.flatMap(({ on }) => on.map((one) => WEEKDAYS.indexOf(one))))
  return terms.flatMap((term, i) => {
    const { from, to } = daysOf(term)
    if (to - from >= WEEKDAYS.length - 1) return []
    for (let day = from; day <= to; day++) if (weekdays.has(weekdayOf(day))) return []
    return [complaint(['timetable', 'terms', i], 'a term with at least one school day')]
  })
}
