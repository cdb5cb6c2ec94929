import { randomWord } from '#platform/random.ts'
import { get32 } from '#wire/put.ts'
import { sipHash } from '#wire/siphash.ts'
import type { LimitKind } from './limit-kind.ts'
import { RateTable } from './rate-table.ts'
import { zoneStart } from './zone-of.ts'

/** Places that zones are counted in, by a hash of the name: two that meet share what each could have had. */
const PLACES = 4_096
/** What each side counts: its questions of each place, and behind them all together. */
const SIDE = PLACES + 1
const KEY_BYTES = 16
/** The side of the main thread; workers follow. */
export const MAIN_SIDE = 0
/** Zones whose rate is remembered. */
const RATES = 8_192
/** A page full of names of one delivery network is no flood. */
const BURST_SECONDS = 2

export interface ZoneLimitOptions {
  /** Of all zones together. */
  readonly queriesInFlight: number
  readonly zoneQuestionsInFlight: number
  readonly zoneMissesPerSecond: number
}

/** A question that may go: where it is counted until it has landed. */
export type ZonePlace = number

/** Makes the memory in which so many threads count together, with a key that nobody outside knows. */
export function makeZoneMemory(sides: number): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(KEY_BYTES + sides * SIDE * Int32Array.BYTES_PER_ELEMENT)
  const key = new Uint16Array(memory, 0, KEY_BYTES / 2)
  for (let i = 0; i < key.length; i++) key[i] = randomWord()
  return memory
}

/**
 * Bounds what one zone costs the upstreams: questions on their way at once, over all threads, and questions a second in each. Names that
 * do not exist are asked for without end where somebody wants a zone's servers down, and they all wait when those are. The same of all
 * zones together, since nobody is kept from using many.
 */
export class ZoneLimits {
  readonly memory: SharedArrayBuffer
  readonly #options: ZoneLimitOptions
  readonly #key: Uint8Array
  readonly #counts: Int32Array
  readonly #own: number
  readonly #sides: number
  readonly #rates: RateTable
  readonly #hash = new Uint8Array(8)

  /** Each thread has a side of its own in the memory. */
  constructor(memory: SharedArrayBuffer, side: number, options: ZoneLimitOptions) {
    this.memory = memory
    this.#options = options
    this.#key = new Uint8Array(memory, 0, KEY_BYTES)
    this.#counts = new Int32Array(memory, KEY_BYTES)
    this.#own = side * SIDE
    this.#sides = this.#counts.length / SIDE
    this.#rates = new RateTable({
      perSecond: options.zoneMissesPerSecond,
      burst: options.zoneMissesPerSecond * BURST_SECONDS,
      slots: RATES,
      seed: get32(this.#key, 0),
    })
  }

  /** A question that is about to be asked, its name lower-cased, in wire form; which limit it has run into where it must not be. */
  depart(name: Buffer, nameLength: number, nowMs: number): ZonePlace | LimitKind {
    sipHash(this.#key, name.subarray(zoneStart(name, nameLength), nameLength), this.#hash, 0)
    const [high, low] = [get32(this.#hash, 0) | 0, get32(this.#hash, 4) | 0]
    const place = low & (PLACES - 1)
    if (this.#inFlight(place) >= this.#options.zoneQuestionsInFlight) return 'zone-waiting'
    if (this.#inFlight(PLACES) >= this.#options.queriesInFlight) return 'all-waiting'
    if (this.#rates.take(high, low, nowMs) !== 'within') return 'zone-rate'
    Atomics.add(this.#counts, this.#own + place, 1)
    Atomics.add(this.#counts, this.#own + PLACES, 1)
    return place
  }

  /** It is answered, or nobody waits for it any more. Once for each that departed. */
  land(place: ZonePlace): void {
    Atomics.sub(this.#counts, this.#own + place, 1)
    Atomics.sub(this.#counts, this.#own + PLACES, 1)
  }

  /** Forgets the questions of a worker that is gone. For the main thread. */
  forget(side: number): void {
    for (let at = side * SIDE; at < (side + 1) * SIDE; at++) Atomics.store(this.#counts, at, 0)
  }

  #inFlight(place: number): number {
    let sum = 0
    for (let side = 0; side < this.#sides; side++)
      sum += Atomics.load(this.#counts, side * SIDE + place)
    return sum
  }
}
