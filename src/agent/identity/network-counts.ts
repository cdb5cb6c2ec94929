import { type BandCounts, type NetworkFacts, OTHER_NETWORK } from '#domain/device-report.ts'
import type { HiddenSchool } from '#domain/hidden-school.ts'
import { type ConfidenceBand, confidenceBand } from '#domain/identity.ts'
import { formatAddress } from '#domain/ip-address.ts'
import { networkOf } from '../policy/network-of.ts'
import type { ReadyConfig, ReadyNetwork } from '../policy/ready-config.ts'
import { cidrText } from '../policy/sections/networks.ts'
import type { AskedCount } from './asked-counts.ts'
import { readClientKey } from './assignment.ts'

/** An address is told of for a day after it has asked last. */
const ADDRESS_LASTS_MS = 86_400_000
/** Of all networks; the one that asked longest ago makes room. */
const ADDRESSES_MAX = 20_000

interface Asker {
  readonly network: string
  confidence: number
  lastMs: number
}

/** Who asks from each network, and how sure that is. */
export class NetworkCounts {
  /** Client's key -> who it was when it last asked; the last to ask is the last in order. */
  readonly #askers = new Map<string, Asker>()
  readonly #queries = new Map<string, Record<ConfidenceBand, number>>()

  note({ key, queries }: AskedCount, confidence: number, config: ReadyConfig, nowMs: number): void {
    const network = nameOf(networkOf(readClientKey(key).address, config))
    this.#askers.delete(key)
    this.#askers.set(key, { network, confidence, lastMs: nowMs })
    if (this.#askers.size > ADDRESSES_MAX) {
      const [first] = this.#askers.keys()
      if (first !== undefined) this.#askers.delete(first)
    }
    const counts = this.#queries.get(network) ?? noCounts()
    counts[confidenceBand(confidence)] += queries
    this.#queries.set(network, counts)
  }

  /** Each configured network, and the local addresses that lie in none where any has asked. */
  facts(
    config: ReadyConfig,
    hidden: HiddenSchool | undefined,
    nowMs: number,
  ): readonly NetworkFacts[] {
    const networks = new Set(config.networks.map(nameOf))
    // Networks that are configured no more.
    for (const network of this.#queries.keys())
      if (network !== OTHER_NETWORK && !networks.has(network)) this.#queries.delete(network)
    const addresses = this.#addresses(nowMs)
    const facts = (network: ReadyNetwork | undefined): NetworkFacts => {
      const name = nameOf(network)
      const isHidden = hidden && nameOf(networkOf(hidden.address, config)) === name
      return {
        network: name,
        ...(network && network.name !== name && { name: network.name }),
        group: network?.group ?? config.strictestGroup,
        addresses: addresses.get(name) ?? noCounts(),
        queries: this.#queries.get(name) ?? noCounts(),
        forwarders: config.identity.forwarders.flatMap(({ from }) => {
          const at = formatAddress(from.bytes)
          return nameOf(networkOf(at, config)) === name ? [at] : []
        }),
        ...(isHidden && { hiddenSchool: hidden }),
      }
    }
    const others = addresses.has(OTHER_NETWORK) ? [facts(undefined)] : []
    return [...config.networks.map(facts), ...others]
  }

  #addresses(nowMs: number): ReadonlyMap<string, BandCounts> {
    const counts = new Map<string, Record<ConfidenceBand, number>>()
    for (const [key, { network, confidence, lastMs }] of this.#askers) {
      if (lastMs < nowMs - ADDRESS_LASTS_MS) {
        this.#askers.delete(key)
        continue
      }
      const ofNetwork = counts.get(network) ?? noCounts()
      ofNetwork[confidenceBand(confidence)]++
      counts.set(network, ofNetwork)
    }
    return counts
  }
}

function nameOf(network: ReadyNetwork | undefined): string {
  return network ? cidrText(network.network) : OTHER_NETWORK
}

function noCounts(): Record<ConfidenceBand, number> {
  return { certain: 0, strong: 0, fair: 0, weak: 0, none: 0 }
}
