import type { Failure } from '#domain/failure.ts'
import type { QueryBatch } from './query-row.ts'
import type { FoundQuery, QueryFilter } from './query-store.ts'

/** What the configuration says of the log. */
export interface QuerySettings {
  /** Off: nothing is written, and what was is removed. */
  readonly enabled: boolean
  readonly keepMs: number
  readonly bytesMax: number
}

/** What the log's worker is started with. */
export interface QueryWorkerData {
  readonly stateDir: string
  readonly settings: QuerySettings
  readonly logLevel: string
}

/** How the log is. */
export interface QueryReadings {
  readonly batches: number
  readonly bytes: number
  /** Batches that could not be kept. */
  readonly lost: number
  /** What is wrong, in words; empty: nothing is. */
  readonly fault: string
}

/** Main thread to the log's worker. */
export type ToQueries =
  | { readonly kind: 'keep'; readonly batch: QueryBatch }
  | { readonly kind: 'ask'; readonly ask: number; readonly filter: QueryFilter }
  | { readonly kind: 'use'; readonly settings: QuerySettings }
  | { readonly kind: 'close' }

export type QueryAnswer = readonly FoundQuery[] | Failure<'store-unavailable'>

/** And back; each batch is answered with how the log is then. */
export type FromQueries =
  | { readonly kind: 'kept'; readonly readings: QueryReadings }
  | { readonly kind: 'state'; readonly readings: QueryReadings }
  | { readonly kind: 'answer'; readonly ask: number; readonly answer: QueryAnswer }
