import { LRUCache } from 'lru-cache'
import {
  type AddressBytes,
  type Cidr,
  contains,
  formatAddress,
  isLocalAddress,
  parseAddress,
} from '#domain/ip-address.ts'
import type { AddressRule } from '#rules/address-rule.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import type { Query } from '../query.ts'
import { newToldMark } from '../signals/told-mark.ts'
import type { AskedCounts } from './asked-counts.ts'
import { type Assignment, clientKey } from './assignment.ts'
import type { Client } from './client.ts'
import type { ClientRules } from './client-rules.ts'
import { type Forwarder, readDeviceBehind } from './forwarder.ts'

/** Addresses remembered; a school has a few thousand. */
const CLIENTS_MAX = 10_000

/** The table alone exchanges views. */
interface KnownClient extends Client {
  view: PolicyView
  readonly rules: readonly AddressRule[]
  /** Who sent the query. */
  readonly sender: string
  /** That was named beside or in place of the address. */
  readonly device: string | undefined
  /** What it says of others, where it is believed. */
  readonly forwarder: Forwarder | undefined
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
  /** Groups by who asks, which change while the table lives: see `reassign`. */
  readonly assigned?: ReadonlyMap<string, Assignment> | undefined
  readonly forwarders?: readonly Forwarder[] | undefined
  /** Those that devices have been given; others mean nothing. */
  readonly endpoints?: ReadonlySet<string> | undefined
  /** Gets the counts of clients that are forgotten. */
  readonly asked?: AskedCounts | undefined
}

/**
 * Address -> client. Who asks counts first, where that is sure enough; then the longest network; a local address in none gets the
 * strictest pupil group; a foreign one is nobody's client. Made anew with each policy, so it never holds an outdated group.
 */
export class ClientTable {
  readonly #options: ClientTableOptions
  readonly #networks: readonly NetworkGroup[]
  #views: ReadonlyMap<string, PolicyView>
  readonly #known: LRUCache<string, KnownClient>
  /** Whether any client is known by more than its address. */
  #hasDevices = false

  constructor(options: ClientTableOptions) {
    this.#options = options
    this.#views = options.views
    this.#networks = options.networks.toSorted(
      (a, b) => b.network.prefixLength - a.network.prefixLength,
    )
    this.#known = new LRUCache<string, KnownClient>({
      max: CLIENTS_MAX,
      dispose: (client) => options.asked?.add(client),
    })
  }

  /** Who a query comes from, or undefined for one that must be refused. A declared forwarder says for whom it asks. */
  of(query: Query): Client | undefined {
    const sender = this.#find(query.clientAddress)
    if (sender?.forwarder === undefined && query.endpoint === undefined) return sender
    return sender && this.#behind(sender, query)
  }

  /** The client of an address as a socket tells it. */
  find(address: string): Client | undefined {
    return this.#find(address)
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

  /** What is assigned to these has changed. */
  reassign(keys: ReadonlySet<string>): void {
    for (const key of keys) this.#known.delete(key)
    if (!this.#hasDevices) return
    for (const [known, { address, device }] of this.#known)
      if (device !== undefined && (keys.has(device) || keys.has(address))) this.#known.delete(known)
  }

  /** The view of a group now. */
  viewOf(group: string): PolicyView | undefined {
    return this.#views.get(group)
  }

  /** Hands over what its clients have asked since it was last called. */
  countAsked(): void {
    const { asked } = this.#options
    for (const client of this.#known.values()) {
      asked?.add(client)
      client.queries = 0
    }
  }

  #find(address: string): KnownClient | undefined {
    const known = this.#known.get(address)
    if (known) return known
    const client = this.#identify(address)
    if (client) this.#known.set(address, client)
    return client
  }

  /** The device that a forwarder asks for, or that asks by an endpoint of its own; the forwarder itself where it names none. */
  #behind(sender: KnownClient, { view, endpoint }: Query): KnownClient {
    const isGiven = endpoint !== undefined && this.#options.endpoints?.has(endpoint)
    const { address, device } = isGiven
      ? { address: undefined, device: endpoint }
      : readDeviceBehind(view, sender.forwarder)
    if (address === undefined && device === undefined) return sender
    const key = clientKey(address ?? sender.address, device)
    const known = this.#known.get(key)
    if (known) return known
    const client = this.#make(address ?? sender.address, sender.address, device)
    if (!client) return sender
    this.#hasDevices ||= device !== undefined
    this.#known.set(key, client)
    return client
  }

  #identify(text: string): KnownClient | undefined {
    const bytes = parseAddress(text)
    return bytes && this.#make(formatAddress(bytes), formatAddress(bytes), undefined)
  }

  #make(address: string, sender: string, device: string | undefined): KnownClient | undefined {
    const bytes = parseAddress(address)
    if (!bytes) return undefined
    const { strictestGroup, rules: lists } = this.#options
    const match = this.#networks.find(({ network }) => contains(network, bytes))
    if (!match && !isLocalAddress(bytes)) return undefined
    const { group: own, confidence = 0 } = this.#assignedTo(address, sender, device) ?? {}
    const ownView = own === undefined ? undefined : this.#views.get(own)
    const group = ownView && own !== undefined ? own : (match?.group ?? strictestGroup)
    const view = ownView ?? this.#views.get(group)
    if (!view) return undefined
    const rules = lists?.find(bytes) ?? NO_ADDRESS_RULES
    const isSender = address === sender && device === undefined
    const forwarder = isSender ? this.#forwarderAt(bytes) : undefined
    return {
      address,
      key: clientKey(address, device),
      sender,
      device,
      group,
      view: lists?.viewWith(view, rules) ?? view,
      rules,
      source: sourceOf(ownView, match),
      confidence,
      forwarder,
      isForwarder: forwarder !== undefined,
      queries: 0,
      told: newToldMark(),
    }
  }

  /** What is known of an address includes its device; who asks for another is not it. */
  #assignedTo(address: string, sender: string, device: string | undefined): Assignment | undefined {
    const { assigned } = this.#options
    if (device === undefined || address !== sender) {
      const ofAddress = assigned?.get(address)
      if (ofAddress) return ofAddress
    }
    return device === undefined ? undefined : assigned?.get(device)
  }

  #forwarderAt(address: AddressBytes): Forwarder | undefined {
    return this.#options.forwarders?.find(({ from }) => contains(from, address))
  }
}

function sourceOf(own: PolicyView | undefined, match: NetworkGroup | undefined): Client['source'] {
  if (own) return 'identity'
  return match ? 'network' : 'local-default'
}
