import { type DomainName, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { IndexBuilder, type IndexOptions } from '#rules/index-builder.ts'
import type { IndexParts } from '#rules/index-layout.ts'
import type { ListSource, RuleEffect, RuleScope } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import type { RuleCondition } from '#rules/rule-condition.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

export const SEED: Uint8Array = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)

export interface TestRule {
  readonly list: string
  readonly name: string
  readonly scope: RuleScope
  readonly effect: RuleEffect
  readonly condition?: RuleCondition
}

export function testSource(id: string, trusted = true): ListSource {
  return {
    id,
    title: `List ${id}`,
    source: `https://lists.example.org/${id}`,
    licence: 'CC0-1.0',
    version: '7',
    updatedAt: 1_700_000_000_000,
    trusted,
  }
}

export function domain(text: string): DomainName {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) throw new Error(`${text}: ${name.detail}`)
  return name
}

export function buildIndex(
  rules: readonly TestRule[],
  options: Partial<IndexOptions> = {},
): IndexParts {
  const builder = new IndexBuilder({ seed: SEED, ...options })
  const sinks = new Map(
    [...new Set(rules.map(({ list }) => list))].map((id) => [id, builder.list(testSource(id))]),
  )
  for (const { list, name, scope, effect, condition } of rules) {
    const failure = sinks.get(list)?.add(name, scope, effect, condition)
    if (failure) throw new Error(`${name}: ${failure.detail}`)
  }
  return builder.build()
}

export function opened(parts: IndexParts): RuleIndex {
  const index = openIndex(parts)
  if (isRuleFailure(index)) throw new Error(index.detail)
  return index
}

/** The bytes of an index in one piece, as its file has them. */
export function joined({ head, table, records }: IndexParts): SharedArrayBuffer {
  const words = new Uint32Array(
    new SharedArrayBuffer(4 * (head.length + table.length + records.length)),
  )
  words.set(head)
  words.set(table, head.length)
  words.set(records, head.length + table.length)
  return words.buffer
}

export function indexOf(rules: readonly TestRule[]): RuleIndex {
  return opened(buildIndex(rules))
}

/** The matches of one name, in a fresh `Matches`. */
export function matchesOf(index: RuleIndex, name: string, type?: number): Matches {
  const matches = new Matches()
  index.match(nameToWire(domain(name)), 0, matches, type)
  return matches
}

/** What covers a name, as `list: effect`, sorted. */
export function covering(index: RuleIndex, name: string, type?: number): readonly string[] {
  const { entries, count } = matchesOf(index, name, type)
  return [...entries.subarray(0, count)]
    .map((id) => index.entries[id])
    .map((entry) => `${entry?.list}: ${effectText(entry?.effect)}`)
    .toSorted()
}

export function effectText(effect: RuleEffect | undefined): string {
  if (effect?.kind === 'categorise') return effect.category
  return effect?.kind ?? 'none'
}
