import { ENTRIES_MAX } from './index-layout.ts'
import type { RuleEffect, RuleEntry } from './list.ts'
import type { RuleCondition } from './rule-condition.ts'

/** The distinct (list, effect, condition) triples of an index. */
export class EntryTable {
  readonly #entries: RuleEntry[] = []
  readonly #ids = new Map<string, number>()
  /** Callers hand over the same effect object for a million lines: that is worth one identity check. */
  #lastList = ''
  #lastEffect: RuleEffect | undefined
  #lastCondition: RuleCondition | undefined
  #lastId = -1

  get entries(): readonly RuleEntry[] {
    return this.#entries
  }

  /** The number of a triple, made if it is new; -1 when there is no room. */
  idOf(list: string, effect: RuleEffect, condition: RuleCondition | undefined): number {
    if (effect === this.#lastEffect && list === this.#lastList && condition === this.#lastCondition)
      return this.#lastId
    const id = this.#intern(list, effect, condition)
    if (id >= 0) {
      this.#lastList = list
      this.#lastEffect = effect
      this.#lastCondition = condition
      this.#lastId = id
    }
    return id
  }

  /** The number of a triple that is there already, or -1. */
  find(list: string, effect: RuleEffect, condition: RuleCondition | undefined): number {
    return this.#ids.get(keyOf(list, effect, condition)) ?? -1
  }

  #intern(list: string, effect: RuleEffect, condition: RuleCondition | undefined): number {
    const key = keyOf(list, effect, condition)
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    if (this.#entries.length >= ENTRIES_MAX) return -1
    const id = this.#entries.length
    this.#entries.push(condition ? { id, list, effect, condition } : { id, list, effect })
    this.#ids.set(key, id)
    return id
  }
}

function keyOf(list: string, effect: RuleEffect, condition: RuleCondition | undefined): string {
  const { isImportant = false, types, denyAllow = [], glob = '', expression = '' } = condition ?? {}
  return JSON.stringify([
    list,
    effectKey(effect),
    isImportant,
    types ? [types.mode, ...types.types] : [],
    denyAllow,
    glob,
    expression,
  ])
}

function effectKey(effect: RuleEffect): readonly unknown[] {
  switch (effect.kind) {
    case 'categorise':
      return [effect.kind, effect.category, effect.answer ?? '', effect.records ?? []]
    case 'tcp-only':
      return [effect.kind, effect.category]
    case 'except':
      return [effect.kind]
    case 'rewrite':
      return [effect.kind, effect.service, effect.target]
    case 'local-data':
      return [effect.kind, ...effect.records]
    case 'school-allow':
    case 'school-deny':
      return [effect.kind, effect.groups, effect.until]
    default:
      return effect satisfies never
  }
}
