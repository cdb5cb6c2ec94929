import type { ConsoleRuleTold } from '#domain/console-rules.ts'
import { isGrave } from '#rules/categories.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import { TYPE } from '#wire/constants.ts'
import { type ActivePolicy, matchName } from '../active-policy.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { ConsoleRule } from './console-rule.ts'
import { readRules } from './read-rules.ts'

/** Rules that are told to be refused; the rest wait for those to be taken out. */
const PROBLEMS_MAX = 10

/** Why a version as it was told is not put in force: names that are none, or what `refusalsOf` says. Empty where nothing is wrong. */
export function checkRules(
  told: readonly ConsoleRuleTold[],
  { config, slot }: Pick<PolicyKeeper, 'config' | 'slot'>,
): { readonly rules: readonly ConsoleRule[]; readonly problems: readonly string[] } {
  const { rules, problems } = readRules(told)
  const groups = [...config.groups.keys()]
  return { rules, problems: [...problems, ...refusalsOf(rules, slot.current, groups)] }
}

/**
 * Why this box puts a version not in force: it would say that something is open which never is. What comes into such a category later
 * stays blocked all the same: see `decide`. `groups` are those of the configuration.
 */
function refusalsOf(
  rules: readonly ConsoleRule[],
  policy: ActivePolicy,
  groups: readonly string[],
): readonly string[] {
  const views = groups.flatMap((group) => policy.clients.viewOf(group) ?? [])
  const problems: string[] = []
  for (const rule of rules) {
    if (problems.length === PROBLEMS_MAX) break
    if (rule.action === 'allow' && isOnGrave(rule, policy, views))
      problems.push(
        `allow ${rule.name}: it is listed for suicide, self-harm or illegal content, which nothing here opens`,
      )
  }
  return problems
}

function isOnGrave(
  { name }: ConsoleRule,
  policy: ActivePolicy,
  views: readonly PolicyView[],
): boolean {
  const matches = new Matches()
  matchName(policy, nameToWire(name), 0, matches, TYPE.A)
  return views.some(({ verdicts }) =>
    [...matches.keep()].some((entry) => {
      const verdict = verdicts[entry]
      return (
        verdict?.category !== undefined && verdict.kind !== 'allow' && isGrave(verdict.category)
      )
    }),
  )
}
