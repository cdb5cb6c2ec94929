/**
 * How much each client has asked in the last hour, from samples of its queries: in twelve slots of five minutes, and how many different zones and
 * clients of a forwarder there were, roughly. Fixed memory: some 3 MB at 10,000 clients, of which those heard of last are kept.
 */
import { LRUCache } from 'lru-cache'
import { formatAddress } from '#domain/ip-address.ts'
import type { AskedSample } from '../fastpath/asked-ring.ts'
import { isIpv4Words } from '../limits/address-words.ts'

export const SLOT_MS = 300_000
export const SLOTS_KEPT = 12
/** Different things are counted in so many slots. */
const WINDOW_SLOTS = 2
const CLIENTS_MAX = 10_000

/** One client's hour. */
export interface AskHistoryOf {
  readonly address: string
  /** Samples by slot, the present one first. */
  readonly samples: readonly number[]
  /** At least so many different zones in ten minutes, and so many clients named; each is 64 at most. */
  readonly zones: number
  readonly named: number
}

interface Asker {
  readonly address: string
  /** By slot number modulo SLOTS_KEPT. */
  readonly counts: number[]
  slot: number
  zones: Different
  named: Different
}

export class AskHistory {
  readonly #askers = new LRUCache<string | number, Asker>({ max: CLIENTS_MAX })
  /** Of all clients together, those that were forgotten included. */
  readonly #all: Asker = newAsker('', 0)

  take(sample: AskedSample, nowMs: number): void {
    const slot = slotAt(nowMs)
    const key = keyOf(sample.address)
    let asker = this.#askers.get(key)
    if (!asker) {
      asker = newAsker(addressOf(sample.address), slot)
      this.#askers.set(key, asker)
    }
    count(asker, slot, sample)
    count(this.#all, slot, sample)
  }

  all(nowMs: number): AskHistoryOf {
    return historyOf(this.#all, slotAt(nowMs))
  }

  *each(nowMs: number): Generator<AskHistoryOf> {
    for (const asker of this.#askers.values()) yield historyOf(asker, slotAt(nowMs))
  }

  /** Whether a client has asked within the hour. */
  hasAsked(words: Int32Array, nowMs: number): boolean {
    const asker = this.#askers.peek(keyOf(words))
    if (!asker) return false
    moveOn(asker, slotAt(nowMs))
    return asker.counts.some((samples) => samples > 0)
  }
}

function slotAt(nowMs: number): number {
  return Math.floor(nowMs / SLOT_MS)
}

function newAsker(address: string, slot: number): Asker {
  const nothing = { low: 0, high: 0, before: 0 }
  const counts = Array.from({ length: SLOTS_KEPT }, () => 0)
  return { address, counts, slot, zones: nothing, named: nothing }
}

function count(asker: Asker, slot: number, { zone, named }: AskedSample): void {
  moveOn(asker, slot)
  asker.counts[slot % SLOTS_KEPT]! += 1
  asker.zones = withOne(asker.zones, zone)
  asker.named = withOne(asker.named, named)
}

/** Empties the slots that have gone by. */
function moveOn(asker: Asker, slot: number): void {
  if (asker.slot === slot) return
  for (let gone = Math.max(asker.slot + 1, slot - SLOTS_KEPT + 1); gone <= slot; gone++)
    asker.counts[gone % SLOTS_KEPT] = 0
  const windows = windowAt(slot) - windowAt(asker.slot)
  if (windows > 0) {
    asker.zones = nextWindow(asker.zones, windows)
    asker.named = nextWindow(asker.named, windows)
  }
  asker.slot = slot
}

function historyOf(asker: Asker, slot: number): AskHistoryOf {
  moveOn(asker, slot)
  const samples = Array.from(
    { length: SLOTS_KEPT },
    (_, back) => asker.counts[(slot - back + SLOTS_KEPT) % SLOTS_KEPT] ?? 0,
  )
  const { address, zones, named } = asker
  return { address, samples, zones: different(zones), named: different(named) }
}

function windowAt(slot: number): number {
  return Math.floor(slot / WINDOW_SLOTS)
}

/** 64 places, one of which each thing falls into (linear counting); and how many were taken in the ten minutes before. */
interface Different {
  readonly low: number
  readonly high: number
  readonly before: number
}

function withOne(of: Different, hash: number): Different {
  if (hash === 0) return of
  // The upper bits, which depend on every byte.
  const place = (hash >>> 26) & 63
  const bit = 1 << (place & 31)
  const [low, high] = place < 32 ? [of.low | bit, of.high] : [of.low, of.high | bit]
  return low === of.low && high === of.high ? of : { low, high, before: of.before }
}

function nextWindow({ low, high }: Different, windows: number): Different {
  return { low: 0, high: 0, before: windows === 1 ? bits(low) + bits(high) : 0 }
}

/** Of this window or the one before, whichever has more: a window that has just begun has few. */
function different({ low, high, before }: Different): number {
  return Math.max(bits(low) + bits(high), before)
}

function bits(word: number): number {
  let left = word >>> 0
  let sum = 0
  for (; left !== 0; left = (left & (left - 1)) >>> 0) sum++
  return sum
}

function keyOf(words: Int32Array): string | number {
  return isIpv4Words(words) ? words[3]! : words.join()
}

function addressOf(words: Int32Array): string {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => words[i >> 2]! >>> (24 - 8 * (i & 3)))
  return formatAddress(isIpv4Words(words) ? bytes.subarray(12) : bytes)
}
