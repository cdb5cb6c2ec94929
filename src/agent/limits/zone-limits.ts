import { randomWord } from '#platform/random.ts'
import { get32 } from '#wire/put.ts'
import { sipHash } from '#wire/siphash.ts'
import type { LimitKind } from './limit-kind.ts'
import { RateTable } from './rate-table.ts'
import { zoneStart } from './zone-of.ts'

/** Places that zones are counted in, by a hash of the name: two that meet share what each could have had. */
const PLACES = 4_096
const KEY_BYTES = 16
const SIDES = { main: 0, worker: 1 } as const
export type ZoneSide = keyof typeof SIDES
/** Zones whose rate is remembered. */
const RATES = 8_192
/** A page full of names of one delivery network is no flood. */
const BURST_SECONDS = 2

export interface ZoneLimitOptions {
  readonly zoneQuestionsInFlight: number
  readonly zoneMissesPerSecond: number
}

/** A question that may go: where it is counted until it has landed. */
export type ZonePlace = number

/** Makes the memory in which two threads count together, with a key that nobody outside knows. */
export function makeZoneMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(KEY_BYTES + 2 * PLACES * Int32Array.BYTES_PER_ELEMENT)
  const key = new Uint16Array(memory, 0, KEY_BYTES / 2)
  for (let i = 0; i < key.length; i++) key[i] = randomWord()
  return memory
}

/**
 * Bounds what one zone costs the upstreams: questions on their way at once, over both threads, and questions a second in each. Names that
 * do not exist are asked for without end where somebody wants a zone's servers down, and they all wait when those are.
 */
export class ZoneLimits {
  readonly memory: SharedArrayBuffer
  readonly #options: ZoneLimitOptions
  readonly #key: Uint8Array
  readonly #counts: Int32Array
  readonly #own: number
  readonly #rates: RateTable
  readonly #hash = new Uint8Array(8)

  constructor(memory: SharedArrayBuffer, side: ZoneSide, options: ZoneLimitOptions) {
    this.memory = memory
    this.#options = options
    this.#key = new Uint8Array(memory, 0, KEY_BYTES)
    this.#counts = new Int32Array(memory, KEY_BYTES)
    this.#own = SIDES[side] * PLACES
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
    const counts = this.#counts
    const inFlight = Atomics.load(counts, place) + Atomics.load(counts, PLACES + place)
    if (inFlight >= this.#options.zoneQuestionsInFlight) return 'zone-waiting'
    if (this.#rates.take(high, low, nowMs) !== 'within') return 'zone-rate'
    Atomics.add(counts, this.#own + place, 1)
    return place
  }

  /** It is answered, or nobody waits for it any more. Once for each that departed. */
  land(place: ZonePlace): void {
    Atomics.sub(this.#counts, this.#own + place, 1)
  }

  /** Forgets the questions of a worker that is gone. For the main thread. */
  forgetWorker(): void {
    for (let place = 0; place < PLACES; place++)
      Atomics.store(this.#counts, SIDES.worker * PLACES + place, 0)
  }
}
