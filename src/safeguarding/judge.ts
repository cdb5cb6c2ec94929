/**
 * CONTRACT, to be implemented: the gravity of what is known of one subject in one theme. Pure.
 */

import type { Moment, ScorePart } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from './severity.ts'

/** One event's newest state, as far as judging needs it. Times in milliseconds since the epoch. */
export interface Observation {
  readonly event: string
  readonly at: number
  readonly category: CategoryId
  /** Registrable name, or the keyed hash of a name that may not be told. */
  readonly site: string
  readonly isBlocked: boolean
  readonly lookups: number
  readonly distinctNames: number
  /** Percent. */
  readonly intent: number
  readonly moment: Moment
  readonly isNew: boolean
  readonly wayRoundAfterSeconds?: number
  readonly burst?: number
  /** Identity confidence in percent. */
  readonly confidence: number
  /** A curriculum snooze was in force for it. */
  readonly isSnoozed: boolean
}

/** Which rules decided, as data: the id of a rule in the weights file. */
export interface Judgement {
  readonly severity: Severity
  /** Sum of points with decay. */
  readonly score: number
  readonly rules: readonly string[]
  /** Of the deciding observation. */
  readonly parts: readonly ScorePart[]
  /** Hard rules are told at once, without a collection window. */
  readonly isInstant: boolean
}

/** `observations` of one subject (person or device) in one theme, oldest first; undefined when nothing is worth an alert. */
export type Judge = (
  theme: ThemeId,
  observations: readonly Observation[],
  nowMs: number,
) => Judgement | undefined
