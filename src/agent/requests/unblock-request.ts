import type { CategoryId } from '#rules/category-ids.ts'
import type { DomainName } from '#rules/domain-name.ts'

export interface ClosedRequest {
  readonly at: number
  readonly who: string
  /** Shown to whoever asked. */
  readonly answer: string
}

/** Somebody asked for a page to be unblocked. Who that was is not known beyond the group. */
export interface UnblockRequest {
  /** Short, for people. */
  readonly reference: string
  /** Of the event that tells of it. */
  readonly event: string
  /** Keyed hash of the asker's address: only to know the same one again. */
  readonly client: string
  readonly group: string
  /** Hostile text. */
  readonly name: DomainName
  /** What it is blocked as; absent where no category decided. */
  readonly category?: CategoryId | undefined
  /** Title of the list that decided. */
  readonly list?: string | undefined
  /** Hostile text, one line. */
  readonly why: string
  readonly lesson?: string | undefined
  /** For how long it is wanted. */
  readonly minutes?: number | undefined
  /** How often it was asked. */
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  /** Absent while it is open. */
  readonly closed?: ClosedRequest | undefined
}
