import type { CategoryId } from './category-ids.ts'
import type { IndexLimits } from './index-limits.ts'
import type { ListManifest, ListSource, RefusedLine, RuleEffect, RuleScope } from './list.ts'
import { forbiddenEffect } from './list-guard.ts'
import type { RuleFailure } from './rule-failure.ts'

/** Where the rules of one list go. */
export interface ListSink {
  /**
   * Adds one rule. A name in presentation form or as text of a list; what is not taken in is returned as a failure, and is the
   * caller's to `refuse` with its line. Never throws.
   */
  add(name: string, scope: RuleScope, effect: RuleEffect): RuleFailure | undefined
  /** Keeps a line that was not taken in; `line` counts from 1, 0 means that there is none. */
  refuse(line: number, text: string, reason: string): void
}

/** What is counted of a list while it is read. */
export class ListTally {
  readonly source: ListSource
  readonly #limits: IndexLimits
  readonly #refused: RefusedLine[] = []
  readonly #categories = new Set<CategoryId>()
  readonly #categoriesWithNames = new Set<CategoryId>()
  /** The effect seen last: a list's lines mostly share one, and what was said of it holds. */
  #lastEffect: RuleEffect | undefined
  #lastForbidden: RuleFailure | undefined
  #names = 0
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

  /** Counts a rule that was new. */
  count(effect: RuleEffect, isCanary: boolean): void {
    this.#names += 1
    if (effect.kind !== 'categorise') return
    this.#categories.add(effect.category)
    if (!isCanary) this.#categoriesWithNames.add(effect.category)
  }

  refuse(line: number, text: string, reason: string): void {
    this.#refusedLines += 1
    if (this.#refused.length >= this.#limits.refusedKeptMax) return
    this.#refused.push({ line, text: text.slice(0, this.#limits.refusedTextMax), reason })
  }

  manifest(): ListManifest {
    return {
      ...this.source,
      names: this.#names,
      refusedLines: this.#refusedLines,
      refused: this.#refused,
      categories: [...this.#categories],
      categoriesWithNames: [...this.#categoriesWithNames],
    }
  }
}
