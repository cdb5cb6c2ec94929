/** A story as its file tells it: who does what, and what is to come of it. `docs/stories.md` explains the file. */

import type { ProfileName } from '#agent/policy/profiles.ts'
import type { Queue } from '#collector/alerts/alert.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Snooze } from '../school/set-aside.ts'

/** Devices that a story may put somebody at. In computer rooms the timetable says who sits where, not a story. */
export const STORY_DEVICES = [
  'own-laptop',
  'own-phone',
  'trolley',
  'staff-laptop',
  'guest-phone',
] as const
export type StoryDevice = (typeof STORY_DEVICES)[number]

/** What somebody, or a device by itself, does with a site. */
export const DEEDS = [
  'visit', // goes to its page
  'search', // sees it among search results, no more
  'advert', // sees it advertised on another page
  'background', // an app asks for it
  'lookup', // one single question
  'browse', // visits one of the school's everyday sites; names none
] as const
export type Deed = (typeof DEEDS)[number]

export const TOLD = ['dsl', 'head', 'chair', 'it'] as const
export type Told = (typeof TOLD)[number]
/** Whose queue it is that somebody reads. */
export const QUEUE_OF: Readonly<Record<Told, Queue>> = {
  dsl: 'safeguarding',
  head: 'head',
  chair: 'chair',
  it: 'it',
}

/** Whom an alert is about: the person, the device alone, or the school where it is several at once. */
export const ABOUT = ['person', 'device', 'school'] as const

export interface CastMember {
  readonly device: StoryDevice
  readonly group: ProfileName
  /** 7 to 13; absent: any of the group. */
  readonly year: number | undefined
  readonly count: number
  /** The head's own alerts go to the chair. */
  readonly isHead: boolean
}

export interface Step {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly atMs: number
  readonly who: readonly string[]
  readonly does: Deed
  /** Absent for `browse` alone. */
  readonly site: string | undefined
  readonly times: number
  readonly everyMs: number
  /** Between one member of the cast and the next. */
  readonly apartMs: number
}

export interface Expectation {
  readonly theme: ThemeId
  readonly about: (typeof ABOUT)[number]
  /** Of the cast; any of it where it is the school. */
  readonly who: string
  /** At least. */
  readonly severity: Severity
  readonly told: Told
  readonly decidedBy: { readonly step: string; readonly time: number }
}

export interface Story {
  readonly id: string
  readonly title: string
  readonly cast: ReadonlyMap<string, CastMember>
  readonly sites: ReadonlyMap<string, CategoryId | undefined>
  readonly steps: readonly Step[]
  readonly snoozes: readonly Snooze[]
  readonly expect: readonly Expectation[]
  /** What else may be raised about the cast, at most. */
  readonly elseAtMost: Severity | 'none'
}
