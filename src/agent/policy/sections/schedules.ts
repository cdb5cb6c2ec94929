import type { z } from 'zod'
import type { Weekday } from '#rules/calendar.ts'
import {
  type DayTime,
  SCHEDULE_DAYS,
  type ScheduleDays,
  TIMETABLE_WORDS,
  type TimetableWord,
} from '#rules/schedule.ts'
import { type Complaint, complaint, keyComplaint } from '../complaint.ts'
import {
  block,
  choice,
  field,
  mapOf,
  type Reading,
  SHORT_NAME,
  SHORT_NAME_ALLOWED,
} from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { nearestWord } from '../nearest-word.ts'
import { blockOf, itemsOf } from '../raw-value.ts'
import { parseMinuteRange, weekdaysField } from '../time-fields.ts'
import type { TimetableSection } from './timetable.ts'

interface ScheduleSection {
  readonly when: readonly DayTime[]
  readonly on?: readonly Weekday[] | undefined
  readonly days?: ScheduleDays | undefined
}
export type SchedulesSection = Readonly<Record<string, ScheduleSection>>

const WHEN_ALLOWED = `times such as 21:00-07:00, ${TIMETABLE_WORDS.join(', ')}, or period NAME; one or a list`

/** `schedules`: times with a name, for the categories of groups. */
export const schedulesSection: z.ZodType<SchedulesSection> = mapOf(
  block({
    when: field(readWhen),
    on: weekdaysField().optional(),
    days: choice(SCHEDULE_DAYS).optional(),
  }),
  'schedules',
)

/** Names, and words that mean nothing without a timetable. */
export function checkSchedules(
  schedules: SchedulesSection,
  timetable: TimetableSection,
): readonly Complaint[] {
  const names = Object.keys(schedules)
  const most = FILE_LIMITS.schedules
  return [
    ...(names.length > most ? [complaint(['schedules'], `at most ${most} schedules`)] : []),
    ...Object.entries(schedules).flatMap(([name, { when, days = 'any' }]) => {
      const path = ['schedules', name]
      const found: Complaint[] = []
      if (!SHORT_NAME.test(name)) found.push(keyComplaint(path, SHORT_NAME_ALLOWED))
      if (isTimetableWord(name))
        found.push(keyComplaint(path, 'another name', `${name} is what the timetable calls it`))
      const missing = when.flatMap((part) => lackOf(part, timetable) ?? [])
      for (const lack of missing.slice(0, 1)) found.push(complaint([...path, 'when'], lack))
      if (days !== 'any' && !timetable.terms?.length)
        found.push(complaint([...path, 'days'], 'any', 'timetable.terms is missing'))
      return found
    }),
  ]
}

/** What the steps of a timed category name, read raw: each a schedule of the file or a word of the timetable. */
export function checkScheduleNames(
  groups: unknown,
  schedules: unknown,
  timetable: TimetableSection,
): readonly Complaint[] {
  const known = Object.keys(blockOf(schedules) ?? {})
  return Object.entries(blockOf(groups) ?? {}).flatMap(([group, given]) =>
    Object.entries(blockOf(blockOf(given)?.['categories']) ?? {}).flatMap(([category, action]) =>
      stepsOf(action).flatMap(({ in: name }) => {
        const path = ['groups', group, 'categories', category]
        if (typeof name !== 'string' || known.includes(name)) return []
        if (isTimetableWord(name)) {
          const lack = lackOf({ kind: name }, timetable)
          return lack === undefined ? [] : [complaint(path, lack)]
        }
        const words = [...known, ...TIMETABLE_WORDS]
        const near = nearestWord(name, words)
        const hint = near === undefined ? 'no such schedule' : `did you mean ${near}?`
        return [complaint(path, `in: ${words.join(', ')}`, hint)]
      }),
    ),
  )
}

/** The steps of a raw category action; none where it is a plain word. */
export function stepsOf(action: unknown): readonly Readonly<Record<string, unknown>>[] {
  const items = Array.isArray(action) ? itemsOf(action) : [action]
  return items.map((item) => blockOf(item)).filter((item) => item !== undefined)
}

/** Tells the names that the timetable brings along. */
export function isTimetableWord(name: string): name is TimetableWord {
  return TIMETABLE_WORDS.some((word) => word === name)
}

/** What the timetable must say for a part of the day to mean anything; undefined when it does. */
function lackOf(part: DayTime, { terms, periods, exams }: TimetableSection): string | undefined {
  if (part.kind === 'range') return undefined
  if (part.kind === 'exams')
    return exams?.length ? undefined : 'no exams, because timetable.exams is missing'
  if (!terms?.length || !periods?.length)
    return 'clock times only, because timetable.terms or timetable.periods is missing'
  if (part.kind !== 'period') return undefined
  const names = [
    ...new Set(
      periods.flatMap(({ lessons, breaks = {} }) => [
        ...Object.keys(lessons),
        ...Object.keys(breaks),
      ]),
    ),
  ]
  return names.includes(part.name) ? undefined : `a period of the timetable: ${names.join(', ')}`
}

function readWhen(found: unknown): Reading<readonly DayTime[]> {
  const words = Array.isArray(found) ? itemsOf(found) : [found]
  const value = words.flatMap((word) => readDayTime(word) ?? [])
  if (words.length === 0 || words.length > FILE_LIMITS.scheduleTimes || value.length < words.length)
    return { allowed: WHEN_ALLOWED }
  const isEmpty = value.some((one) => one.kind === 'range' && one.from === one.to)
  return isEmpty ? { allowed: WHEN_ALLOWED, hint: 'a whole day is 00:00-24:00' } : { value }
}

function readDayTime(found: unknown): DayTime | undefined {
  if (typeof found !== 'string') return undefined
  const word = TIMETABLE_WORDS.find((one) => one === found)
  if (word !== undefined) return { kind: word }
  const name = /^period (\S.{0,31})$/.exec(found)?.[1]
  if (name !== undefined) return { kind: 'period', name }
  const range = parseMinuteRange(found)
  // A day ends at 24:00 and begins at 00:00: the one cannot begin a range, nor the other end one.
  return range && range.from < 1440 ? { kind: 'range', ...range } : undefined
}
