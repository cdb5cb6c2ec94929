/** One device through one day: what its systems ask, and what people at it do, minute by minute. */

import type { Moment } from '#domain/signal.ts'
import type { DayPart } from '#rules/timetable.ts'
import { Dice } from '../dice.ts'
import { APPS, type App } from '../names/apps.ts'
import type { Topic } from '../names/topics.ts'
import type { Device } from '../school/school.ts'
import { isLessonDay } from '../school/school-year.ts'
import type { World } from '../world.ts'
import { type Asker, askAddresses } from './ask.ts'
import { browse } from './browse.ts'
import type { Lookup } from './lookup.ts'
import {
  ASLEEP,
  BOARDER_USES,
  IDLE,
  LESSON_BEGINS,
  ON_SITE,
  PAGES_PER_MINUTE,
  USES,
} from './rates.ts'
import { study } from './study.ts'

/** A minute of the school's day, the same for all devices. */
export interface Minute {
  readonly atMs: number
  /** Days since 1970, and minutes after midnight. */
  readonly day: number
  readonly minute: number
  readonly moment: Moment
  readonly part: DayPart | undefined
}

const MINUTE_MS = 60_000
/** How much more a system asks in the first minutes of a lesson, when it is opened. */
const WAKING = 4

export class DeviceDay {
  readonly #device: Device
  readonly #world: World
  readonly #asker: Asker
  readonly #dice: Dice
  readonly #apps: readonly App[]
  #part: string | undefined
  #isUsed = false

  constructor(world: World, device: Device, day: number, add: (lookup: Lookup) => boolean) {
    this.#world = world
    this.#device = device
    this.#dice = new Dice(world.school.seed, 3, device.index, day)
    this.#asker = { device, dice: this.#dice, add }
    this.#apps = appsOf(world.school.seed, device)
  }

  /** What the device asks in a minute; `topic` is what the lesson of whoever sits there is on. */
  play(now: Minute, topic: Topic | undefined): void {
    this.#enter(now)
    const awake = this.#awake(now)
    if (awake === 0) return
    this.#background(now, awake)
    if (!this.#isUsed) return
    const factor = isBeginning(now) ? LESSON_BEGINS.factor : 1
    const pages = this.#dice.count(PAGES_PER_MINUTE * factor)
    for (let i = 0; i < pages; i++) {
      const atMs = now.atMs + this.#dice.int(MINUTE_MS)
      if (topic) study(this.#asker, this.#world, topic, atMs)
      else browse(this.#asker, this.#world, { atMs, isLesson: now.moment === 'lesson' })
    }
  }

  /** Whether somebody uses it is decided once for each lesson, break or hour. */
  #enter(now: Minute): void {
    const { moment, part, minute } = now
    const name = part?.name ?? `${moment}${Math.floor(minute / 60)}`
    if (name === this.#part) return
    this.#part = name
    this.#isUsed = this.#dice.chance(this.#useOf(now))
  }

  #useOf(now: Minute): number {
    const { kind, owner } = this.#device
    if (isOnSite(this.#device, now)) return USES[kind][now.moment]
    if (owner?.isBoarder !== true) return 0
    return now.moment === 'evening' || now.moment === 'night'
      ? BOARDER_USES[now.moment]
      : BOARDER_USES.closed
  }

  /** 1 for a device that is used, less for one that sleeps, 0 for one that went home. */
  #awake(now: Minute): number {
    const { kind, owner } = this.#device
    if (kind === 'fixture' || this.#isUsed) return 1
    if (isOnSite(this.#device, now)) return IDLE
    const stays = owner?.isBoarder === true || kind === 'lab-pc' || kind === 'trolley'
    return stays ? ASLEEP : 0
  }

  #background(now: Minute, awake: number): void {
    const factor = (awake / 60) * (isBeginning(now) ? WAKING : 1)
    for (const { perHour, hosts } of this.#apps) {
      if (!this.#dice.chance(perHour * factor)) continue
      const atMs = now.atMs + this.#dice.int(MINUTE_MS)
      for (const { name, category } of hosts)
        if (this.#dice.chance(0.6))
          askAddresses(this.#asker, name, category, atMs + this.#dice.int(800), 'background')
    }
  }
}

function isOnSite({ kind }: Device, { day, minute }: Minute): boolean {
  if (!isLessonDay(day)) return false
  return kind === 'staff-laptop'
    ? minute >= ON_SITE.staffFrom && minute < ON_SITE.staffTo
    : minute >= ON_SITE.from && minute < ON_SITE.to
}

function isBeginning({ part, minute }: Minute): boolean {
  return part?.kind === 'lesson' && minute - part.from < LESSON_BEGINS.minutes
}

/** A device has the same apps every day. */
function appsOf(seed: number, { index, kind }: Device): readonly App[] {
  const dice = new Dice(seed, 4, index)
  return APPS.filter(({ on }) => dice.chance(on[kind] ?? 0))
}
