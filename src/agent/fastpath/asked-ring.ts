/**
 * Who asks how much, by samples: of one query in 17 (a prime, since clients ask in twos and threes) the client's address, a hash of the zone asked and
 * one of whatever client a forwarder names. A ring in memory that threads share: one thread writes, another reads; a reader that is late misses
 * the oldest. Nothing of it is written anywhere, and no name can be read from it.
 *
 *   [taken, seed: two words] [slots: four words of address, zone, client named]
 */
import { randomWord } from '#platform/random.ts'
import type { QueryView } from '#wire/query-view.ts'
import { ADDRESS_WORDS, type AddressWords } from '../limits/address-words.ts'
import { zoneStart } from '../limits/zone-of.ts'
import type { Query } from '../query.ts'

export const ASKED_ONE_IN = 17
/** More than a worker answers in a second, so that the main thread may look that seldom. */
const SLOTS = 8_192
const SLOT_WORDS = ADDRESS_WORDS + 2
const HEAD_WORDS = 2
/** The same for all rings of a process, so that a zone counts once wherever it is asked; nobody outside knows it. */
const SEED = (randomWord() << 16) | randomWord() | 1

/** One query of those sampled. */
export interface AskedSample {
  readonly address: Int32Array
  /** Which registered zone, as a hash; 0 where it is not to be known. */
  readonly zone: number
  /** Which client a forwarder names, as a hash; 0: none. */
  readonly named: number
}

export class AskedRing {
  static readonly BYTES: number = (HEAD_WORDS + SLOTS * SLOT_WORDS) * Int32Array.BYTES_PER_ELEMENT
  readonly #words: Int32Array
  readonly #seed: number
  readonly #addresses: AddressWords | undefined
  #until: number = ASKED_ONE_IN

  /** `start` is a multiple of four. With `addresses` the client's is read from its text, for listeners that fill no words in. */
  constructor(memory: ArrayBuffer | SharedArrayBuffer, start: number, addresses?: AddressWords) {
    const words = new Int32Array(memory, start, HEAD_WORDS + SLOTS * SLOT_WORDS)
    words[1] ||= SEED
    this.#words = words
    this.#seed = words[1]
    this.#addresses = addresses
  }

  /** One more query, of a client of ours. Does not allocate. */
  note(query: Query): void {
    this.#until -= 1
    if (this.#until > 0 || !query.client) return
    this.#until = ASKED_ONE_IN
    this.#take(query)
  }

  /** Hands out the samples from the `from`th on, as far as they are kept; returns how many have been taken in all. */
  read(from: number, visit: (sample: AskedSample) => void): number {
    const words = this.#words
    const taken = Atomics.load(words, 0)
    const grown = (taken - from) | 0
    for (let i = grown > SLOTS ? taken - SLOTS : from; i !== taken; i = (i + 1) | 0) {
      const at = slotOf(i)
      visit({
        address: words.subarray(at, at + ADDRESS_WORDS),
        zone: words[at + ADDRESS_WORDS]!,
        named: words[at + ADDRESS_WORDS + 1]!,
      })
    }
    return taken
  }

  #take({ addressWords, clientAddress, view, decided }: Query): void {
    const words = this.#words
    this.#addresses?.read(clientAddress, addressWords)
    const taken = words[0]!
    const at = slotOf(taken)
    for (let word = 0; word < ADDRESS_WORDS; word++) words[at + word] = addressWords[word]!
    const { name, nameLength } = view
    const isHidden = nameLength < 2 || decided?.reason === 'protected'
    words[at + ADDRESS_WORDS] = isHidden
      ? 0
      : hashBytes(name, zoneStart(name, nameLength), nameLength, this.#seed)
    words[at + ADDRESS_WORDS + 1] = clientNamedIn(view, this.#seed)
    Atomics.store(words, 0, (taken + 1) | 0)
  }
}

/** A number for the client that a forwarder names, by its address (RFC 7871) or else its MAC; 0: none. It only tells that there are many. */
function clientNamedIn(view: QueryView, seed: number): number {
  const { bytes, subnetStart, subnetBytes, macStart } = view
  // Family and prefixes alone name nobody.
  if (subnetBytes > 4) return hashBytes(bytes, subnetStart, subnetStart + subnetBytes, seed)
  return macStart === 0 ? 0 : hashBytes(bytes, macStart, macStart + 6, seed)
}

/** 32 bits of some bytes (FNV-1a, begun with a seed); never 0. */
function hashBytes(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed ^ 0x811c_9dc5
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x0100_0193)
  return hash === 0 ? 1 : hash
}

function slotOf(number: number): number {
  return HEAD_WORDS + (number & (SLOTS - 1)) * SLOT_WORDS
}
