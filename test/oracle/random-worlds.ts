/** Small worlds of random rules, in which names and rules meet often: the index and the naive look-up must agree on every name. */
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { RULE_SCOPES, type RuleEffect } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import type { RuleCondition } from '#rules/rule-condition.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import {
  domain,
  effectText,
  opened,
  type TestRule,
  testSource,
} from '#test/native-free-rules/make-index.ts'
import { NaiveRules } from '#test/native-free-rules/naive-rules.ts'
import { Agreement } from './agreement.ts'

const LISTS = ['p', 'q', 'r', 'near'] as const
const NEAREST_ONLY = ['near'] as const
const LABELS = ['a', 'b', 'ab', 'www', 'example', 'x1'] as const
const GLOBS = ['*.a*', '.a*', '*b.x.test', '*.a*.x.test', '?*.x.test', '*ab*', '*.x1.*', '*e?a*']
const TYPES = [1, 28, 65] as const
const EFFECTS: readonly RuleEffect[] = [
  { kind: 'categorise', category: 'media.games' },
  { kind: 'categorise', category: 'crime.drugs' },
  { kind: 'categorise', category: 'adult.porn' },
  { kind: 'school-allow', groups: 'all' },
  { kind: 'school-deny', groups: ['ks3'] },
  { kind: 'except' },
  { kind: 'except' },
]
const RULES_MAX = 60
const NAMES_PER_WORLD = 250
const DEPTH_MAX = 6

/** Asks at least `count` names, in as many worlds as that takes. */
export function compareRandomWorlds(count: number, seed: number): Agreement {
  const random = makeRandom(seed)
  const agreement = new Agreement()
  while (agreement.asked < count) compareWorld(random, agreement)
  return agreement
}

function compareWorld(random: () => number, agreement: Agreement): void {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const name = (): DomainName => {
    const labels = Array.from({ length: Math.floor(random() * DEPTH_MAX) }, () => pick(LABELS))
    return domain([...labels, ...(random() < 0.7 ? ['x'] : []), 'test'].join('.'))
  }
  const rules = Array.from({ length: Math.floor(random() * RULES_MAX) }, (): TestRule => {
    const condition = random() < 0.4 ? conditionOf(random, pick, name) : undefined
    const rule = {
      list: pick(LISTS),
      name: random() < 0.05 ? '.' : name(),
      scope: pick(RULE_SCOPES),
      effect: pick(EFFECTS),
    }
    return condition ? { ...rule, condition } : rule
  })
  const index = indexOf(rules, random)
  const naive = new NaiveRules(rules, NEAREST_ONLY)
  for (let i = 0; i < NAMES_PER_WORLD; i++) {
    const query = name()
    const type = pick(TYPES)
    const [found, expected] = [said(index, query, type), naive.covering(query, type).join(' ')]
    if (found === expected) agreement.agree()
    else agreement.differ(`${query} ${type}: ${found} not ${expected}; ${JSON.stringify(rules)}`)
  }
}

function conditionOf(
  random: () => number,
  pick: <T>(items: readonly T[]) => T,
  name: () => DomainName,
): RuleCondition {
  return {
    ...(random() < 0.3 ? { isImportant: true } : {}),
    ...(random() < 0.3
      ? { types: { mode: pick(['only', 'not'] as const), types: [pick(TYPES)] } }
      : {}),
    ...(random() < 0.3 ? { denyAllow: [name()] } : {}),
    ...(random() < 0.5 ? { glob: pick(GLOBS) } : {}),
  }
}

function indexOf(rules: readonly TestRule[], random: () => number): RuleIndex {
  const seed = Uint8Array.from({ length: 8 }, () => Math.floor(random() * 256))
  const builder = new IndexBuilder({ seed })
  const sinks = new Map(
    LISTS.map((id) => [
      id,
      builder.list(id === 'near' ? { ...testSource(id), isNearestOnly: true } : testSource(id)),
    ]),
  )
  for (const { list, name, scope, effect, condition } of rules) {
    const sink = LISTS.find((id) => id === list)
    const refused = sink && sinks.get(sink)?.add(name, scope, effect, condition)
    if (refused) throw new Error(`${name}: ${refused.detail}`)
  }
  return opened(builder.build())
}

const matches = new Matches()

function said(index: RuleIndex, query: DomainName, type: number): string {
  matches.clear()
  index.match(nameToWire(query), 0, matches, type)
  const texts = [...matches.entries.subarray(0, matches.count)].map((id) => {
    const entry = index.entries[id]
    return `${entry?.list}: ${effectText(entry?.effect)}`
  })
  return [...new Set(texts)].toSorted().join(' ')
}
