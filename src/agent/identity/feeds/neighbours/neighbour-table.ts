import type { MacAddress } from '#domain/mac-address.ts'
import type { Sighting } from '../../sighting.ts'
import { AddressCount } from './address-count.ts'
import type { NeighbourEntry } from './neighbour-line.ts'

/** What bounds the table. */
export const NEIGHBOUR_LIMITS = {
  entries: 10_000,
  /** For so long an address that answers holds, unless the kernel says otherwise, which it does. */
  reachableMs: 3_600_000,
  /**
   * And one that was heard of before. A device that is asked nothing is stale after some 30 s, and the kernel drops such entries after a
   * minute where there are many; so it must outlast a lesson's quiet. Whoever takes over its address is seen at once.
   */
  staleMs: 900_000,
} as const

/** What has been counted. */
export interface NeighbourCounts {
  told: number
  gone: number
  /** Addresses that went from one MAC to another. */
  moved: number
  /** For which there was no room. */
  refused: number
}

interface Entry {
  readonly mac: MacAddress
  state: 'reachable' | 'stale'
  toldAtMs: number
  untilMs: number
  /** When the kernel's table had it last. */
  seenAtMs: number
  /** Its time is over; the kernel may have it still. */
  isOver: boolean
}

interface Holder {
  readonly count: AddressCount
  readonly addresses: Set<string>
  isMany: boolean
}

/** A MAC is told again, while it goes on answering, when so much of its time is over. */
const TOLD_AGAIN_AFTER = 1 / 4
const NOTHING: readonly Sighting[] = []

/** The kernel's neighbours as they were told: all addresses of a MAC are one device's, unless they are too many. */
export class NeighbourTable {
  readonly counts: NeighbourCounts = { told: 0, gone: 0, moved: 0, refused: 0 }
  readonly #onMany: (mac: MacAddress) => void
  readonly #entries = new Map<string, Entry>()
  readonly #holders = new Map<MacAddress, Holder>()

  /** `onMany` is told of a MAC that stands for many devices. */
  constructor(onMany: (mac: MacAddress) => void) {
    this.#onMany = onMany
  }

  get size(): number {
    return this.#entries.size
  }

  /** MACs that count as no device. */
  get many(): number {
    let many = 0
    for (const { isMany } of this.#holders.values()) if (isMany) many += 1
    return many
  }

  /** Takes up an entry as it was at `asOfMs`, and gives what is to be told of it: of what is known since nothing. */
  take(entry: NeighbourEntry, nowMs: number, asOfMs: number): readonly Sighting[] {
    const { address, mac, state, isDeleted } = entry
    const known = this.#entries.get(address)
    if (known && known.seenAtMs > asOfMs) return NOTHING
    if (state === 'failed') return this.#drop(address)
    if (!mac) return NOTHING
    if (isDeleted) {
      // Dropped to make room, which says nothing of the device.
      if (known) known.seenAtMs = -Infinity
      return NOTHING
    }
    if (!known) return this.#add(entry, mac, nowMs)
    if (known.mac === mac) return this.#renew(known, entry, nowMs)
    this.counts.moved += 1
    const gone = this.#drop(address)
    // In this order it is a move, of which two in a minute are a fight; the other way round nobody had the address in between.
    return [...this.#add(entry, mac, nowMs), ...gone]
  }

  /** Ends what its time is over of, and forgets what the kernel has not had since `listedAtMs`, when all of its table was read. */
  sweep(nowMs: number, listedAtMs: number): void {
    for (const [address, entry] of this.#entries) {
      if (entry.untilMs > nowMs) continue
      // Told for so long: it needs no word that it is over.
      if (!entry.isOver) this.#leave(address, entry.mac)
      entry.isOver = true
      if (entry.seenAtMs < listedAtMs) this.#entries.delete(address)
    }
  }

  /** Takes back all that was told. */
  *clear(): Generator<readonly Sighting[], void> {
    for (const address of this.#entries.keys()) yield this.#drop(address)
  }

  #add(entry: NeighbourEntry, mac: MacAddress, nowMs: number): readonly Sighting[] {
    const { address, isRouter } = entry
    if (this.#entries.size >= NEIGHBOUR_LIMITS.entries) {
      this.counts.refused += 1
      return NOTHING
    }
    const state = entry.state === 'reachable' ? 'reachable' : 'stale'
    const times = { toldAtMs: 0, untilMs: 0, seenAtMs: nowMs }
    this.#entries.set(address, { mac, state, ...times, isOver: false })
    return this.#join(address, mac, isRouter, nowMs)
  }

  #renew(known: Entry, entry: NeighbourEntry, nowMs: number): readonly Sighting[] {
    const { address, state, isRouter } = entry
    known.seenAtMs = nowMs
    const holder = this.#holders.get(known.mac)
    if (holder && isRouter) holder.count.isRouter = true
    const before = known.state
    known.state = state === 'reachable' ? 'reachable' : 'stale'
    if (known.isOver) {
      // What was stale all the time is no news.
      if (known.state === 'stale' && before === 'stale') return NOTHING
      known.isOver = false
      return this.#join(address, known.mac, isRouter, nowMs)
    }
    const againMs = NEIGHBOUR_LIMITS.reachableMs * TOLD_AGAIN_AFTER
    const isDue = known.state === 'reachable' && nowMs - known.toldAtMs >= againMs
    return before !== known.state || isDue ? this.#tell(address, nowMs) : NOTHING
  }

  /** The address is the MAC's from now on. */
  #join(address: string, mac: MacAddress, isRouter: boolean, nowMs: number): readonly Sighting[] {
    const holder = this.#holders.get(mac) ?? {
      count: new AddressCount(),
      addresses: new Set(),
      isMany: false,
    }
    this.#holders.set(mac, holder)
    holder.addresses.add(address)
    holder.count.add(address)
    if (isRouter) holder.count.isRouter = true
    if (holder.isMany || !holder.count.isMany) return this.#tell(address, nowMs)
    const others = [...holder.addresses].filter((one) => one !== address)
    const gone = others.flatMap((one) => this.#goneOf(one, mac))
    holder.isMany = true
    this.#onMany(mac)
    return [...gone, ...this.#tell(address, nowMs)]
  }

  #tell(address: string, nowMs: number): readonly Sighting[] {
    const entry = this.#entries.get(address)
    if (!entry) return NOTHING
    const { mac } = entry
    const lastsMs =
      entry.state === 'reachable' ? NEIGHBOUR_LIMITS.reachableMs : NEIGHBOUR_LIMITS.staleMs
    entry.toldAtMs = nowMs
    entry.untilMs = nowMs + lastsMs
    if (this.#holders.get(mac)?.isMany) return NOTHING
    this.counts.told += 1
    return [{ kind: 'address-seen', source: 'neighbour', mac, address, lastsMs }]
  }

  #drop(address: string): readonly Sighting[] {
    const entry = this.#entries.get(address)
    if (!entry) return NOTHING
    this.#entries.delete(address)
    if (entry.isOver) return NOTHING
    const gone = this.#goneOf(address, entry.mac)
    this.#leave(address, entry.mac)
    return gone
  }

  #goneOf(address: string, mac: MacAddress): readonly Sighting[] {
    if (this.#holders.get(mac)?.isMany) return NOTHING
    this.counts.gone += 1
    return [{ kind: 'address-gone', source: 'neighbour', mac, address }]
  }

  #leave(address: string, mac: MacAddress): void {
    const holder = this.#holders.get(mac)
    if (!holder) return
    holder.addresses.delete(address)
    holder.count.remove(address)
    if (holder.addresses.size === 0) this.#holders.delete(mac)
  }
}
