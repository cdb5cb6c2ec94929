import { type AddressPrefix, prefixKey, whyNotNetwork } from './address-prefix.ts'
import type { AddressRule, AddressTrigger } from './address-rule.ts'
import type { ListSource } from './list.ts'
import { type RuleFailure, ruleFailure } from './rule-failure.ts'

/** A rule on a network as a list has it. */
export interface NetworkTrigger extends AddressPrefix {
  readonly trigger: AddressTrigger
}

/** The rules on networks of an index while it is built. */
export class AddressRuleBook {
  readonly #perListMax: number
  readonly #rules: AddressRule[] = []
  readonly #known = new Map<string, Set<string>>()

  constructor(perListMax: number) {
    this.#perListMax = perListMax
  }

  get rules(): readonly AddressRule[] {
    return this.#rules
  }

  /** Why a list may not have a rule on this network, or undefined. */
  whyNot({ id, trusted }: ListSource, rule: NetworkTrigger): RuleFailure | undefined {
    // One line would cut a whole school off.
    if (!trusted && rule.trigger === 'client-ip')
      return ruleFailure('not-trusted', 'only a trusted list may have rules on clients')
    const wide = trusted ? undefined : whyNotNetwork(rule)
    if (wide !== undefined) return ruleFailure('too-wide', wide)
    const known = this.#known.get(id)
    if (known?.has(keyOf(rule)))
      return ruleFailure('known-network', 'this list has another rule on this network')
    return (known?.size ?? 0) >= this.#perListMax
      ? ruleFailure('too-many-networks', 'too many rules on networks in one list')
      : undefined
  }

  add(list: string, rule: AddressRule): void {
    const known = this.#known.get(list) ?? new Set()
    this.#known.set(list, known.add(keyOf(rule)))
    this.#rules.push(rule)
  }
}

function keyOf({ trigger, bytes, prefixLength }: NetworkTrigger): string {
  return `${trigger} ${prefixKey(bytes, prefixLength)}`
}
