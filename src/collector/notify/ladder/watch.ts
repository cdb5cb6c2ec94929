/** When somebody looks at messages: in school hours everybody of the ladder, outside them whom the rota names, and else nobody. */
import { weekdayOf } from '#rules/calendar.ts'
import { localTimeAt, utcOf } from '#rules/local-time.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { DayRange, NotifySettings } from '../settings/notify-settings.ts'

type Hours = Pick<NotifySettings, 'zone' | 'schoolHours' | 'holidays' | 'rota'>

/** Who of the rota counts: nobody, where only school hours do. */
export type Counts = (person: string) => boolean
export const SCHOOL_ONLY: Counts = () => false

export type Watch =
  | { readonly kind: 'school' }
  | { readonly kind: 'duty'; readonly persons: readonly string[] }
  | { readonly kind: 'nobody' }

/** A stretch of time in milliseconds since the epoch, the end not included. */
interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  /** Absent: school hours. */
  readonly person?: string
}

/** Who watches at a moment. */
export function watchAt(hours: Hours, counts: Counts, ms: number): Watch {
  const now = stretchesNear(hours, counts, ms).filter(
    ({ fromMs, toMs }) => fromMs <= ms && ms < toMs,
  )
  if (now.some(({ person }) => person === undefined)) return { kind: 'school' }
  const persons = [...new Set(now.flatMap(({ person }) => person ?? []))]
  return persons.length > 0 ? { kind: 'duty', persons } : { kind: 'nobody' }
}

/** The first moment from `ms` on that is watched; undefined where none is in sight. */
export function nextWatched(hours: Hours, counts: Counts, ms: number): number | undefined {
  if (watchAt(hours, counts, ms).kind !== 'nobody') return ms
  const today = localTimeAt(hours.zone, ms).day
  for (let day = today; day <= today + NOTIFY_LIMITS.horizonDays; day++) {
    const starts = stretchesOf(hours, counts, day).flatMap(({ fromMs }) =>
      fromMs > ms ? fromMs : [],
    )
    if (starts.length > 0) return Math.min(...starts)
  }
  return undefined
}

/** The moment at which `durationMs` of watched time have passed since `ms`; undefined where that is never. */
export function afterWatched(
  hours: Hours,
  counts: Counts,
  { ms, durationMs }: { readonly ms: number; readonly durationMs: number },
): number | undefined {
  let left = durationMs
  let at = nextWatched(hours, counts, ms)
  // Each turn passes one stretch; a patience of a day is a handful of them.
  for (let turns = 0; at !== undefined && turns < NOTIFY_LIMITS.horizonDays; turns++) {
    const end = endOfWatch(hours, counts, at)
    if (at + left < end || left === 0) return at + left
    left -= end - at
    at = nextWatched(hours, counts, end)
  }
  return at
}

/** School hours of the day of a moment and of those after it, as they begin and end; empty where none are in sight. */
export function* schoolDaysFrom(
  hours: Hours,
  ms: number,
): Generator<{ readonly opensMs: number; readonly closesMs: number }> {
  const today = localTimeAt(hours.zone, ms).day
  for (let day = today; day <= today + NOTIFY_LIMITS.horizonDays; day++)
    for (const { fromMs, toMs } of stretchesOf(hours, SCHOOL_ONLY, day))
      yield { opensMs: fromMs, closesMs: toMs }
}

function endOfWatch(hours: Hours, counts: Counts, ms: number): number {
  const ends = stretchesNear(hours, counts, ms).flatMap(({ fromMs, toMs }) =>
    fromMs <= ms && ms < toMs ? toMs : [],
  )
  return Math.max(...ends)
}

/** A night's duty began the day before. */
function stretchesNear(hours: Hours, counts: Counts, ms: number): readonly Stretch[] {
  const { day } = localTimeAt(hours.zone, ms)
  return [...stretchesOf(hours, counts, day - 1), ...stretchesOf(hours, counts, day)]
}

/** All that begin on a day. */
function stretchesOf(hours: Hours, counts: Counts, day: number): readonly Stretch[] {
  const { zone, schoolHours, holidays, rota } = hours
  const weekday = weekdayOf(day)
  const times = schoolHours[weekday]
  const isSchool = times !== undefined && !holidays.some((range) => isIn(range, day))
  const school = isSchool
    ? [{ fromMs: utcOf(zone, day, times.from), toMs: utcOf(zone, day, times.to) }]
    : []
  const duties = rota.flatMap(({ person, weekdays, times: { from, to }, dates }) => {
    const isOn = weekdays[weekday] === true && (dates === undefined || isIn(dates, day))
    if (!isOn || !counts(person)) return []
    const toMs = to > from ? utcOf(zone, day, to) : utcOf(zone, day + 1, to)
    return [{ fromMs: utcOf(zone, day, from), toMs, person }]
  })
  return [...school, ...duties]
}

function isIn({ from, to }: DayRange, day: number): boolean {
  return from <= day && day <= to
}
