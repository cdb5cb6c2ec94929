import type { Moment, ScorePart } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { identityFactor, type Weights } from './weights.ts'

/** What points depend on. */
export interface Scored {
  readonly category: CategoryId
  /** Percent. */
  readonly intent: number
  readonly moment: Moment
  readonly isNew: boolean
  readonly wayRoundAfterSeconds?: number | undefined
  /** Far more blocked lookups than this client has as a rule. */
  readonly hasBurst: boolean
  /** Identity confidence in percent; absent where it is not counted in. */
  readonly confidence?: number | undefined
}

/** What a lookup's points are made of, the weight first; empty for a category that is never scored. Parts that change nothing are left out. */
export function scoreParts(weights: Weights, scored: Scored): readonly ScorePart[] {
  const { category, intent, moment, isNew, wayRoundAfterSeconds, hasBurst, confidence } = scored
  const weight = weights.points[category] ?? 0
  if (weight === 0) return []
  const identity = confidence === undefined ? 1 : identityFactor(weights, confidence)
  const ofMoment = weights.moment[moment] ?? 1
  const parts: ScorePart[] = [
    { part: 'weight', value: weight },
    { part: 'intent', value: intent / 100 },
  ]
  if (identity !== 1) parts.push({ part: 'identity', value: identity })
  if (ofMoment !== 1) parts.push({ part: 'moment', value: ofMoment })
  if (isNew) parts.push({ part: 'novelty', value: weights.novelty })
  if (intent < weights.askedFrom) return parts
  if (wayRoundAfterSeconds !== undefined) parts.push({ part: 'sequence', value: weights.sequence })
  if (hasBurst) parts.push({ part: 'burst', value: weights.burst })
  return parts
}

/** The points that parts come to: weight times all factors, and what is added. */
export function pointsOf(parts: readonly ScorePart[]): number {
  if (parts.length === 0) return 0
  let product = 1
  let added = 0
  for (const { part, value } of parts) {
    if (part === 'burst') added += value
    else product *= value
  }
  return product + added
}
