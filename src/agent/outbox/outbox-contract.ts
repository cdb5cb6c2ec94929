import type { EventBody, EventDraft, EventsRevealed, Lane, StoredEvent } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { StatusFault, StatusReport } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'
import type { Condition } from './condition.ts'
import type { EventCount } from './event-reader.ts'
import type { LatencyReading } from './latency-histogram.ts'
import type { OutboxLimits } from './outbox-limits.ts'
import type { PreviousRun } from './run-record.ts'
import type { RevealQuery, WindowedKind } from './store-messages.ts'

export interface OutboxOptions {
  /** Folder of `outbox.db`; it exists, and is ours alone. */
  readonly stateDir: string
  /** The appliance's private key (PKCS #8 PEM). */
  readonly keyPem: string
  /** Origin of the collector; undefined means that nothing is shipped. */
  readonly collectorUrl: string | undefined
  /** This program's version, for the events that tell its start and stop. */
  readonly version: string
  readonly clock: Clock
  readonly limits: OutboxLimits
  readonly logLevel: string
}

/** What the outbox counts, since it was started unless said. */
export interface OutboxCounters {
  /** Events that the collector has not acknowledged, in memory or on disk, now. */
  readonly waiting: number
  readonly waitingByLane: Readonly<Record<Lane, number>>
  /** Of those, the ones in memory only. */
  readonly notDurable: number
  readonly stored: number
  readonly shipped: number
  readonly dropped: number
  readonly droppedByLane: Readonly<Record<Lane, number>>
  /** Drafts that the file held already, by id and revision. */
  readonly duplicates: number
  readonly workerDeaths: number
  /** When the collector last took something, wall time. */
  readonly lastAckAt: number | undefined
  readonly storing: Condition
  readonly shipping: Condition
  /** From `emit` to durable. */
  readonly durableAfter: LatencyReading
}

export interface Outbox {
  /** Hands an event over. Never throws, never blocks; what cannot be kept is counted and told. */
  readonly emit: (draft: EventDraft) => void
  /** The same with an id of its own and the time of now. */
  readonly tell: (body: EventBody) => void
  readonly counters: () => OutboxCounters
  /** The newest faults, for the status report. */
  readonly faults: () => readonly StatusFault[]
  /** How the run before this ended; undefined while the file could not be opened. */
  readonly previousRun: () => PreviousRun | undefined
  /** Latest revisions of events of a kind (blocked lookups) whose window is still open; none when the store cannot say in time. */
  readonly openEvents: (windowMs: number, kind?: WindowedKind) => Promise<readonly StoredEvent[]>
  /** Events by category and day: nothing of a person. */
  readonly counts: () => Promise<readonly EventCount[] | Failure<'store-unavailable'>>
  /** Events in full, after it is durable who reads them and why. */
  readonly reveal: (
    query: RevealQuery,
  ) => Promise<readonly StoredEvent[] | Failure<'store-unavailable' | 'bad-query'>>
  /** Makes it durable that somebody is about to read something; after a failure it may not be shown. */
  readonly noteRevealed: (body: EventsRevealed) => Promise<Failure<'store-unavailable'> | undefined>
  /** Sends a report when the collector can be reached; a newer one replaces one that was not sent. */
  readonly postStatus: (report: StatusReport) => void
  /** Makes durable what is queued, marks the stop as clean and ends; within `closeTimeoutMs` of the limits. */
  readonly close: () => Promise<void>
}
