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
  /** A name that a teacher has released. */
  teacherRelease: 5,
  schoolDeny: 6,
  bypassFloor: 7,
  core: 8,
  protected: 9,
  locked: 10,
} as const

export type Rank = (typeof RANK)[keyof typeof RANK]
