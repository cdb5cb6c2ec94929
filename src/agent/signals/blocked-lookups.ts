/**
 * Folds blocked lookups into events: the first lookup of a client in a category is told at once, those of the next five
 * minutes raise the count of the same event, told as revisions a few times a second at most. Pure but for what it is given.
 */
import type { EventClient, EventDraft, StoredEvent } from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import { newEventId } from '#platform/random.ts'
import type { After } from '#platform/timer.ts'
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
  readonly after?: After
}

interface BlockedLookupsCounters {
  readonly windows: number
  readonly lookups: number
  /** Windows closed before their time because there were too many. */
  readonly closedEarly: number
}

export interface BlockedLookups {
  readonly record: (lookup: BlockedLookup) => void
  /** Goes on with events whose window was open when the agent stopped; call it before the first `record`. */
  readonly resume: (events: readonly StoredEvent[]) => void
  /** Emits every last state that has not been, and counts no more. */
  readonly close: () => void
  readonly counters: () => BlockedLookupsCounters
}

export const WINDOW_MS = 300_000
const REVISION_EVERY_MS = 250

/** Begins with no window open. */
export function makeBlockedLookups(options: BlockedLookupsOptions): BlockedLookups {
  const { clock, emit, limits, describe = justAddress, after } = options
  const open = new OpenEvents<LookupWindow>({
    clock,
    emit,
    draftOf,
    openMax: limits.windowsMax,
    revisionEveryMs: REVISION_EVERY_MS,
    ...(after && { after }),
  })
  let lookups = 0
  return {
    record: (lookup) => {
      const nowMs = clock.monotonicMs()
      const { count = 1 } = lookup
      lookups += count
      open.closeEnded(nowMs)
      const who = describe(lookup.client)
      const key = windowKey(who, lookup.category)
      const known = open.get(key)
      if (known) {
        known.count += count
        known.lastAt = Math.max(known.firstAt, clock.wallMs())
        return open.tellLater(known)
      }
      const opening = { id: newEventId(), at: clock.wallMs(), endsMs: nowMs + WINDOW_MS }
      const window = openWindow(lookup, who, opening)
      open.add(key, window)
      open.tell(window)
    },
    resume: (events) => {
      const windows = events.flatMap((event) => resumeWindow(event, clock, WINDOW_MS) ?? [])
      open.resume(windows.map((one) => [windowKey(one.client, one.category), one]))
    },
    close: () => open.close(),
    counters: () => ({ windows: open.size, lookups, closedEarly: open.closedEarly }),
  }
}

function justAddress(client: string): EventClient {
  return { address: client }
}
