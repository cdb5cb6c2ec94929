/**
 * Whom an alert that nobody has acknowledged is told to next, and when. In school hours the ladder goes on at T, 2T and 3T, its last
 * person being reminded where it is shorter; then all are told on the next mornings. Time runs only while somebody watches: in
 * school hours and, for what cannot wait, while the rota names somebody of the ladder. Where nobody watches, the first of the
 * ladder hear of it at once, with the time at which it will be seen, and are told again when that has come.
 */
import type { Severity } from '#safeguarding/severity.ts'
import type { Queue } from '../../alerts/alert.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { NotifySettings, Role } from '../settings/notify-settings.ts'
import {
  afterWatched,
  type Counts,
  nextWatched,
  SCHOOL_ONLY,
  schoolDaysFrom,
  watchAt,
} from './watch.ts'

export const STEP_KINDS = ['forewarning', 'duty', 'ladder', 'morning'] as const
export type StepKind = (typeof STEP_KINDS)[number]

/** What was done for an alert, in the order in which it was. */
export interface StepTaken {
  readonly kind: StepKind
  readonly persons: readonly string[]
  readonly atMs: number
}

export interface EscalationState {
  readonly queue: Queue
  readonly severity: Severity
  readonly raisedAtMs: number
  readonly isTrial: boolean
  readonly taken: readonly StepTaken[]
  /** No channel reaches anybody of the last step: it does not count. */
  readonly isUnreachable: boolean
}

export type NextStep =
  /** Interrupts nobody: the digest has it. */
  | { readonly kind: 'digest' }
  /** The file names nobody for this queue. */
  | { readonly kind: 'nobody' }
  /** Everybody was told, and reminded. */
  | { readonly kind: 'ended' }
  | {
      readonly kind: 'tell'
      readonly step: StepKind
      readonly persons: readonly string[]
      /** When; may lie behind. */
      readonly atMs: number
      /** When somebody looks, where nobody does at `atMs`. */
      readonly seenAtMs?: number
    }
type Tell = Extract<NextStep, { kind: 'tell' }>

/** Staff's alerts are the head's alone, the head's own the chair's. */
const LADDERS: Readonly<Record<Queue, readonly Role[]>> = {
  safeguarding: ['dsl', 'deputy', 'head', 'trust'],
  head: ['head'],
  chair: ['chair'],
  it: ['it'],
}

type Interrupting = keyof NotifySettings['patience']
/** A step of the day comes so long before the school closes, that it can still be acted on. */
const BEFORE_CLOSE_MS = 30 * 60_000
/** And not sooner than this after the one before. */
const DAY_STEP_MIN_MS = 60 * 60_000

/** Whether a severity interrupts anybody. */
export function isInterrupting(severity: Severity): severity is Interrupting {
  return severity === 'critical' || severity === 'urgent' || severity === 'high'
}

/** People of a queue, rung after rung; a role that nobody has is left out. */
export function ladderOf(
  { people }: Pick<NotifySettings, 'people'>,
  queue: Queue,
): readonly (readonly string[])[] {
  return LADDERS[queue]
    .map((role) => people.filter(({ roles }) => roles.includes(role)).map(({ id }) => id))
    .filter((rung) => rung.length > 0)
}

/** The next step from `nowMs` on. Pure; never throws. */
export function nextStep(
  settings: NotifySettings,
  escalation: EscalationState,
  nowMs: number,
): NextStep {
  const { severity, queue } = escalation
  if (!isInterrupting(severity)) return { kind: 'digest' }
  const ladder = ladderOf(settings, queue)
  if (ladder.length === 0) return { kind: 'nobody' }
  const inLadder = new Set(ladder.flat())
  // What can wait for the school day does not reach for whoever is on duty.
  const counts: Counts = severity === 'high' ? SCHOOL_ONLY : (person) => inLadder.has(person)
  if (escalation.isTrial) return trialStep(settings, escalation, { ladder, nowMs })
  const world = { settings, escalation, severity, ladder, counts }
  const forewarning = forewarn(world, nowMs)
  if (forewarning) return forewarning
  const dueMs = due(world)
  return dueMs === undefined ? { kind: 'ended' } : stepAt(world, Math.max(dueMs, nowMs))
}

/** Somebody tries the filter: that word of it comes is part of the trial, but it calls nobody out of hours and nobody else. */
function trialStep(
  settings: NotifySettings,
  { taken, raisedAtMs }: EscalationState,
  { ladder, nowMs }: { readonly ladder: World['ladder']; readonly nowMs: number },
): NextStep {
  const [persons] = ladder
  const atMs = nextWatched(settings, SCHOOL_ONLY, Math.max(raisedAtMs, nowMs))
  if (taken.length > 0 || persons === undefined || atMs === undefined) return { kind: 'ended' }
  return { kind: 'tell', step: 'ladder', persons, atMs }
}

interface World {
  readonly settings: NotifySettings
  readonly escalation: EscalationState
  readonly severity: Interrupting
  readonly ladder: readonly (readonly string[])[]
  readonly counts: Counts
}

