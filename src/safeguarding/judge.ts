/**
 * The gravity of what is known of one subject in one theme: points that add up and halve with time, and rules that decide
 * whatever the points are. Pure.
 */

import type { Moment, ScorePart } from '#domain/signal.ts'
import { categoryOf, type Profile } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import type { ThemeId } from '#rules/themes.ts'
import { countRule } from './count-rule.ts'
import { pointsOf, scoreParts } from './score-parts.ts'
import { graverOf, isGraver, lowered, type Severity } from './severity.ts'
import { SHIPPED_WEIGHTS } from './shipped-weights.ts'
import { bandOf, type Rule, type Weights } from './weights.ts'

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
  /** Points, of the signal's part of this name; absent where there was none. */
  readonly burst?: number
  /** Identity confidence in percent. */
  readonly confidence: number
  /** A curriculum snooze was in force for it. */
  readonly isSnoozed: boolean
  /** Of the group: staff are scored in fewer themes. */
  readonly profile?: Profile
}

/** Which rules decided, as data: the id of a rule in the weights file. */
export interface Judgement {
  readonly severity: Severity
  /** Sum of points with decay. */
  readonly score: number
  /** Every rule that holds, the gravest first. */
  readonly rules: readonly string[]
  /** Of the deciding observation. */
  readonly parts: readonly ScorePart[]
  /** Hard rules are told at once, without a collection window. */
  readonly isInstant: boolean
}

/** `observations` of one subject (person or device) in one theme, in any order; undefined when nothing is worth an alert. */
export type Judge = (
  theme: ThemeId,
  observations: readonly Observation[],
  nowMs: number,
) => Judgement | undefined

export interface JudgeOptions {
  readonly weights: Weights
  /** Themes whose alerts proved wrong too often: one severity lower. */
  readonly demoted: ReadonlySet<ThemeId>
}

/** These are never lowered, however often they prove wrong. */
export const NEVER_DEMOTED: readonly ThemeId[] = ['illegal', 'suicide', 'self-harm']

/** No lesson sets these aside. */
export const NEVER_SET_ASIDE: readonly ThemeId[] = ['illegal', 'suicide']

/** With the weights that are shipped, and no theme demoted. */
export const judge: Judge = makeJudge({ weights: SHIPPED_WEIGHTS, demoted: new Set() })

/** A judge by these weights. It neither throws nor keeps anything. */
export function makeJudge({ weights, demoted }: JudgeOptions): Judge {
  const isLower = (theme: ThemeId) => demoted.has(theme) && !NEVER_DEMOTED.includes(theme)
  return (theme, observations, nowMs) => {
    const known = observations.filter(
      (one) => one.at > nowMs - weights.lookBackMs && isOfTheme(one, theme, weights),
    )
    const counted = oncePerSite(known, nowMs, weights)
    const score = counted.reduce((sum, { points }) => sum + points, 0)
    const held = rulesThatHold(known, weights)
    const severity = held.reduce<Severity | undefined>(
      (gravest, { rule }) => graverOf(gravest, rule.severity),
      severityOfScore(theme, score, weights),
    )
    if (severity === undefined) return undefined
    const deciding = decidingOf(held, counted)
    return {
      severity: isLower(theme) ? lowered(severity) : severity,
      score,
      rules: held.map(({ rule }) => rule.id),
      parts: deciding ? partsOf(deciding, weights) : [],
      isInstant: held.some(({ rule }) => rule.isHard),
    }
  }
}

interface Counted {
  readonly one: Observation
  /** With decay. */
  readonly points: number
}

interface Held {
  readonly rule: Rule
  readonly counted: readonly Observation[]
}

function isOfTheme({ category, profile }: Observation, theme: ThemeId, weights: Weights): boolean {
  if (categoryOf(category)?.theme !== theme) return false
  return profile !== 'staff' || weights.staffThemes.includes(theme)
}

function partsOf(one: Observation, weights: Weights): readonly ScorePart[] {
  const { burst = 0 } = one
  return scoreParts(weights, { ...one, hasBurst: burst > 0 })
}

/** A site counts once in a while, by the most that any observation of that while comes to; what was snoozed counts nothing. */
function oncePerSite(
  known: readonly Observation[],
  nowMs: number,
  weights: Weights,
): readonly Counted[] {
  const newest = new Map<string, { readonly fromMs: number; readonly index: number }>()
  const counted: Counted[] = []
  for (const one of known.toSorted((a, b) => a.at - b.at)) {
    if (one.isSnoozed) continue
    const ageMs = Math.max(0, nowMs - one.at)
    const points = pointsOf(partsOf(one, weights)) * 2 ** (-ageMs / weights.halfLifeMs)
    const before = newest.get(one.site)
    if (before && one.at - before.fromMs < weights.siteCapMs) {
      if (points > (counted[before.index]?.points ?? 0)) counted[before.index] = { one, points }
    } else {
      newest.set(one.site, { fromMs: one.at, index: counted.length })
      counted.push({ one, points })
    }
  }
  return counted
}

function rulesThatHold(known: readonly Observation[], weights: Weights): readonly Held[] {
  const awake = known.filter(({ isSnoozed }) => !isSnoozed)
  return weights.rules.flatMap((rule) => {
    const counted = countRule(rule, rule.isHard ? known : awake, weights)
    return counted ? [{ rule, counted }] : []
  })
}

function severityOfScore(theme: ThemeId, score: number, weights: Weights): Severity | undefined {
  const band = bandOf(weights, score)
  const ceiling = weights.ceilings[theme]
  return band && ceiling && isGraver(band, ceiling) ? ceiling : band
}

/** The newest that made the gravest rule hold; without rules, what comes to most points. */
function decidingOf(held: readonly Held[], counted: readonly Counted[]): Observation | undefined {
  const gravest = held.reduce<Held | undefined>(
    (most, one) => (most && !isGraver(one.rule.severity, most.rule.severity) ? most : one),
    undefined,
  )
  if (gravest) return gravest.counted.toSorted((a, b) => b.at - a.at)[0]
  return counted.toSorted((a, b) => b.points - a.points)[0]?.one
}
