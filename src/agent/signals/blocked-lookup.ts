import type { EventName } from '#domain/event.ts'

/** One lookup in an alerting category: blocked, or allowed and watched. */
export interface BlockedLookup {
  /** It was allowed, in a category that is watched; left out: blocked. */
  readonly isMonitored?: boolean
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
