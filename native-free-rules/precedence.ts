/**
 * Who wins, the higher the stronger. One table for every group; a view only says which of these each entry is.
 * Locked beats even protected help; neither a school nor a policy has anything above `bypassFloor`.
 */
export const RANK = {
  none: 0,
  categoryAllow: 1,
  categoryMonitor: 2,
  categoryRedirect: 3,
  categoryBlock: 4,
  schoolAllow: 5,
  /** A name that a teacher has released. */
  teacherRelease: 6,
  schoolDeny: 7,
  bypassFloor: 8,
  core: 9,
  protected: 10,
  locked: 11,
} as const

export type Rank = (typeof RANK)[keyof typeof RANK]
