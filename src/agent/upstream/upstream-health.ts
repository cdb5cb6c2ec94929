/** Failures in a row after which an upstream is asked last. */
const FAILURES_TO_REST = 3
/** How much one answer moves the smoothed round trip. */
const RTT_SHARE = 0.2

/** One upstream as it has shown itself, in live questions and in probes. */
export class UpstreamHealth {
  #failuresInARow = 0
  /** Smoothed round trip in milliseconds, silence included; 0 before the first answer. */
  rttMs = 0

  /** Whether it is asked last until it answers something. */
  get isResting(): boolean {
    return this.#failuresInARow >= FAILURES_TO_REST
  }

  answered(tookMs: number): void {
    this.#failuresInARow = 0
    this.rttMs = this.rttMs === 0 ? tookMs : this.#smooth(tookMs)
  }

  /** What matches no question never comes here: whoever forges answers cannot put an upstream to rest. */
  failed(tookMs: number): void {
    this.#failuresInARow += 1
    if (this.rttMs > 0) this.rttMs = this.#smooth(Math.max(tookMs, this.rttMs))
  }

  /** Another was asked because this one was slow, and has answered first. What it says later makes up for it. */
  overtaken(times: number = 1): void {
    this.#failuresInARow += times
  }

  #smooth(tookMs: number): number {
    return this.rttMs * (1 - RTT_SHARE) + tookMs * RTT_SHARE
  }
}
