/** The only reader of the machine's clocks. */
export interface Clock {
  /** Milliseconds since the epoch: for people and records. May jump. */
  readonly wallMs: () => number
  /** Milliseconds from an arbitrary start: for timeouts and ages. Never jumps back. */
  readonly monotonicMs: () => number
}

/**
 * What is added to a thread's monotonic time to get the machine's, which all threads share: each thread counts from its own
 * start.
 */
export const machineOffsetMs: number = Number(process.hrtime.bigint()) / 1e6 - performance.now()

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
