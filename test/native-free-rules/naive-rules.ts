/** What lists say of a name, by looking at every rule by itself: no tree, no hash, no bytes. Shares nothing with the index. */
import type { RuleCondition } from '#rules/rule-condition.ts'
import { effectText, type TestRule } from './make-index.ts'

interface Ready {
  readonly rule: TestRule
  readonly depth: number
  readonly glob: RegExp | undefined
}

export class NaiveRules {
  readonly #rules: readonly Ready[]
  readonly #nearestOnly: ReadonlySet<string>

  /** `nearestOnly` are the lists of whose rules on a name only the nearest count. */
  constructor(rules: readonly TestRule[], nearestOnly: readonly string[] = []) {
    this.#nearestOnly = new Set(nearestOnly)
    this.#rules = rules.map((rule) => ({
      rule,
      depth: rule.name === '.' ? 0 : rule.name.split('.').length,
      glob: globOf(rule.condition),
    }))
  }

  /** What covers a name, as `list: effect`, sorted, each once. */
  covering(query: string, type: number): readonly string[] {
    const all = this.#rules.filter((one) => covers(one, query, type))
    const hits = all.filter((one) => !this.#isOvershadowed(one, all))
    const kept = hits.filter(({ rule }) => rule.effect.kind !== 'except' && !isLifted(rule, hits))
    return [
      ...new Set(kept.map(({ rule }) => `${rule.list}: ${effectText(rule.effect)}`)),
    ].toSorted()
  }

  #isOvershadowed({ rule, depth }: Ready, all: readonly Ready[]): boolean {
    return (
      this.#nearestOnly.has(rule.list) &&
      all.some((other) => other.rule.list === rule.list && other.depth > depth)
    )
  }
}

function covers({ rule, glob }: Ready, query: string, type: number): boolean {
  const { name, scope, condition } = rule
  const isBelow = name === '.' ? query !== '.' : query.endsWith(`.${name}`)
  const isIn =
    scope === 'exact' ? query === name : isBelow || (scope === 'subtree' && query === name)
  if (!isIn || !condition) return isIn
  const { types, denyAllow = [] } = condition
  if (types && types.types.includes(type) !== (types.mode === 'only')) return false
  if (denyAllow.some((one) => query === one || query.endsWith(`.${one}`))) return false
  return !glob || glob.test(`.${query}`)
}

function isLifted(rule: TestRule, hits: readonly Ready[]): boolean {
  return hits.some(
    ({ rule: other }) =>
      other.effect.kind === 'except' &&
      other.list === rule.list &&
      (!rule.condition?.isImportant || other.condition?.isImportant === true),
  )
}

function globOf(condition: RuleCondition | undefined): RegExp | undefined {
  if (condition?.glob === undefined) return undefined
  const source = condition.glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
  return new RegExp(`^${source}$`)
}
