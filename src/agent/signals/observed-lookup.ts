import type { Signal } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'

/** One lookup as the signal desk sees it. */
export interface ObservedLookup {
  /** Wall time in milliseconds since the epoch. */
  readonly atMs: number
  /** By what its sender is known: see `clientKey`. */
  readonly client: string
  readonly group: string
  /** Lower case, presentation form, no root dot; hostile text. */
  readonly name: string
  readonly type: number
  readonly verdict: 'allowed' | 'monitored' | 'blocked'
  readonly category?: CategoryId
  /** Id of the event that it was folded into; absent where it is in none. */
  readonly event?: string
}

/** What was found out about an event; the newest counts. */
export interface SignalFound {
  readonly event: string
  readonly signal: Signal
}
