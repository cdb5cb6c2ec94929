/**
 * Milliseconds on the kernel's monotonic clock, the same on every thread of the process; `monotonicMs` of a `Clock` is not,
 * because each thread has its own beginning.
 */
export function processMonotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
