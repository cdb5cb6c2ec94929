/**
 * Folds lookups in alerting categories into events: the first lookup of a client in a category is told at once, those of the next five
 * minutes raise the count of the same event, told as revisions a few times a second at most. Pure but for what it is given.
 */
import type { EventClient, EventDraft, StoredEvent } from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import { type After, after as realAfter } from '#platform/timer.ts'
import type { Profile } from '#rules/categories.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import {
  draftOf,
  isOver,
  type LookupWindow,
  openWindow,
  resumeWindow,
  windowKey,
} from './lookup-window.ts'

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
  readonly windowMs?: number
  readonly revisionEveryMs?: number
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
  const lookups = new OpenWindows(options)
  return {
    record: (lookup) => lookups.record(lookup),
    scored: (event, signal) => lookups.scored(event, signal),
    resume: (events) => lookups.resume(events),
    close: () => lookups.close(),
    counters: () => lookups.counters(),
  }
}

class OpenWindows {
  readonly #options: BlockedLookupsOptions
  readonly #windowMs: number
  readonly #revisionEveryMs: number
  /** In the order in which they were opened, so the first ends first. */
  readonly #windows: Map<string, LookupWindow> = new Map()
  /** Those whose signal may still come, the open ones and the ended, in the order in which they were opened. */
  readonly #byId: Map<string, LookupWindow> = new Map()
  /** Windows with lookups not told yet and when each is due, which is also the order in which they came. */
  readonly #due: Map<LookupWindow, number> = new Map()
  #cancel: (() => void) | undefined
  #lookups = 0
  #closedEarly = 0
  #signalsLost = 0

  constructor(options: BlockedLookupsOptions) {
    this.#options = options
    this.#windowMs = options.windowMs ?? WINDOW_MS
    this.#revisionEveryMs = options.revisionEveryMs ?? REVISION_EVERY_MS
  }

  record(lookup: BlockedLookup): string {
    const { clock } = this.#options
    const nowMs = clock.monotonicMs()
    const { count = 1 } = lookup
    this.#lookups += count
    this.#closeEnded(nowMs)
    const who = this.#describe(lookup.client)
    const key = windowKey(who, lookup)
    const window = this.#windows.get(key)
    if (window && !isOver(window, nowMs)) {
      window.count += count
      window.lastAt = Math.max(window.firstAt, clock.wallMs())
      this.#tellLater(window, nowMs)
      return window.id
    }
    if (window) this.#end(key, window)
    const profile = this.#options.profileOf?.(lookup.group)
    const opening = { id: newEventId(), at: clock.wallMs(), endsMs: nowMs + this.#windowMs }
    this.#add(key, openWindow(lookup, { ...opening, client: who, profile }), true)
    return opening.id
  }

  scored(event: string, signal: Signal): void {
    const window = this.#byId.get(event)
    if (!window) {
      this.#signalsLost++
      return
    }
    window.signal = signal
    this.#tellLater(window, this.#options.clock.monotonicMs())
  }

  resume(events: readonly StoredEvent[]): void {
    const { clock } = this.#options
    for (const event of events) {
      const window = resumeWindow(event, clock, this.#windowMs)
      if (!window) continue
      const key = windowKey(window.client, window)
      if (!this.#windows.has(key)) this.#add(key, window, false)
    }
  }

  close(): void {
    this.#cancel?.()
    for (const [key, window] of this.#windows) this.#end(key, window)
    for (const window of this.#due.keys()) this.#tell(window)
  }

  counters(): BlockedLookupsCounters {
    return {
      windows: this.#windows.size,
      lookups: this.#lookups,
      closedEarly: this.#closedEarly,
      signalsLost: this.#signalsLost,
    }
  }

  #describe(client: string): EventClient {
    return this.#options.describe?.(client) ?? { address: client }
  }

  #add(key: string, window: LookupWindow, isNew: boolean): void {
    const [oldest] = this.#windows
    if (oldest && this.#windows.size >= this.#options.limits.windowsMax) {
      this.#end(...oldest)
      this.#closedEarly++
    }
    this.#windows.set(key, window)
    this.#keepForSignal(window)
    if (isNew) this.#tell(window)
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

  /** A bounded time from now, whatever comes; so a window is never told twice within that time either. */
  #tellLater(window: LookupWindow, nowMs: number): void {
    if (this.#due.has(window)) return
    this.#due.set(window, nowMs + this.#revisionEveryMs)
    if (this.#due.size === 1) this.#arm(this.#revisionEveryMs)
  }

  #arm(delayMs: number): void {
    this.#cancel = (this.#options.after ?? realAfter)(delayMs, () => this.#tellDue())
  }

  #tellDue(): void {
    const nowMs = this.#options.clock.monotonicMs()
    for (const [window, dueMs] of this.#due) {
      if (dueMs > nowMs) return this.#arm(dueMs - nowMs)
      this.#tell(window)
    }
  }

  #tell(window: LookupWindow): void {
    this.#due.delete(window)
    window.revision++
    this.#options.emit(draftOf(window))
  }

  #closeEnded(nowMs: number): void {
    for (const [key, window] of this.#windows) {
      if (!isOver(window, nowMs)) return
      this.#end(key, window)
    }
  }

  #end(key: string, window: LookupWindow): void {
    if (this.#due.has(window)) this.#tell(window)
    this.#windows.delete(key)
  }
}
