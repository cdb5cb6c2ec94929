/** How an upstream has done for some while. */
export interface UpstreamReport {
  readonly address: string
  readonly port: number
  readonly asked: number
  readonly answered: number
  readonly unanswered: number
  /** Questions that another upstream has answered before it. */
  readonly overtaken: number
  /** Messages that answered nothing that was asked. */
  readonly mismatched: number
  /** The round trip of what was answered, on average. */
  readonly rttMs: number
}
