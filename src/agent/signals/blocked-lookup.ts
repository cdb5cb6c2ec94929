import type { EventName } from '#domain/event.ts'

/** One blocked lookup in an alerting category. */
export interface BlockedLookup {
  /** By what its sender is known: see `clientKey`. */
  readonly client: string
  readonly group: string
  readonly category: string
  readonly theme: string
  readonly severity: string
  readonly name: EventName
  readonly list: string
  /** Lookups that this one stands for; 1 where it is left out. */
  readonly count?: number
}
