/** The rings of lookups as the signal worker would read them. */
import type { Query } from '#agent/query.ts'
import { HEAD, OBSERVED_BYTES, observedMemory } from '#agent/signals/observed-layout.ts'
import { ObservedReader, type ObservedRecord } from '#agent/signals/observed-reader.ts'
import { type HashName, ObservedWriter } from '#agent/signals/observed-writer.ts'
import { machineOffsetMs } from '#platform/clock.ts'

export interface RingRates {
  readonly others: number
  readonly watched: number
  readonly perClient: number
}

export const PLENTY: RingRates = { others: 100_000, watched: 100_000, perClient: 100_000 }

/** A ring that is on. */
export function ringWith(rates: RingRates = PLENTY): SharedArrayBuffer {
  const ring = new SharedArrayBuffer(OBSERVED_BYTES)
  switchOn(ring, rates)
  return ring
}

function switchOn(ring: SharedArrayBuffer, { others, watched, perClient }: RingRates): void {
  const { head } = observedMemory(ring)
  head[HEAD.othersPerSecond] = others
  head[HEAD.watchedPerSecond] = watched
  head[HEAD.perClient] = perClient
  head[HEAD.isOn] = 1
}

export function machineMs(): number {
  return performance.now() + machineOffsetMs
}

/** Takes all that there is. */
export function drain(reader: ObservedReader): readonly ObservedRecord[] {
  const found: ObservedRecord[] = []
  reader.drain(machineMs(), (record) => found.push({ ...record }) > 0)
  return found
}

export class Observing {
  readonly #own = ringWith()
  readonly #writer: ObservedWriter
  readonly #readers: ObservedReader[]
  readonly #found: ObservedRecord[] = []

  constructor(hashName: HashName) {
    this.#writer = new ObservedWriter(this.#own, hashName)
    this.#readers = [new ObservedReader(this.#own)]
  }

  /** In the main thread. */
  note(query: Query): void {
    this.#writer.note(query)
  }

  /** A worker's ring. */
  follow(ring: SharedArrayBuffer): void {
    switchOn(ring, PLENTY)
    this.#readers.push(new ObservedReader(ring))
  }

  read(): readonly ObservedRecord[] {
    for (const reader of this.#readers) this.#found.push(...drain(reader))
    return this.#found
  }
}
