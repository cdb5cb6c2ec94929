import type { Observation } from './judge.ts'
import { ownChoice, type Rule, type Weights } from './weights.ts'

const DAY_MS = 86_400_000

/** What a rule counts; undefined where that is not enough. */
export function countRule(
  rule: Rule,
  observations: readonly Observation[],
  weights: Weights,
): readonly Observation[] | undefined {
  const newestMs = observations.reduce((newest, { at }) => Math.max(newest, at), -Infinity)
  const counted = observations.filter(
    (one) =>
      one.at > newestMs - rule.withinMs &&
      ownChoice(weights, one) >= rule.intentAtLeast &&
      rule.categories.includes(one.category),
  )
  return countOf(rule, counted, weights.siteCapMs) >= rule.atLeast ? counted : undefined
}

function countOf({ measure }: Rule, counted: readonly Observation[], siteCapMs: number): number {
  switch (measure) {
    case 'times':
      return timesOf(counted, siteCapMs)
    case 'sites':
      return sitesOf(counted)
    case 'days':
      return daysOf(counted)
    default:
      return measure satisfies never
  }
}

/** Different sites: what one observation stands for may be more than the one that it names, all of its category. */
export function sitesOf(observations: readonly Observation[]): number {
  let sites = 0
  for (const ofCategory of Map.groupBy(observations, ({ category }) => category).values()) {
    const named = new Set(ofCategory.map(({ site }) => site)).size
    sites += Math.max(named, ...ofCategory.map(({ distinctNames }) => distinctNames))
  }
  return sites
}

/** Days in UTC: at night, when it differs from the day on the wall, little is asked. */
export function daysOf(observations: readonly Observation[]): number {
  return new Set(observations.map(({ at }) => Math.floor(at / DAY_MS))).size
}

/** Observations by occasion: what begins within the cap of the first belongs to it, and each different site counts. */
function timesOf(counted: readonly Observation[], siteCapMs: number): number {
  let times = 0
  let occasion: Observation[] = []
  for (const one of counted.toSorted((a, b) => a.at - b.at)) {
    const [first] = occasion
    if (first && one.at - first.at >= siteCapMs) {
      times += sitesOf(occasion)
      occasion = []
    }
    occasion.push(one)
  }
  return times + sitesOf(occasion)
}
