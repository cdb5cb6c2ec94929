/**
 * Who wins, the higher the stronger. One table for every group; a view only says which of these each entry is.
 * Locked beats even protected help; neither a school nor a policy has anything above `bypassFloor`.
 */
export const RANK = {
  none: 0,
  categoryAllow: 1,
  categoryMonitor: 2,
  categoryBlock: 3,
  schoolAllow: 4,
  schoolDeny: 5,
  bypassFloor: 6,
  core: 7,
  protected: 8,
  locked: 9,
} as const

export type Rank = (typeof RANK)[keyof typeof RANK]

/** Whether an entry of this rank blocks. */
export function isBlockingRank(rank: number): boolean {
  return (
    rank === RANK.locked ||
    rank === RANK.bypassFloor ||
    rank === RANK.schoolDeny ||
    rank === RANK.categoryBlock
  )
}
