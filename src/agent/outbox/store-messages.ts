import type { EventsRevealed, Lane, StoredEvent } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { Condition } from './condition.ts'
import type { EventCount, EventFilter } from './event-reader.ts'
import type { HeldDraft } from './held-draft.ts'
import type { OutboxLimits } from './outbox-limits.ts'
import type { PreviousRun } from './run-record.ts'

/** What the store worker is started with. */
export interface StoreWorkerData {
  readonly stateDir: string
  readonly run: string
  readonly keyPem: string
  readonly collectorUrl: string | undefined
  readonly limits: OutboxLimits
  readonly logLevel: string
}

/** Who reads event detail, and why. */
export interface RevealQuery extends EventFilter {
  readonly who: string
  readonly reason: string
}

/** Main thread to store worker. One batch is under way at a time; `ask` numbers questions. */
export type ToStore =
  | { readonly kind: 'commit'; readonly batch: number; readonly drafts: readonly HeldDraft[] }
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'ask'; readonly ask: number; readonly question: StoreQuestion }
  | { readonly kind: 'close' }

/** Events that grow for a while, and so are gone on with after a restart. */
export type WindowedKind = 'lookup-blocked' | 'lookup-monitored' | 'bypass-noticed'

export type StoreQuestion =
  | { readonly kind: 'open-events'; readonly windowMs: number; readonly of: WindowedKind }
  | { readonly kind: 'counts' }
  | { readonly kind: 'reveal'; readonly query: RevealQuery }
  | { readonly kind: 'note-revealed'; readonly body: EventsRevealed }

/** Store worker to main thread. */
export type FromStore =
  | { readonly kind: 'opened'; readonly previousRun: PreviousRun }
  | { readonly kind: 'committed'; readonly batch: number; readonly commit: Committed }
  | { readonly kind: 'not-committed'; readonly batch: number; readonly text: string }
  | { readonly kind: 'waiting'; readonly waiting: Readonly<Record<Lane, number>> }
  | { readonly kind: 'shipping'; readonly condition: Condition; readonly ack?: Acknowledged }
  | { readonly kind: 'deleted'; readonly lost: Readonly<Record<Lane, number>> }
  | { readonly kind: 'fault'; readonly at: number; readonly text: string }
  /** The file cannot be opened or written; the store goes on trying. */
  | { readonly kind: 'disk-fault'; readonly at: number; readonly text: string }
  | { readonly kind: 'answer'; readonly ask: number; readonly answer: StoreAnswer }

/** A batch is durable; `atMs` is when, on the process's monotonic clock. */
export interface Committed {
  readonly stored: number
  readonly duplicates: number
  readonly atMs: number
  /** Rows that wait for the collector, these included: told together, so that no event is counted twice or not at all. */
  readonly waiting: Readonly<Record<Lane, number>>
}

export interface Acknowledged {
  readonly events: number
  readonly at: number
}

export type StoreAnswer =
  | { readonly kind: 'events'; readonly events: readonly StoredEvent[] }
  | { readonly kind: 'counts'; readonly counts: readonly EventCount[] }
  | { readonly kind: 'noted' }
  | Failure<'store-unavailable'>
