import type { NetworkTrigger } from './address-rule-book.ts'
import type { CategoryId } from './category-ids.ts'
import type { IndexLimits } from './index-limits.ts'
import type { ListManifest, ListSource, RefusedLine, RuleEffect, RuleScope } from './list.ts'
import { forbiddenEffect } from './list-guard.ts'
import type { RuleCondition } from './rule-condition.ts'
import type { RuleFailure } from './rule-failure.ts'

/** Where the rules of one list go. */
export interface ListSink {
  /**
   * Adds one rule. A name in presentation form or as text of a list; what is not taken in is returned as a failure, and is the
   * caller's to `refuse` with its line. Never throws.
   */
  add(
    name: string,
    scope: RuleScope,
    effect: RuleEffect,
    condition?: RuleCondition,
  ): RuleFailure | undefined
  /** Adds a rule on a network. Never throws. */
  addNetwork(network: NetworkTrigger, effect: RuleEffect): RuleFailure | undefined
  /** Takes back a rule of this list that was added before; false when there is none. Never throws. */
  remove(name: string, scope: RuleScope, effect: RuleEffect, condition?: RuleCondition): boolean
  /** Keeps a line that was not taken in; `line` counts from 1, 0 means that there is none. */
  refuse(line: number, text: string, reason: string): void
}

/** Of one category. */
interface RuleCount {
  /** Rules, canaries included. */
  all: number
  real: number
}

/** What is counted of a list while it is read. */
export class ListTally {
  readonly source: ListSource
  readonly #limits: IndexLimits
  readonly #refused: RefusedLine[] = []
  readonly #counts = new Map<CategoryId, RuleCount>()
  /** The effect seen last: a list's lines mostly share one, and what was said of it holds. */
  #lastEffect: RuleEffect | undefined
  #lastForbidden: RuleFailure | undefined
  #names = 0
  #conditional = 0
  #refusedLines = 0

  constructor(source: ListSource, limits: IndexLimits) {
    this.source = source
    this.#limits = limits
  }

  /** Why this list may not have rules of this effect, or undefined. */
  forbidden(effect: RuleEffect): RuleFailure | undefined {
    if (effect !== this.#lastEffect) {
      this.#lastForbidden = forbiddenEffect(this.source, effect)
      this.#lastEffect = effect
    }
    return this.#lastForbidden
  }

  /** Counts a rule that is new (`step` 1) or taken back (-1). */
  count(effect: RuleEffect, isConditional: boolean, isCanary: boolean, step: 1 | -1): void {
    this.#names += step
    if (isConditional) this.#conditional += step
    if (effect.kind !== 'categorise') return
    const counted = this.#counts.get(effect.category)
    const count = counted ?? { all: 0, real: 0 }
    if (!counted) this.#counts.set(effect.category, count)
    count.all += step
    if (!isCanary) count.real += step
  }

  refuse(line: number, text: string, reason: string): void {
    this.#refusedLines += 1
    if (this.#refused.length >= this.#limits.refusedKeptMax) return
    this.#refused.push({ line, text: text.slice(0, this.#limits.refusedTextMax), reason })
  }

  manifest(): ListManifest {
    const counts = [...this.#counts]
    return {
      ...this.source,
      names: this.#names,
      conditional: this.#conditional,
      refusedLines: this.#refusedLines,
      refused: this.#refused,
      categories: counts.filter(([, { all }]) => all > 0).map(([category]) => category),
      categoriesWithNames: counts.filter(([, { real }]) => real > 0).map(([category]) => category),
    }
  }
}
