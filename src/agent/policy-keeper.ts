import type { RuleIndex } from '#rules/rule-index.ts'
import type { PolicySlot } from './active-policy.ts'
import { makeActivePolicy } from './make-active-policy.ts'
import type { ReadyConfig } from './policy/ready-config.ts'

/** Puts configuration and rules in force, whichever of the two has changed. */
export class PolicyKeeper {
  readonly slot: PolicySlot
  #config: ReadyConfig
  /** Why the newest version of the file is not in use; empty when it is. */
  refused: readonly string[] = []

  constructor(config: ReadyConfig, rules: RuleIndex) {
    this.#config = config
    this.slot = { current: makeActivePolicy(config, rules, 1) }
  }

  get config(): ReadyConfig {
    return this.#config
  }

  get rules(): RuleIndex {
    return this.slot.current.rules
  }

  useConfig(config: ReadyConfig): void {
    this.#config = config
    this.refused = []
    this.#swap(this.rules)
  }

  useRules(rules: RuleIndex): void {
    this.#swap(rules)
  }

  /** A new generation even where only the policy changed: one number to go by. */
  #swap(rules: RuleIndex): void {
    const { generation } = this.slot.current
    this.slot.current = makeActivePolicy(this.#config, rules, generation + 1)
  }
}
