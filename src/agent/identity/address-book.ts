import type { IdentitySource } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import { DEVICE_CONFIDENCE, DISPUTED_MAX } from './confidence-rules.ts'
import { type Expiring, ExpiringMap } from './expiring-map.ts'
import type { Moment } from './moment.ts'
import { Several } from './several.ts'

/** Sources that see the device itself; the others have it on paper. */
const LIVE_SOURCES: ReadonlySet<IdentitySource> = new Set(['neighbour', 'capture', 'edns'])

/** An address that goes from one device to another and back within this time is fought over. */
const FLAPPING_MS = 60_000

/** That a device has the address, by one source. */
interface Binding extends Expiring {
  readonly mac: MacAddress
  readonly source: IdentitySource
  /** When this source first said so. */
  readonly sinceSeconds: number
  readonly seenMs: number
}

/** What went on at an address that changed hands. */
interface Unrest {
  /** The device before the present one, and when it changed: how flapping is known. */
  readonly previous: MacAddress
  readonly changedMs: number
  readonly disputedUntilMs: number
}

interface AddressRecord extends Expiring {
  /** The one string that stands for it in all books. */
  readonly address: string
  /** One a source, of which most addresses have one. */
  readonly bindings: Binding | readonly Binding[]
  readonly unrest: Unrest | undefined
}

/** Which device has an address, and how sure that is. */
export interface BoundDevice {
  readonly mac: MacAddress
  readonly source: IdentitySource
  readonly confidence: number
  readonly sinceSeconds: number
  /** Sources say different things, or it goes to and fro. */
  readonly isDisputed: boolean
}

/** Where no more than one source speaks. */
export function boundBy(
  source: IdentitySource,
  mac: MacAddress,
  sinceSeconds: number,
): BoundDevice {
  const confidence = DEVICE_CONFIDENCE[source]
  return { mac, source, confidence, sinceSeconds, isDisputed: false }
}

/** A device that was seen at an address. */
export interface SeenDevice {
  readonly mac: MacAddress
  readonly source: IdentitySource
  readonly lastsMs: number
}

/**
 * Address -> device, as told by several sources. What is seen counts before what stands on paper, the newest of each before the
 * older; where paper and wire name different devices, or two devices fight over an address, the wire's newest counts but is disputed.
 */
export class AddressBook {
  readonly #records: ExpiringMap<string, AddressRecord>
  /** Last seen, last in order. */
  readonly #ofMac = new Several<MacAddress, string>()

  constructor(max: number) {
    this.#records = new ExpiringMap(max)
  }

  get size(): number {
    return this.#records.size
  }

  get crowdedOut(): number {
    return this.#records.crowdedOut
  }

  /** Notes that a device has an address; answers the address that made room for it, if any did. */
  see(address: string, { mac, source, lastsMs }: SeenDevice, moment: Moment): string | undefined {
    const { nowMs, wallSeconds } = moment
    const record = this.#records.get(address, nowMs)
    const bindings = bindingsOf(record)
    const before = bindings.find((one) => one.source === source)
    const sinceSeconds = before?.mac === mac ? before.sinceSeconds : wallSeconds
    const made: Binding = { mac, source, sinceSeconds, seenMs: nowMs, expiresMs: nowMs + lastsMs }
    const others = bindings.filter((one) => one !== before)
    const hasMoved = before && before.mac !== mac
    const unrest = hasMoved ? unrestAfter(before, mac, record?.unrest, nowMs) : record?.unrest
    return this.#keep(record?.address ?? address, others.concat(made), unrest)
  }

  /** The string by which an address is kept, where it is. */
  canonical(address: string): string {
    return this.#records.get(address, 0)?.address ?? address
  }

  /** A source says that a device has the address no longer. */
  release(address: string, mac: MacAddress, source: IdentitySource, nowMs: number): void {
    const record = this.#records.get(address, nowMs)
    const bindings = bindingsOf(record)
    const left = bindings.filter((one) => one.source !== source || one.mac !== mac)
    if (left.length < bindings.length) this.#keep(address, left, record?.unrest)
  }

  /** All that a source has said is void; answers the addresses that it was said of. */
  forget(source: IdentitySource, nowMs: number): readonly string[] {
    const told = [...this.#records.entries(nowMs)].filter(([, record]) =>
      bindingsOf(record).some((one) => one.source === source),
    )
    for (const [address, record] of told) {
      const left = bindingsOf(record).filter((one) => one.source !== source)
      this.#keep(address, left, record.unrest)
    }
    return told.map(([address]) => address)
  }

