import { ENTRIES_MAX } from './index-layout.ts'
import type { RuleEffect, RuleEntry } from './list.ts'

/** The distinct (list, effect) pairs of an index. */
export class EntryTable {
  readonly #entries: RuleEntry[] = []
  readonly #ids = new Map<string, number>()
  /** Callers hand over the same effect object for a million lines: that is worth one identity check. */
  #lastList = ''
  #lastEffect: RuleEffect | undefined
  #lastId = -1

  get entries(): readonly RuleEntry[] {
    return this.#entries
  }

  /** The number of a pair, made if it is new; -1 when there is no room. */
  idOf(list: string, effect: RuleEffect): number {
    if (effect === this.#lastEffect && list === this.#lastList) return this.#lastId
    const id = this.#intern(list, effect)
    if (id >= 0) {
      this.#lastList = list
      this.#lastEffect = effect
      this.#lastId = id
    }
    return id
  }

  #intern(list: string, effect: RuleEffect): number {
    const key = JSON.stringify([list, effectKey(effect)])
    const known = this.#ids.get(key)
    if (known !== undefined) return known
    if (this.#entries.length >= ENTRIES_MAX) return -1
    const id = this.#entries.length
    this.#entries.push({ id, list, effect })
    this.#ids.set(key, id)
    return id
  }
}

function effectKey(effect: RuleEffect): readonly unknown[] {
  switch (effect.kind) {
    case 'categorise':
      return [effect.kind, effect.category]
    case 'except':
      return [effect.kind]
    case 'rewrite':
      return [effect.kind, effect.service, effect.target]
    case 'school-allow':
    case 'school-deny':
      return [effect.kind, effect.groups, effect.until]
    default:
      return effect satisfies never
  }
}
