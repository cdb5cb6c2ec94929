import { LANES, type Lane } from '#domain/event.ts'
import { BATCH_EVENTS_MAX, BATCH_PATH, STATUS_PATH } from '#domain/ingest.ts'
import { batchText } from './batch-text.ts'
import type { EventStore } from './event-store.ts'

/** One request to the collector. */
export type Parcel =
  | {
      readonly kind: 'batch'
      readonly path: string
      readonly text: string
      readonly lane: Lane
      /** The highest sequence in it. */
      readonly lastSequence: number
    }
  | { readonly kind: 'status'; readonly path: string; readonly text: string }

export interface ParcelSource {
  readonly appliance: string
  readonly store: EventStore | undefined
  /** The newest status report that has not been sent. */
  readonly status: string | undefined
  /** Whether a lane may be sent now. */
  readonly isOpen: (lane: Lane) => boolean
}

/**
 * What goes next: safeguarding events before all else, then the status, then operations. A batch holds one lane, so that an
 * event which the collector refuses never holds up the other lane. Throws what SQLite throws.
 */
export function nextParcel({ appliance, store, status, isOpen }: ParcelSource): Parcel | undefined {
  for (const lane of LANES) {
    if (lane === 'operations' && status !== undefined)
      return { kind: 'status', path: STATUS_PATH, text: status }
    const rows = store && isOpen(lane) ? store.nextRows(lane, BATCH_EVENTS_MAX) : []
    if (!store || rows.length === 0) continue
    const { text, events } = batchText(appliance, store.epoch.id, rows)
    const lastSequence = rows[events - 1]?.sequence ?? 0
    return { kind: 'batch', path: BATCH_PATH, text, lane, lastSequence }
  }
  return undefined
}
