/** The only reader of the machine's clocks. */
export interface Clock {
  /** Milliseconds since the epoch: for people and records. May jump. */
  readonly wallMs: () => number
  /** Milliseconds from an arbitrary start: for timeouts and ages. Never jumps back. */
  readonly monotonicMs: () => number
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