/** Where nobody watches, the first who can be reached hear of it all the same; what can wait until morning does. */
function forewarn(
  { settings, escalation, severity, ladder, counts }: World,
  nowMs: number,
): Tell | undefined {
  const { taken, raisedAtMs, isUnreachable } = escalation
  const isOpen = taken.length === 0 || (isUnreachable && taken.at(-1)?.kind === 'forewarning')
  const persons = ladder[taken.length]
  const atMs = Math.max(nowMs, raisedAtMs)
  if (!isOpen || severity === 'high' || persons === undefined) return undefined
  if (watchAt(settings, counts, atMs).kind !== 'nobody') return undefined
  const seenAtMs = nextWatched(settings, counts, atMs)
  const seen = seenAtMs === undefined ? {} : { seenAtMs }
  return { kind: 'tell', step: 'forewarning', persons, atMs, ...seen }
}

/** When the patience with the last step ends. */
function due({ settings, escalation, severity, counts }: World): number | undefined {
  const last = escalation.taken.at(-1)
  if (!last) return escalation.raisedAtMs
  if (last.kind === 'forewarning') return nextWatched(settings, counts, last.atMs)
  const isThrough = count(escalation, 'ladder') >= NOTIFY_LIMITS.ladderSteps
  if (escalation.isUnreachable || isThrough) return last.atMs
  const patience = settings.patience[severity]
  if (patience === 'day') return dayStepAfter(settings, last.atMs)
  return afterWatched(settings, counts, { ms: last.atMs, durationMs: patience })
}

/** The first end of a school day that leaves time enough. */
function dayStepAfter(settings: NotifySettings, ms: number): number | undefined {
  for (const { opensMs, closesMs } of schoolDaysFrom(settings, ms)) {
    const at = Math.max(opensMs, closesMs - BEFORE_CLOSE_MS)
    if (at >= ms + DAY_STEP_MIN_MS) return at
  }
  return undefined
}

function stepAt(world: World, atMs: number): NextStep {
  const { settings, counts } = world
  const watchedMs = nextWatched(settings, counts, atMs)
  if (watchedMs === undefined) return { kind: 'ended' }
  const watch = watchAt(settings, counts, watchedMs)
  if (watch.kind === 'duty') {
    const fresh = watch.persons.filter((person) => !wasOnDuty(world.escalation, person))
    if (fresh.length > 0) return { kind: 'tell', step: 'duty', persons: fresh, atMs: watchedMs }
  }
  return schoolStep(world, watchedMs)
}

function wasOnDuty({ taken }: EscalationState, person: string): boolean {
  return taken.some(({ kind, persons }) => kind === 'duty' && persons.includes(person))
}

/** The next rung, or the next morning's reminder. A duty that begins earlier is looked for first, by `nextDuty`. */
function schoolStep(world: World, atMs: number): NextStep {
  const { settings, escalation, ladder } = world
  const inSchoolMs = nextWatched(settings, SCHOOL_ONLY, atMs)
  const duty = nextDuty(world, atMs, inSchoolMs ?? Infinity)
  if (duty) return duty
  if (inSchoolMs === undefined) return { kind: 'ended' }
  const rungs = count(escalation, 'ladder')
  if (rungs < NOTIFY_LIMITS.ladderSteps) {
    const persons = ladder[Math.min(rungs, ladder.length - 1)] ?? []
    return { kind: 'tell', step: 'ladder', persons, atMs: inSchoolMs }
  }
  return morningAfter(world, inSchoolMs)
}

/** The first change of the rota, before school opens, that brings somebody who was not told. */
function nextDuty(
  { settings, escalation, counts }: World,
  fromMs: number,
  untilMs: number,
): Tell | undefined {
  const isFresh: Counts = (person) => counts(person) && !wasOnDuty(escalation, person)
  const atMs = nextWatched(settings, isFresh, fromMs)
  if (atMs === undefined || atMs >= untilMs) return undefined
  const watch = watchAt(settings, isFresh, atMs)
  return watch.kind === 'duty'
    ? { kind: 'tell', step: 'duty', persons: watch.persons, atMs }
    : undefined
}

function morningAfter({ settings, escalation, ladder }: World, nowMs: number): NextStep {
  const lastMs = escalation.taken.at(-1)?.atMs ?? nowMs
  if (count(escalation, 'morning') >= NOTIFY_LIMITS.morningsMax) return { kind: 'ended' }
  for (const { opensMs, closesMs } of schoolDaysFrom(settings, lastMs))
    if (opensMs > lastMs && closesMs > nowMs) {
      const persons = [...new Set(ladder.flat())]
      return { kind: 'tell', step: 'morning', persons, atMs: Math.max(opensMs, nowMs) }
    }
  return { kind: 'ended' }
}

function count({ taken }: EscalationState, kind: StepKind): number {
  return taken.filter((step) => step.kind === kind).length
}
