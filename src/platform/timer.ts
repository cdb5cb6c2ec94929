/** Runs something once, later; the answer calls it off. */
export type After = (delayMs: number, run: () => void) => () => void

/** The real timer. It does not keep the process alive. */
export const after: After = (delayMs, run) => {
  const timer = setTimeout(run, delayMs)
  timer.unref()
  return () => clearTimeout(timer)
}
