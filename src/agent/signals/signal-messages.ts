import type { Timetable } from '#rules/timetable.ts'
import type { QueryBatch } from '../queries/query-row.ts'
import type { SignalFound } from './signal-desk.ts'

/** An event, and which lookups go with it from now on. */
export interface FollowedEvent {
  /** See `clientKey`. */
  readonly client: string
  readonly category: string
  readonly isMonitored: boolean
  readonly isTrial: boolean
  readonly event: string
}

/** What follows from the configuration. */
export interface SignalSettings {
  /** Whether lookups are scored. */
  readonly scores: boolean
  /** Whether they are gathered for the query log. */
  readonly logs: boolean
  /** Undefined: the school gave none. */
  readonly timetable: Timetable | undefined
}

/** What the signal worker is started with. */
export interface SignalWorkerData {
  /** One for each thread that answers: see `ObservedWriter`. */
  readonly rings: readonly SharedArrayBuffer[]
  readonly settings: SignalSettings
  readonly events: readonly FollowedEvent[]
}

/** What it has seen since it was started. */
export interface SignalReadings {
  readonly lookups: number
  /** Clients whose last ten minutes it holds. */
  readonly clients: number
  readonly found: number
  /** Lookups in alerting categories whose event it never learnt of. */
  readonly unmatched: number
  /** Lookups that the query log had no room for. */
  readonly unlogged: number
}

/** Main thread to signal worker. */
export type ToSignals =
  | { readonly kind: 'use'; readonly settings: SignalSettings }
  | { readonly kind: 'event'; readonly event: FollowedEvent }
  | { readonly kind: 'close' }

/** Signal worker to main thread. */
export type FromSignals =
  | { readonly kind: 'found'; readonly found: readonly SignalFound[] }
  | { readonly kind: 'queries'; readonly batch: QueryBatch }
  | { readonly kind: 'state'; readonly readings: SignalReadings }
