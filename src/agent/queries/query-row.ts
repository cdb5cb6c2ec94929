import type { CategoryId } from '#rules/category-ids.ts'
import type { ObservedVerdict } from '../signals/observed-layout.ts'

/** Lookups of one name by one client with one outcome, within one batch. */
export interface QueryRow {
  /** See `clientKey`. */
  readonly client: string
  /** Presentation form, hostile text; `#` and a keyed hash where the law forbids more. */
  readonly name: string
  readonly verdict: ObservedVerdict
  readonly category?: CategoryId
  readonly count: number
}

/** Five seconds of lookups as they are stored: see `packRows`. */
export interface QueryBatch {
  /** Of its first lookup, in milliseconds since the epoch; the others came within BATCH_MS. */
  readonly at: number
  readonly rows: Uint8Array
}

/** So long a batch gathers, and so often one is written. */
export const BATCH_MS = 5_000
