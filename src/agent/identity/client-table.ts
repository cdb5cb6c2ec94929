import { LRUCache } from 'lru-cache'
import {
  type Cidr,
  contains,
  formatAddress,
  isLocalAddress,
  parseAddress,
} from '#domain/ip-address.ts'
import type { AddressRule } from '#rules/address-rule.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import type { Client } from './client.ts'
import type { ClientRules } from './client-rules.ts'

/** Addresses remembered; a school has a few thousand. */
const CLIENTS_MAX = 10_000

/** The table alone exchanges views. */
interface KnownClient extends Client {
  view: PolicyView
  readonly rules: readonly AddressRule[]
}

/** One configured network and the group of those in it. */
export interface NetworkGroup {
  readonly network: Cidr
  readonly group: string
}

export interface ClientTableOptions {
  readonly networks: readonly NetworkGroup[]
  readonly views: ReadonlyMap<string, PolicyView>
  /** The group of local addresses that lie in no network: the strictest pupil group. */
  readonly strictestGroup: string
  /** Lists' rules on clients; none where it is left out. */
  readonly rules?: ClientRules | undefined
}

/**
 * Address -> client. The longest network wins; a local address in none gets the strictest pupil group; a foreign one
 * is nobody's client. Made anew with each policy, so it never holds an outdated group.
 */
export class ClientTable {
  readonly #options: ClientTableOptions
  readonly #networks: readonly NetworkGroup[]
  #views: ReadonlyMap<string, PolicyView>
  readonly #known = new LRUCache<string, KnownClient>({ max: CLIENTS_MAX })

  constructor(options: ClientTableOptions) {
    this.#options = options
    this.#views = options.views
    this.#networks = options.networks.toSorted(
      (a, b) => b.network.prefixLength - a.network.prefixLength,
    )
  }

  /** The client of an address as a socket tells it, or undefined for one that must be refused. */
  find(address: string): Client | undefined {
    const known = this.#known.get(address)
    if (known) return known
    const client = this.#identify(address)
    if (client) this.#known.set(address, client)
    return client
  }

  /** Gives every client the view that its group has now; cheap enough for each turn of the clock. */
  useViews(views: ReadonlyMap<string, PolicyView>): void {
    this.#views = views
    const { rules } = this.#options
    for (const client of this.#known.values()) {
      const view = views.get(client.group)
      if (view) client.view = rules?.viewWith(view, client.rules) ?? view
    }
  }

  /** The view of a group now. */
  viewOf(group: string): PolicyView | undefined {
    return this.#views.get(group)
  }

  #identify(text: string): KnownClient | undefined {
    const address = parseAddress(text)
    if (!address) return undefined
    const match = this.#networks.find(({ network }) => contains(network, address))
    if (!match && !isLocalAddress(address)) return undefined
    const group = match?.group ?? this.#options.strictestGroup
    const view = this.#views.get(group)
    if (!view) return undefined
    const rules = this.#options.rules?.find(address) ?? NO_ADDRESS_RULES
    return {
      address: formatAddress(address),
      group,
      view: this.#options.rules?.viewWith(view, rules) ?? view,
      rules,
      source: match ? 'network' : 'local-default',
    }
  }
}
