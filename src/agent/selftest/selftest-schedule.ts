import type { Clock } from '#platform/clock.ts'
import { type After, after as realAfter } from '#platform/timer.ts'

/** The lists have been compiled by then, and the link is up. */
const FIRST_AFTER_MS = 300_000
/** The same where an hour or more has gone by without: a box that is started over and over has evidence all the same. */
const OVERDUE_AFTER_MS = 60_000
const EVERY_MS = 3_600_000

export interface SelftestScheduleOptions {
  readonly clock: Clock
  /** When the newest that is kept was run, by the wall clock; asked once, at the start. */
  readonly lastAt: () => number | undefined
  readonly run: () => void
  readonly after?: After
}

/** Runs something soon after the start, and from then on once an hour. Answers how to end it. */
export function startSelftestSchedule(options: SelftestScheduleOptions): () => void {
  const { clock, lastAt, run, after = realAfter } = options
  let cancel: (() => void) | undefined
  const wait = (delayMs: number): void => {
    cancel = after(delayMs, () => {
      wait(EVERY_MS)
      run()
    })
  }
  const last = lastAt()
  const isOverdue = last !== undefined && clock.wallMs() - last >= EVERY_MS
  wait(isOverdue ? OVERDUE_AFTER_MS : FIRST_AFTER_MS)
  return () => cancel?.()
}
