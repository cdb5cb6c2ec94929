import type { CategoryId } from '#rules/category-ids.ts'
import type { Device } from '../school/school.ts'

/** Record types that browsers ask for: RFC 1035, RFC 3596, RFC 9460. */
export const TYPE_A = 1
export const TYPE_AAAA = 28
export const TYPE_HTTPS = 65

/** Why a lookup was made: the truth, which no filter sees. */
export const CAUSES = [
  'visit', // somebody went there
  'asset', // the page's own
  'embed', // the page's third parties
  'advert',
  'prefetch', // a link that was only shown
  'reload', // the browser's own, of an error page
  'background', // an app's or a system's
  'curriculum', // somebody went there because of a lesson
  'story',
] as const
export type Cause = (typeof CAUSES)[number]

/** One question that reaches the school's resolver. */
export interface Lookup {
  /** Milliseconds since the epoch. */
  readonly atMs: number
  readonly device: Device
  /** Lower case, presentation form. */
  readonly name: string
  readonly type: number
  /** What lists say of the name; absent where it is in none. */
  readonly category: CategoryId | undefined
  readonly cause: Cause
  /** The story and step that it belongs to; absent for the school's own life. */
  readonly step?: StoryStep
}

export interface StoryStep {
  readonly story: string
  readonly step: string
}
