import { constants, setPriority } from 'node:os'
import { loadLibc } from './ffi/libc.ts'
import { giveWay } from './ffi/scheduling.ts'

export type Priority = 'below-normal' | 'low'

const PRIORITIES: Readonly<Record<Priority, number>> = {
  'below-normal': constants.priority.PRIORITY_BELOW_NORMAL,
  low: constants.priority.PRIORITY_LOW,
}

/**
 * Lets others go first, `low` all others: on Linux the setting holds for this thread alone. Where the system forbids it (a unit that
 * filters system calls), the work is done all the same.
 */
export function lowerPriority(to: Priority): void {
  try {
    setPriority(0, PRIORITIES[to])
  } catch {
    return
  }
  // Being nice is a share of the time; it keeps nobody who has just been woken from waiting some milliseconds.
  const libc = to === 'low' ? loadLibc() : undefined
  if (libc) giveWay(libc)
}
