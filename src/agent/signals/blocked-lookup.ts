import type { EventName } from '#domain/event.ts'

/** One blocked lookup in an alerting category. */
export interface BlockedLookup {
  /** The client's address. */
  readonly client: string
  /** A name for the device where one is known; hostile text. */
  readonly device?: string
  readonly group: string
  readonly category: string
  readonly theme: string
  readonly severity: string
  readonly name: EventName
  readonly list: string
  /** Lookups that this one stands for; 1 where it is left out. */
  readonly count?: number
}
