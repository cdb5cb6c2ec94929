/**
 * Folds lookups in alerting categories into events: the first lookup of a client in a category is told at once, those of the next five
 * minutes raise the count of the same event, told as revisions a few times a second at most. Pure but for what it is given.
 */
import type { EventClient, EventDraft, StoredEvent } from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import type { After } from '#platform/timer.ts'
import type { Profile } from '#rules/categories.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import { draftOf, type LookupWindow, openWindow, resumeWindow, windowKey } from './lookup-window.ts'
import { OpenEvents } from './open-events.ts'

interface BlockedLookupsLimits {
  /** Windows open at the same time; beyond it the oldest is closed, and counted. */
  readonly windowsMax: number
}

export interface BlockedLookupsOptions {
  readonly clock: Clock
  /** Never throws, never blocks. */
  readonly emit: (draft: EventDraft) => void
  readonly limits: BlockedLookupsLimits
  /** Whom a lookup's client stands for; absent: its address. */
  readonly describe?: (client: string) => EventClient
  /** What a group's defaults are made for; absent: it is not told. */
  readonly profileOf?: (group: string) => Profile | undefined
  readonly after?: After
}

interface BlockedLookupsCounters {
  readonly windows: number
  readonly lookups: number
  /** Windows closed before their time because there were too many. */
  readonly closedEarly: number
  /** Signals of events that are too long ago, or were never ours. */
  readonly signalsLost: number
}

export interface BlockedLookups {
  /** The id of the event that it goes with. */
  readonly record: (lookup: BlockedLookup) => string
  /** Adds what was found out about an event; told as its next revision, also when its window has just ended. */
  readonly scored: (event: string, signal: Signal) => void
  /** Goes on with events whose window was open when the agent stopped; call it before the first `record`. */
  readonly resume: (events: readonly StoredEvent[]) => void
  /** Emits every last state that has not been, and counts no more. */
  readonly close: () => void
  readonly counters: () => BlockedLookupsCounters
}

export const WINDOW_MS = 300_000
const REVISION_EVERY_MS = 250
/** For so long after its window a signal may still come: what somebody does ten minutes later may belong to it. */
const SCORED_AFTER_MS = 720_000

/** Begins with no window open. */
export function makeBlockedLookups(options: BlockedLookupsOptions): BlockedLookups {
  const lookups = new LookupEvents(options)
  return {
    record: (lookup) => lookups.record(lookup),
    scored: (event, signal) => lookups.scored(event, signal),
    resume: (events) => lookups.resume(events),
    close: () => lookups.close(),
    counters: () => lookups.counters(),
  }
}

class LookupEvents {
  readonly #options: BlockedLookupsOptions
  readonly #open: OpenEvents<LookupWindow>
  /** Those whose signal may still come, the open ones and the ended, in the order in which they were opened. */
  readonly #byId: Map<string, LookupWindow> = new Map()
  #lookups = 0
  #signalsLost = 0

  constructor(options: BlockedLookupsOptions) {
    const { clock, emit, limits, after } = options
    this.#options = options
    this.#open = new OpenEvents({
      clock,
      emit,
      draftOf,
      openMax: limits.windowsMax,
      revisionEveryMs: REVISION_EVERY_MS,
      ...(after && { after }),
    })
  }

  record(lookup: BlockedLookup): string {
    const { clock, describe = justAddress, profileOf } = this.#options
    const nowMs = clock.monotonicMs()
    const { count = 1 } = lookup
    this.#lookups += count
    this.#open.closeEnded(nowMs)
    const client = describe(lookup.client)
    const key = windowKey(client, lookup)
    const known = this.#open.get(key)
    if (known) {
      known.count += count
      known.lastAt = Math.max(known.firstAt, clock.wallMs())
      this.#open.tellLater(known)
      return known.id
    }
    const profile = profileOf?.(lookup.group)
    const opening = { id: newEventId(), at: clock.wallMs(), endsMs: nowMs + WINDOW_MS }
    const window = openWindow(lookup, { ...opening, client, profile })
    this.#open.add(key, window)
    this.#keepForSignal(window)
    this.#open.tell(window)
    return window.id
  }

  scored(event: string, signal: Signal): void {
    const window = this.#byId.get(event)
    if (!window) {
      this.#signalsLost++
      return
    }
    window.signal = signal
    this.#open.tellLater(window)
  }

  resume(events: readonly StoredEvent[]): void {
    const { clock } = this.#options
    const windows = events.flatMap((event) => resumeWindow(event, clock, WINDOW_MS) ?? [])
    const resumed = this.#open.resume(windows.map((one) => [windowKey(one.client, one), one]))
    for (const window of resumed) this.#keepForSignal(window)
  }

  close(): void {
    this.#open.close()
  }

  counters(): BlockedLookupsCounters {
    const { size: windows, closedEarly } = this.#open
    return { windows, lookups: this.#lookups, closedEarly, signalsLost: this.#signalsLost }
  }

  #keepForSignal(window: LookupWindow): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const [id, { endsMs }] of this.#byId) {
      const isPast = endsMs + SCORED_AFTER_MS <= nowMs
      if (!isPast && this.#byId.size < 2 * this.#options.limits.windowsMax) break
      this.#byId.delete(id)
    }
    this.#byId.set(window.id, window)
  }
}

function justAddress(client: string): EventClient {
  return { address: client }
}
