import type { UpstreamAddress } from './exchange.ts'

/** How an upstream has done for some while. */
export interface UpstreamReport extends UpstreamAddress {
  readonly asked: number
  readonly answered: number
  readonly unanswered: number
  /** Messages that answered nothing that was asked. */
  readonly mismatched: number
  /** The round trip of what was answered, on average. */
  readonly rttMs: number
}
