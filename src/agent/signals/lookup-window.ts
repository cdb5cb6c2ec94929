import {
  type EventClient,
  type EventDraft,
  type EventName,
  isSafeguarding,
  type SafeguardingBody,
  type StoredEvent,
} from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Profile } from '#rules/categories.ts'
import { isTrial } from '#rules/sets/canaries.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import type { OpenEvent } from './open-events.ts'

/** Five minutes of one client in one category, as it grows. */
export interface LookupWindow extends OpenEvent {
  readonly id: string
  /** Its lookups were allowed. */
  readonly isMonitored: boolean
  readonly client: EventClient
  readonly group: string
  readonly category: string
  readonly theme: string
  readonly severity: string
  readonly name: EventName
  readonly list: string
  readonly profile?: Profile
  /** The newest. */
  signal?: Signal
  readonly firstAt: number
  lastAt: number
  count: number
}

/** What a window is opened with beside its first lookup; `at` is wall time. */
interface Opening {
  readonly id: string
  readonly at: number
  readonly endsMs: number
  readonly client: EventClient
  readonly profile: Profile | undefined
}

/** Opens a window with its first lookup. */
export function openWindow(
  lookup: BlockedLookup,
  { id, at, endsMs, client, profile }: Opening,
): LookupWindow {
  const { count = 1, isMonitored = false } = lookup
  const opened = { ...lookup, isMonitored, id, client, firstAt: at, lastAt: at, endsMs, count }
  return { ...opened, ...(profile && { profile }), revision: 0 }
}

/** Goes on with a stored event, for what is left of its window; undefined when nothing is. */
export function resumeWindow(
  { id, revision, body }: StoredEvent,
  clock: Clock,
  windowMs: number,
): LookupWindow | undefined {
  if (!isSafeguarding(body)) return undefined
  const leftMs = Math.min(windowMs, body.firstAt + windowMs - clock.wallMs())
  if (leftMs <= 0) return undefined
  const { kind, ...lookup } = body
  const isMonitored = kind === 'lookup-monitored'
  return { ...lookup, isMonitored, id, revision, endsMs: clock.monotonicMs() + leftMs }
}

/** The window as its newest revision. */
export function draftOf(window: LookupWindow): EventDraft {
  const { id, revision, isMonitored, endsMs: _, ...lookup } = window
  const kind = isMonitored ? 'lookup-monitored' : 'lookup-blocked'
  const body: SafeguardingBody = { kind, ...lookup }
  return { id, revision, at: lookup.lastAt, body }
}

/**
 * One window for each person or device, category and outcome: who comes to the same device has a window of their own. And
 * so have trials of the filter, so that no real lookup is ever told as part of one.
 */
export function windowKey(
  { address, mac = '', user = '' }: EventClient,
  { category, isMonitored = false, list }: Pick<BlockedLookup, 'category' | 'isMonitored' | 'list'>,
): string {
  return JSON.stringify([address, mac, user, category, isMonitored, isTrial(list)])
}
