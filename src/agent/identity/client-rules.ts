import type { AddressBytes } from '#domain/ip-address.ts'
import type { AddressRule } from '#rules/address-rule.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import { viewForClient } from '#rules/client-view.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

/** Views kept of one group's view: one for each set of rules that clients have. */
const VIEWS_MAX = 256

/**
 * Lists' rules on clients. They are looked up once a client; what then differs is its view, so that no query pays for them.
 */
export class ClientRules {
  readonly #rules: RuleIndex
  readonly #views = new WeakMap<PolicyView, Map<string, PolicyView>>()

  constructor(rules: RuleIndex) {
    this.#rules = rules
  }

  /** Of each list the rule on the nearest network that a client is in. */
  find(address: AddressBytes): readonly AddressRule[] {
    const { addresses } = this.#rules
    return addresses.has('client-ip') ? addresses.find('client-ip', [address]) : NO_ADDRESS_RULES
  }

  /** A group's view as a client with these rules has it; the same object each time, while there is room. */
  viewWith(view: PolicyView, found: readonly AddressRule[]): PolicyView {
    if (found.length === 0) return view
    const entries = found.map(({ entry }) => entry)
    const key = entries.join()
    const known = this.#views.get(view) ?? new Map<string, PolicyView>()
    this.#views.set(view, known)
    const before = known.get(key)
    if (before) return before
    if (known.size >= VIEWS_MAX) known.clear()
    const made = viewForClient(view, this.#rules, entries)
    known.set(key, made)
    return made
  }
}
