/**
 * The way of a simulated lookup: `secondsOf` makes it, the verdict is the default policy's, the agent's own signalling folds it into
 * an event and scores it, its watch over ways round hears of what was blocked, what is new is shipped each second, and the collector's own
 * alert desk judges it. Time is simulated.
 */

import { defaultsOf, isDefaultGroup } from '#agent/policy/profiles.ts'
import {
  makeSignalling,
  type Signalling,
  type SignallingOptions,
} from '#agent/signals/make-signalling.ts'
import type { EventDraft } from '#domain/event.ts'
import { instantOf, momentAt } from '../school/school-year.ts'
import { type Snooze, setAsideOn } from '../school/set-aside.ts'
import type { AllStories } from '../story/all-stories.ts'
import { type Span, secondsOf } from '../traffic/generate.ts'
import type { Lookup } from '../traffic/lookup.ts'
import { verdictOf } from '../verdict-of.ts'
import type { World } from '../world.ts'
import type { AlertSeen } from './alert-book.ts'
import { type CollectorPart, openCollectorPart } from './collector-part.ts'
import { makeSimulatedClock, type SimulatedClock } from './simulated-clock.ts'
import { makeTraceWatch, type TraceWatch } from './trace-watch.ts'
import { makeWayRound } from './way-round.ts'
import { makeWhoAsks } from './who-asks.ts'

export interface RunOptions {
  readonly world: World
  readonly stories: AllStories
  readonly span: Span
  /** For the collector's store: a new file, which the caller deletes. */
  readonly file: string
  /** The stories alone: nobody else is at the school. */
  readonly isEmpty?: boolean
  /** Teachers tell of no lesson; those of stories do as the story says. */
  readonly isNothingSetAside?: boolean
  /** Called after each day, with the day (since 1970) and lookups so far. */
  readonly onDay?: (day: number, lookups: number) => void
  /** Called with what the agent ships, when it does. */
  readonly onShip?: (drafts: readonly EventDraft[], nowMs: number) => void
}

export interface RunResult {
  readonly alerts: readonly AlertSeen[]
  readonly lookups: number
  /** Revisions of events that were shipped. */
  readonly shipped: number
  /** Names of protected help that stood in something shipped; none may. */
  readonly traces: readonly string[]
}

/** While something happens, and otherwise: what time brings then is a day old. */
const LOOK_EVERY_SECONDS = 15
const LOOK_SELDOM_SECONDS = 300
/** While nobody asks for anything and nothing happens, time goes in steps of so long. */
const IDLE_SECONDS = 60
const HAPPENS_FOR_SECONDS = 1800
const SETTLES_SECONDS = 11 * 60
const SECOND_MS = 1000

export function runInProcess(options: RunOptions): RunResult {
  const { world, stories, span } = options
  const startMs = instantOf(span.fromDay, span.fromMinute ?? 0)
  const collector = openCollectorPart(options.file)
  try {
    const clock = makeSimulatedClock(startMs)
    const drafts: EventDraft[] = []
    const emit = (draft: EventDraft): void => void drafts.push(draft)
    const wayRound = makeWayRound(world.school, clock, emit)
    const signalling = signallingOf(world, clock, { emit, onBlocked: wayRound.lookup })
    const traces = makeTraceWatch(world, stories)
    const { onShip = () => undefined } = options
    const counted = { shipped: 0, lookups: 0 }
    const parts: Parts = { clock, collector, signalling, drafts, traces, onShip, ...counted }
    play(options, parts)
    settle(parts)
    signalling.close()
    wayRound.close()
    ship(parts)
    return {
      alerts: collector.alerts(),
      lookups: parts.lookups,
      shipped: parts.shipped,
      traces: traces.found(),
    }
  } finally {
    collector.close()
  }
}

interface Parts {
  readonly clock: SimulatedClock
  readonly collector: CollectorPart
  readonly signalling: Signalling
  readonly drafts: EventDraft[]
  readonly traces: TraceWatch
  readonly onShip: NonNullable<RunOptions['onShip']>
  shipped: number
  lookups: number
}

