import { isIpv4Words } from './address-words.ts'
import { mix, RateTable, type RateVerdict } from './rate-table.ts'

/** Addresses remembered, and networks of IPv6: 1.2 MiB together. */
const ADDRESSES = 65_536
const NETWORKS = 8_192
/** What a whole /64 may send: of a site it is a network of many devices, of one device all addresses that it can take. */
const DEVICES_PER_NETWORK = 16

export interface ClientRateLimits {
  readonly clientQueriesPerSecond: number
  readonly clientQueryBurst: number
}

/**
 * How much each client asks: by its address, and for IPv6 by its /64 as well, since a device may take any address in it. Constant
 * time, fixed memory, no allocation.
 */
export class ClientRates {
  readonly #addresses: RateTable
  readonly #networks: RateTable
  readonly #seed: number

  /** `seed`: 32 bits that nobody outside knows. */
  constructor({ clientQueriesPerSecond, clientQueryBurst }: ClientRateLimits, seed: number) {
    this.#seed = seed
    this.#addresses = new RateTable({
      perSecond: clientQueriesPerSecond,
      burst: clientQueryBurst,
      slots: ADDRESSES,
      seed,
    })
    this.#networks = new RateTable({
      perSecond: clientQueriesPerSecond * DEVICES_PER_NETWORK,
      burst: clientQueryBurst * DEVICES_PER_NETWORK,
      slots: NETWORKS,
      seed,
    })
  }

  /** One more query of the client whose address these words are. */
  take(words: Int32Array, nowMs: number): RateVerdict {
    if (isIpv4Words(words)) return this.#addresses.take(words[2]!, words[3]!, nowMs)
    const [w0, w1] = [words[0]!, words[1]!]
    const ofNetwork = this.#networks.take(w0, w1, nowMs)
    if (ofNetwork !== 'within') return ofNetwork
    const high = mix(words[2]!, mix(w0, this.#seed))
    return this.#addresses.take(high, mix(words[3]!, mix(w1, high)), nowMs)
  }
}
