/**
 * All that makes events of lookups, in one thread: for simulation, and for tests. An agent has the same parts in two threads, with
 * a ring between them.
 */
import type { EventClient, EventDraft } from '#domain/event.ts'
import type { Moment } from '#domain/signal.ts'
import type { Clock } from '#platform/clock.ts'
import type { After } from '#platform/timer.ts'
import { categoryOf, isAlerting, type Profile } from '#rules/categories.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { Weights } from '#safeguarding/weights.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import { makeBlockedLookups } from './blocked-lookups.ts'
import type { ObservedLookup, SignalFound } from './observed-lookup.ts'
import {
  makeSignalDesk,
  SIGNAL_DESK_LIMITS,
  type SignalDeskCounters,
  type SignalDeskLimits,
} from './signal-desk.ts'

export interface SignallingOptions {
  /** Of the lookups: by hand in a simulation. */
  readonly clock: Clock
  /** Runs something later by that clock. */
  readonly after: After
  readonly emit: (draft: EventDraft) => void
  readonly describe?: (client: string) => EventClient
  readonly profileOf?: (group: string) => Profile | undefined
  readonly momentAt: (ms: number) => Moment
  readonly weights?: Weights
  readonly limits?: SignalDeskLimits & { readonly windows: number }
  /** Hears of what was blocked, as the watch over ways round does in an agent. */
  readonly onBlocked?: (lookup: BlockedLookup) => void
  /** Hears of every signal, beside the event that it is added to. */
  readonly onFound?: (one: SignalFound) => void
}

/** As the filter decided it, before it is in any event. */
export interface DecidedLookup extends Omit<ObservedLookup, 'event'> {
  readonly list?: string
  /** What stands in the event instead of a name that may not be told; absent: `illegal.*` is told as `withheld`. */
  readonly hash?: string
}

export interface Signalling {
  /** Takes a lookup at the clock's time, in the order in which they come. */
  readonly lookup: (lookup: DecidedLookup) => void
  /** Scores what is due; call it at least each second of the clock. */
  readonly look: () => void
  /** Tells what was not told yet. */
  readonly close: () => void
  readonly counters: () => SignalDeskCounters
}

const WINDOWS_MAX = 10_000

export function makeSignalling(options: SignallingOptions): Signalling {
  const { clock, limits = { ...SIGNAL_DESK_LIMITS, windows: WINDOWS_MAX } } = options
  const windows = makeBlockedLookups({ ...options, limits: { windowsMax: limits.windows } })
  const desk = makeSignalDesk({
    limits,
    weights: options.weights ?? SHIPPED_WEIGHTS,
    momentAt: options.momentAt,
    found: (one) => {
      windows.scored(one.event, one.signal)
      options.onFound?.(one)
    },
  })
  const eventOf = (lookup: DecidedLookup): string | undefined => {
    const { category: id, verdict, client, group, name, list = 'simulated', hash } = lookup
    if (verdict === 'allowed' || id === undefined || !isAlerting(id)) return undefined
    const category = categoryOf(id)
    if (!category?.theme) return undefined
    const { theme, severity } = category
    const isHidden = id.startsWith('illegal.')
    const noticed: BlockedLookup = {
      ...(verdict === 'monitored' && { isMonitored: true }),
      client,
      group,
      category: id,
      theme,
      severity,
      name: isHidden ? { form: 'hash', hash: hash ?? 'withheld' } : { form: 'clear', name },
      list,
    }
    if (verdict === 'blocked') options.onBlocked?.(noticed)
    return windows.record(noticed)
  }
  return {
    lookup: (lookup) => {
      const event = eventOf(lookup)
      desk.observe(event === undefined ? lookup : { ...lookup, event })
    },
    look: () => desk.look(clock.wallMs()),
    close: () => windows.close(),
    counters: () => desk.counters(),
  }
}
