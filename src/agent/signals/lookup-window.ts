import type {
  EventClient,
  EventDraft,
  EventName,
  LookupBlocked,
  StoredEvent,
} from '#domain/event.ts'
import type { Clock } from '#platform/clock.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import type { OpenEvent } from './open-events.ts'

/** Five minutes of one client in one category, as it grows. */
export interface LookupWindow extends OpenEvent {
  readonly id: string
  readonly client: EventClient
  readonly group: string
  readonly category: string
  readonly theme: string
  readonly severity: string
  readonly name: EventName
  readonly list: string
  readonly firstAt: number
  lastAt: number
  count: number
}

/** Opens a window with its first lookup, at wall time `at`. */
export function openWindow(
  lookup: BlockedLookup,
  client: EventClient,
  { id, at, endsMs }: { readonly id: string; readonly at: number; readonly endsMs: number },
): LookupWindow {
  const { count = 1 } = lookup
  return { ...lookup, id, client, firstAt: at, lastAt: at, endsMs, count, revision: 0 }
}

/** Goes on with a stored event, for what is left of its window; undefined when nothing is. */
export function resumeWindow(
  { id, revision, body }: StoredEvent,
  clock: Clock,
  windowMs: number,
): LookupWindow | undefined {
  if (body.kind !== 'lookup-blocked') return undefined
  const leftMs = Math.min(windowMs, body.firstAt + windowMs - clock.wallMs())
  if (leftMs <= 0) return undefined
  const { kind: _, ...lookup } = body
  return { ...lookup, id, revision, endsMs: clock.monotonicMs() + leftMs }
}

/** The window as its newest revision. */
export function draftOf(window: LookupWindow): EventDraft {
  const { id, revision, endsMs: _, ...lookup } = window
  const body: LookupBlocked = { kind: 'lookup-blocked', ...lookup }
  return { id, revision, at: lookup.lastAt, body }
}

/** One window for each person or device, and category: who comes to the same device has a window of their own. */
export function windowKey({ address, mac = '', user = '' }: EventClient, category: string): string {
  return JSON.stringify([address, mac, user, category])
}
