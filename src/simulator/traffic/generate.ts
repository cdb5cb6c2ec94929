/** The lookups of a school, in order of time. */
import type { Topic } from '../names/topics.ts'
import { seatsOf, topicOf } from '../school/lessons.ts'
import type { Person } from '../school/school.ts'
import { instantOf, isLessonDay, momentAt, partOf } from '../school/school-year.ts'
import type { World } from '../world.ts'
import { DeviceDay, type Minute } from './device-day.ts'
import type { Lookup } from './lookup.ts'
import { HORIZON_SECONDS, Timeline } from './timeline.ts'

const MINUTES_PER_DAY = 1440
const MINUTE_MS = 60_000
const SECOND_MS = 1000

/** Days since 1970, both included, from a minute of the first up to one of the last. */
export interface Span {
  readonly fromDay: number
  readonly toDay: number
  readonly fromMinute?: number
  readonly toMinute?: number
}

/**
 * All lookups of some days, oldest first, second by second; a second without any is empty. Days are independent of each other but
 * for what lasts over midnight, so one day is the same alone. `more` are further lookups, oldest first, which take their places among the
 * school's own. Holds at most what lies `HORIZON_SECONDS` ahead.
 */
export function* secondsOf(
  world: World,
  { fromDay, toDay, fromMinute = 0, toMinute = MINUTES_PER_DAY }: Span,
  more: Iterable<Lookup> = [],
): Generator<readonly Lookup[], void, undefined> {
  const timeline = new Timeline(instantOf(fromDay, fromMinute))
  const others = peekable(more)
  let part: PartNow | undefined
  for (let day = fromDay; day <= toDay; day++) {
    const devices = world.school.devices.map(
      (device) => new DeviceDay(world, device, day, (lookup) => timeline.add(lookup)),
    )
    const last = day === toDay ? toMinute : MINUTES_PER_DAY
    for (let minute = day === fromDay ? fromMinute : 0; minute < last; minute++) {
      const now = minuteAt(day, minute)
      part = partNow(world, now, part)
      playMinute(world, devices, now, part)
      others.until(now.atMs + MINUTE_MS, (lookup) => timeline.add(lookup))
      for (let second = 0; second < MINUTE_MS / SECOND_MS; second++) yield timeline.take()
    }
  }
  for (let second = 0; timeline.held > 0 && second < HORIZON_SECONDS; second++)
    yield timeline.take()
}

/** As `secondsOf`, one lookup at a time. */
export function* lookupsOf(
  world: World,
  span: Span,
  more: Iterable<Lookup> = [],
): Generator<Lookup, void, undefined> {
  for (const second of secondsOf(world, span, more)) yield* second
}

/** Who sits where and learns what, in one lesson or outside of lessons. */
interface PartNow {
  readonly key: string
  readonly seats: ReadonlyMap<number, Person>
  readonly topics: ReadonlyMap<string, Topic | undefined>
}

function playMinute(
  { school }: World,
  devices: readonly DeviceDay[],
  now: Minute,
  { seats, topics }: PartNow,
): void {
  for (const [index, device] of devices.entries()) {
    const person = seats.get(index) ?? school.devices[index]?.owner
    const topic = person?.form === undefined ? undefined : topics.get(person.form)
    device.play(now, topic)
  }
}

function minuteAt(day: number, minute: number): Minute {
  const atMs = instantOf(day, minute)
  const part = isLessonDay(day) ? partOf(day, minute) : undefined
  return { day, minute, atMs, moment: momentAt(atMs), part }
}

/** The one before, for as long as the lesson lasts. */
function partNow({ school }: World, { day, part }: Minute, before: PartNow | undefined): PartNow {
  const key = `${day} ${part?.name ?? ''}`
  if (before?.key === key) return before
  const forms = part ? [...school.forms.keys()] : []
  return {
    key,
    seats: part ? seatsOf(school, day, part) : new Map(),
    topics: new Map(
      forms.map((form) => [form, part ? topicOf(school, day, part, form) : undefined]),
    ),
  }
}

interface Peekable {
  /** Hands over all that lie before an instant. */
  readonly until: (atMs: number, take: (lookup: Lookup) => void) => void
}

function peekable(lookups: Iterable<Lookup>): Peekable {
  const iterator = lookups[Symbol.iterator]()
  let next = iterator.next()
  return {
    until: (atMs, take) => {
      while (next.done !== true && next.value.atMs < atMs) {
        take(next.value)
        next = iterator.next()
      }
    },
  }
}
