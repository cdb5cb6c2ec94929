import { randomBytes } from 'node:crypto'
import { CATEGORIES, type CategoryId } from '#rules/categories.ts'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { RuleEffect, RuleScope } from '#rules/list.ts'
import { openIndex } from '#rules/open-index.ts'
import type { GroupPolicy, PolicyAction } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

export type TestRule = readonly [name: string, effect: RuleEffect | CategoryId, scope?: RuleScope]

/** An index of one trusted list with the given rules. */
export function makeRules(rules: readonly TestRule[]): RuleIndex {
  const builder = new IndexBuilder({ seed: randomBytes(8) })
  const sink = builder.list({
    id: 'test-list',
    title: 'Test list',
    source: 'test',
    licence: 'CC0-1.0',
    version: '1',
    updatedAt: 0,
    trusted: true,
  })
  for (const [rule, effect, scope = 'subtree'] of rules) {
    const refused = sink.add(
      rule,
      scope,
      typeof effect === 'string' ? { kind: 'categorise', category: effect } : effect,
    )
    if (refused) throw new Error(`${rule}: ${refused.detail}`)
  }
  const index = openIndex(builder.build())
  if ('failure' in index) throw new Error(index.detail)
  return index
}

export function domainName(text: string): DomainName {
  const name = parseDomainName(text)
  if (typeof name !== 'string') throw new Error(name.detail)
  return name
}

/** A policy that blocks what secondary schools block, and lets uncategorised names pass. */
export function makePolicy(
  group: string,
  changes: Readonly<Record<string, PolicyAction>> = {},
  settings: Partial<Omit<GroupPolicy, 'group' | 'actions'>> = {},
): GroupPolicy {
  const actions = new Map(
    CATEGORIES.map(({ id, defaults }): [CategoryId, PolicyAction] => {
      const action = defaults.secondary
      return [id, changes[id] ?? (action === 'timetable' ? 'block' : action)]
    }),
  )
  return { group, kind: 'pupil', actions, safeSearch: true, youtube: 'strict', ...settings }
}
