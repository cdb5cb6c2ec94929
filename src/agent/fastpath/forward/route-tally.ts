import type { UpstreamReport } from '../../upstream/upstream-report.ts'

/** Counts how an upstream does. */
export class RouteTally {
  asked = 0
  unanswered = 0
  mismatched = 0
  overtaken = 0
  #answered = 0
  #rttMs = 0

  answer(rttMs: number): void {
    this.#answered += 1
    this.#rttMs += rttMs
  }

  /** What has been counted since the last time; undefined where that is nothing. */
  take({ address, port }: Pick<UpstreamReport, 'address' | 'port'>): UpstreamReport | undefined {
    const { asked, unanswered, overtaken, mismatched } = this
    const answered = this.#answered
    if (asked + unanswered + overtaken + mismatched + answered === 0) return undefined
    const rttMs = answered > 0 ? this.#rttMs / answered : 0
    this.asked = 0
    this.unanswered = 0
    this.overtaken = 0
    this.mismatched = 0
    this.#answered = 0
    this.#rttMs = 0
    return { address, port, asked, answered, unanswered, overtaken, mismatched, rttMs }
  }
}