function play(options: RunOptions, parts: Parts): void {
  const { stories, span, onDay } = options
  const { clock, collector } = parts
  const snoozes = snoozesOf(options)
  const startMs = clock.wallMs()
  let second = 0
  let shippedAt = 0
  for (const lookups of secondsOf(livingWorld(options), span, stories.lookups)) {
    const endMs = startMs + ++second * SECOND_MS
    const isHappening = second - shippedAt < HAPPENS_FOR_SECONDS
    if (!isHappening && lookups.length === 0 && second % IDLE_SECONDS !== 0) continue
    for (let next = snoozes[0]; next && next.fromMs < endMs; next = snoozes[0]) {
      snoozes.shift()
      if (next.toMs > endMs) collector.snooze(next, Math.max(next.fromMs, clock.wallMs()))
    }
    takeLookups(parts, lookups)
    clock.advanceTo(endMs)
    parts.signalling.look()
    if (ship(parts)) shippedAt = second
    if (second % (isHappening ? LOOK_EVERY_SECONDS : LOOK_SELDOM_SECONDS) === 0)
      collector.look(endMs)
    if (second % 86_400 === 0) onDay?.(span.fromDay + second / 86_400 - 1, parts.lookups)
  }
}

/** What was asked last is scored, and its collection windows end. */
function settle(parts: Parts): void {
  const { clock, signalling, collector } = parts
  for (let second = 1; second <= SETTLES_SECONDS; second++) {
    clock.advanceTo(clock.wallMs() + SECOND_MS)
    signalling.look()
    ship(parts)
    if (second % LOOK_EVERY_SECONDS === 0) collector.look(clock.wallMs())
  }
}

function snoozesOf({ world, stories, span, isNothingSetAside = false }: RunOptions): Snooze[] {
  const days = Array.from({ length: span.toDay - span.fromDay + 1 }, (_, at) => span.fromDay + at)
  const ofLessons = isNothingSetAside ? [] : days.flatMap((day) => setAsideOn(world.school, day))
  return [...stories.stories.flatMap((story) => story.snoozes), ...ofLessons].toSorted(
    (a, b) => a.fromMs - b.fromMs,
  )
}

function takeLookups(parts: Parts, lookups: readonly Lookup[]): void {
  const { clock, signalling } = parts
  const [first] = lookups
  // Lessons begin and end at whole minutes, so all of a second are in one or none is.
  const isLesson = first !== undefined && momentAt(first.atMs) === 'lesson'
  for (const { atMs, device, name, type, category } of lookups) {
    parts.lookups++
    // As in the agent, whose threads never tell of who looks for help.
    if (category === 'protected.help') continue
    clock.advanceTo(atMs)
    signalling.lookup({
      atMs,
      client: device.address,
      group: device.group,
      name,
      type,
      verdict: verdictOf(category, device.group, isLesson),
      ...(category !== undefined && { category }),
    })
  }
}

function livingWorld({ world, isEmpty = false }: RunOptions): World {
  return isEmpty ? { ...world, school: { ...world.school, devices: [] } } : world
}

/** False where there was nothing to ship. */
function ship(parts: Parts): boolean {
  const { drafts, collector, clock, traces } = parts
  if (drafts.length === 0) return false
  const batch = drafts.splice(0)
  for (const draft of batch) traces.look(draft)
  parts.shipped += batch.length
  parts.onShip(batch, clock.wallMs())
  collector.take(batch, clock.wallMs())
  return true
}

function signallingOf(
  { school }: World,
  clock: SimulatedClock,
  hears: Pick<SignallingOptions, 'emit' | 'onBlocked'>,
): Signalling {
  return makeSignalling({
    ...hears,
    clock,
    after: clock.after,
    describe: makeWhoAsks(school),
    profileOf: (group) => (isDefaultGroup(group) ? defaultsOf(group) : undefined),
    momentAt,
  })
}