  deviceOf(address: string, nowMs: number): BoundDevice | undefined {
    const record = this.#records.get(address, nowMs)
    if (!record) return undefined
    const bindings = bindingsOf(record).filter(({ expiresMs }) => expiresMs > nowMs)
    const [first, ...others] = bindings.length > 1 ? bindings.toSorted(byWeight) : bindings
    if (!first) return undefined
    const { mac, source, sinceSeconds } = first
    const { disputedUntilMs = 0 } = record.unrest ?? {}
    const isDisputed = nowMs < disputedUntilMs || others.some((one) => contradicts(first, one))
    const sure = DEVICE_CONFIDENCE[source]
    const confidence = isDisputed ? Math.min(sure, DISPUTED_MAX) : sure
    return { mac, source, confidence, sinceSeconds, isDisputed }
  }

  /** Whether a source that sees devices themselves has seen one there. */
  isLive(address: string, nowMs: number): boolean {
    return bindingsOf(this.#records.get(address, nowMs)).some(
      ({ source, expiresMs }) => LIVE_SOURCES.has(source) && expiresMs > nowMs,
    )
  }

  /** Addresses of a device, the last seen first. */
  addressesOf(mac: MacAddress, nowMs: number): readonly string[] {
    return this.#ofMac
      .of(mac)
      .filter((one) => this.deviceOf(one, nowMs)?.mac === mac)
      .toReversed()
  }

  /** Forgets what is over; answers the addresses of which less, or something else, is known now. */
  expire(nowMs: number): readonly string[] {
    const touched: string[] = []
    this.#records.expire(nowMs, (record, address) => {
      touched.push(address)
      for (const { mac } of bindingsOf(record)) this.#ofMac.delete(mac, address)
    })
    // What is kept anew comes last again, so that the end would not come.
    const records = [...this.#records.entries(nowMs)]
    for (const [address, record] of records) {
      const bindings = bindingsOf(record)
      const left = bindings.filter(({ expiresMs }) => expiresMs > nowMs)
      const { disputedUntilMs = 0 } = record.unrest ?? {}
      const isPeace = disputedUntilMs > 0 && disputedUntilMs <= nowMs
      if (left.length === bindings.length && !isPeace) continue
      const unrest =
        record.unrest && isPeace ? { ...record.unrest, disputedUntilMs: 0 } : record.unrest
      this.#keep(address, left, unrest)
      touched.push(address)
    }
    return touched
  }

  #keep(
    address: string,
    bindings: readonly Binding[],
    unrest: Unrest | undefined,
  ): string | undefined {
    // Also of what is over but not forgotten yet.
    const before = bindingsOf(this.#records.get(address, 0))
    const expiresMs = Math.max(0, ...bindings.map((one) => one.expiresMs))
    const [only] = bindings
    const kept = only && bindings.length === 1 ? only : bindings
    const record = { address, bindings: kept, unrest, expiresMs }
    const [crowded, gone] = this.#records.set(address, record) ?? []
    if (crowded !== undefined) this.#unlist(crowded, bindingsOf(gone), [])
    this.#unlist(address, before, bindings)
    for (const { mac } of bindings) this.#ofMac.add(mac, address)
    return crowded
  }

  #unlist(address: string, before: readonly Binding[], left: readonly Binding[]): void {
    for (const { mac } of before)
      if (!left.some((one) => one.mac === mac)) this.#ofMac.delete(mac, address)
  }
}

function bindingsOf(record: AddressRecord | undefined): readonly Binding[] {
  const { bindings = [] } = record ?? {}
  return 'mac' in bindings ? [bindings] : bindings
}

/** One change is a move; back again soon is a fight, where the device was seen and not only written down. */
function unrestAfter(
  { mac: previous, source }: Binding,
  to: MacAddress,
  before: Unrest | undefined,
  nowMs: number,
): Unrest {
  const isBack = before?.previous === to && nowMs - before.changedMs < FLAPPING_MS
  const disputedUntilMs =
    isBack && LIVE_SOURCES.has(source) ? nowMs + FLAPPING_MS : (before?.disputedUntilMs ?? 0)
  return { previous, changedMs: nowMs, disputedUntilMs }
}

/** Live before paper, then the newest. */
function byWeight(a: Binding, b: Binding): number {
  const live = Number(LIVE_SOURCES.has(b.source)) - Number(LIVE_SOURCES.has(a.source))
  return live === 0 ? b.seenMs - a.seenMs : live
}

/** What the wire shows is not what was handed out: somebody took the address. */
function contradicts(first: Binding, other: Binding): boolean {
  return (
    first.mac !== other.mac && LIVE_SOURCES.has(first.source) && !LIVE_SOURCES.has(other.source)
  )
}
