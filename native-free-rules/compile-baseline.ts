import type { IndexBuilder } from './index-builder.ts'
import type { ListSource, RuleEffect } from './list.ts'
import { CANARIES, CANARIES_LIST } from './sets/canaries.ts'
import { type CuratedName, type CuratedSet, CuratedSetError } from './sets/curated-set.ts'
import { CURATED_SETS } from './sets/sets.ts'

const OURS = 'SuperCloud Edge'

/**
 * Puts the shipped sets and the canaries into an index: what a box filters by before it has any other list. Throws
 * CuratedSetError when a shipped name is not taken in.
 */
export function compileBaseline(builder: IndexBuilder): void {
  for (const set of CURATED_SETS) compileSet(builder, set)
  compileCanaries(builder)
}

function compileSet(builder: IndexBuilder, set: CuratedSet): void {
  const { id, title, source, licence, version, updatedAt } = set
  const sink = builder.list({ id, title, source, licence, version, updatedAt, trusted: true })
  for (const entry of set.names) {
    const refused = sink.add(entry.name, entry.scope, effectOf(set, entry))
    if (refused) throw new CuratedSetError(`${id}: ${entry.name}: ${refused.detail}`)
  }
}

function effectOf({ id, purpose }: CuratedSet, { name, target }: CuratedName): RuleEffect {
  if (purpose.kind === 'category') return { kind: 'categorise', category: purpose.category }
  if (target === undefined) throw new CuratedSetError(`${id}: ${name} has no target`)
  return { kind: 'rewrite', service: purpose.service, target }
}

function compileCanaries(builder: IndexBuilder): void {
  const source: ListSource = {
    id: CANARIES_LIST,
    title: 'Canaries: made-up names to try the filter with',
    source: OURS,
    licence: 'CC0-1.0',
    version: '1',
    updatedAt: 0,
    trusted: true,
  }
  const sink = builder.list(source)
  for (const { name, category } of CANARIES) {
    const refused = sink.add(name, 'subtree', { kind: 'categorise', category })
    if (refused) throw new CuratedSetError(`${name}: ${refused.detail}`)
  }
}
