import type { AddressRule } from '#rules/address-rule.ts'
import type { PolicyView } from '#rules/policy-view.ts'

/** Who asks, as the policy sees it. Shared by all queries of one address. */
export interface Client {
  /** In canonical text. */
  readonly address: string
  readonly group: string
  /** Exchanged by the client table when the clock changes what the group may see. */
  readonly view: PolicyView
  /** Lists' rules on its address, which the view holds already. */
  readonly rules: readonly AddressRule[]
  /** How the group was found: a configured network, or the rule for local addresses in none. */
  readonly source: 'network' | 'local-default'
}
