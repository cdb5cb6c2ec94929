/**
 * What scores are made of, as data: every number and every rule has an id, is read from here alone, and can be published,
 * argued with and replaced whole. See `shipped-weights.ts` for the values.
 */

import type { IntentReason, Moment } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from './severity.ts'

/** What a rule counts in its time, of observations that somebody probably chose. */
export const MEASURES = [
  'times', // occasions: the same site within ten minutes is one
  'sites', // different registrable names
  'days', // different days, UTC
] as const
export type Measure = (typeof MEASURES)[number]

/** A count that decides a severity whatever the score. */
export interface Rule {
  readonly id: string
  readonly categories: readonly CategoryId[]
  readonly measure: Measure
  readonly atLeast: number
  /** Up to the newest observation. */
  readonly withinMs: number
  /** Observations that somebody chose for himself with less likelihood (percent, see `ownChoice`) do not count. */
  readonly intentAtLeast: number
  readonly severity: Severity
  /** Told at once, without a collection window; and no curriculum snooze silences it. */
  readonly isHard: boolean
  /** Completes "this device, or who used it, ..." for a person who reads the alert. */
  readonly says: string
}

/** From so much identity confidence (percent) on, points count by this factor. */
export interface IdentityStep {
  readonly fromPercent: number
  readonly factor: number
}

export const BANDS = ['urgent', 'high', 'medium', 'low'] as const
export type Band = (typeof BANDS)[number]

export interface Weights {
  readonly version: number
  /** For one chosen lookup; what has none is never scored. */
  readonly points: Readonly<Partial<Record<CategoryId, number>>>
  /** How likely a person chose the name, in percent. */
  readonly intent: Readonly<Record<IntentReason, number>>
  /** What adverts lead to: it comes with a page as late as adverts do. */
  readonly advertised: readonly CategoryId[]
  /** A factor; moments that are left out count as they are. */
  readonly moment: Readonly<Partial<Record<Moment, number>>>
  /** The surest first. */
  readonly identity: readonly IdentityStep[]
  /** From so much intent on, in percent, what a client did around a lookup says something about it. */
  readonly askedFrom: number
  /** A factor for a site that nobody at the school has asked for before. */
  readonly novelty: number
  /** A factor for a lookup that was followed by a way round the filter. */
  readonly sequence: number
  /** Points for far more blocked lookups than this client has as a rule. */
  readonly burst: number
  /** Points halve in so long. */
  readonly halfLifeMs: number
  /** Older observations count for nothing. */
  readonly lookBackMs: number
  /** A site scores once in so long. */
  readonly siteCapMs: number
  /** From so many points on. */
  readonly bands: Readonly<Record<Band, number>>
  /** What points alone never go beyond in a theme; rules do. */
  readonly ceilings: Readonly<Partial<Record<ThemeId, Severity>>>
  readonly rules: readonly Rule[]
  /** Of staff nothing else is scored: what they do in their own life is not for a school to score. */
  readonly staffThemes: readonly ThemeId[]
}

/** How likely somebody chose a lookup for himself, in percent: what is asked for in a lesson may be the lesson's. */
export function ownChoice(
  { moment }: Weights,
  lookup: { readonly intent: number; readonly moment: Moment },
): number {
  return lookup.moment === 'lesson' ? lookup.intent * (moment.lesson ?? 1) : lookup.intent
}

/** The factor of an identity confidence in percent. */
export function identityFactor({ identity }: Weights, percent: number): number {
  return identity.find(({ fromPercent }) => percent >= fromPercent)?.factor ?? 0
}

/** The band of a score; undefined below the lowest. */
export function bandOf({ bands }: Weights, score: number): Band | undefined {
  return BANDS.find((band) => score >= bands[band])
}
