import { constants, setPriority } from 'node:os'

export type Priority = 'below-normal' | 'low'

const PRIORITIES: Readonly<Record<Priority, number>> = {
  'below-normal': constants.priority.PRIORITY_BELOW_NORMAL,
  low: constants.priority.PRIORITY_LOW,
}

/**
 * Lets others go first: on Linux the setting holds for this thread alone. Where the system forbids it (a unit that filters
 * system calls), the work is done all the same.
 */
export function lowerPriority(to: Priority): void {
  try {
    setPriority(0, PRIORITIES[to])
  } catch {
    return
  }
}
