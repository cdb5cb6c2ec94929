import type { AddressRule } from '#rules/address-rule.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import type { ToldMark } from '../signals/told-mark.ts'

/** How the group was found: by who asks, by a configured network, or by the rule for local addresses in none. */
export type GroupSource = 'identity' | 'network' | 'local-default'

/** Who asks, as the policy sees it. Shared by all queries of one client. */
export interface Client {
  /** In canonical text; of a device behind a forwarder its own where that is known, else the forwarder's. */
  readonly address: string
  /** By what the rest of the agent knows it: see `clientKey`. */
  readonly key: string
  readonly group: string
  /** Exchanged by the client table when the clock changes what the group may see. */
  readonly view: PolicyView
  /** Lists' rules on its address, which the view holds already. */
  readonly rules: readonly AddressRule[]
  readonly source: GroupSource
  /** It asks for others, as the configuration says. */
  readonly isForwarder: boolean
  /** How sure it is who asks, in percent. */
  readonly confidence: number
  /** Queries since they were last counted. */
  queries: number
  /** Of its lookups, what the signal worker has been told. */
  readonly told: ToldMark
}
