/** What teachers are let open for a lesson, between console and boxes. */
import type { ReleasedTarget } from './event.ts'

/** The longest release, in minutes, where no timetable says how long a lesson is. */
export const RELEASE_MINUTES_MAX = 100
/** Of reasons, of whoever asked, and of groups. */
export const RELEASE_TEXT_MAX = 200

export interface ReleaseAsked {
  readonly group: string
  readonly target: ReleasedTarget
  readonly minutes: number
  readonly reason: string
  readonly who: string
}

/** A release in force. */
export interface ReleaseTold extends Omit<ReleaseAsked, 'minutes'> {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly grantedAt: number
  readonly endsAt: number
}

/** Which part of what was asked a box does not take. */
export const RELEASE_FIELDS = ['group', 'target', 'minutes'] as const
export type ReleaseField = (typeof RELEASE_FIELDS)[number]
