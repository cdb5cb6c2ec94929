import type { DhcpSaid } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'

/** When a device, or an address of none that is known, was there: wall time, whole seconds. */
export interface DeviceRecord {
  /** The one string that stands for it in the whole table. */
  readonly id: string
  readonly firstSeconds: number
  lastSeconds: number
}

/** A device by its MAC. */
export interface MacRecord extends DeviceRecord {
  readonly id: MacAddress
  dhcp?: DhcpSaid
}

/** What has not been seen for so long is forgotten. */
const FORGOTTEN_AFTER_SECONDS = 30 * 86_400

/** Devices by their MAC, and addresses that ask and belong to none of them. The one not seen for longest makes room. */
export class DeviceBook {
  readonly #max: number
  readonly #devices = new Map<MacAddress, MacRecord>()
  readonly #addresses = new Map<string, DeviceRecord>()
  /** What was forgotten before its time because there was too much. */
  crowdedOut = 0

  /** So many of each are kept. */
  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#devices.size
  }

  /** Answers the MAC as the one string that all books are to keep. */
  see(mac: MacAddress, atSeconds: number): MacAddress {
    const { id } = this.#devices.get(mac) ?? { id: mac }
    this.#note(this.#devices, id, { id, firstSeconds: atSeconds, lastSeconds: atSeconds })
    return id
  }

  /** It was seen, and has said this of itself. */
  seeDhcp(mac: MacAddress, said: DhcpSaid, atSeconds: number): void {
    this.see(mac, atSeconds)
    const record = this.#devices.get(mac)
    if (record) record.dhcp = said
  }

  /** The string by which a device is kept, where it is. */
  canonical(mac: MacAddress): MacAddress {
    return this.#devices.get(mac)?.id ?? mac
  }

  /** Somebody asks from an address of which no device is known. */
  seeAddress(id: string, atSeconds: number): void {
    this.#note(this.#addresses, id, { id, firstSeconds: atSeconds, lastSeconds: atSeconds })
  }

  /** It has turned out whose the address is. */
  dropAddress(address: string): void {
    this.#addresses.delete(address)
  }

  expire(nowSeconds: number): void {
    forgetBefore(this.#devices, nowSeconds - FORGOTTEN_AFTER_SECONDS)
    forgetBefore(this.#addresses, nowSeconds - FORGOTTEN_AFTER_SECONDS)
  }

  recordOf(mac: MacAddress): MacRecord | undefined {
    return this.#devices.get(mac)
  }

  devices(): Iterable<MacRecord> {
    return this.#devices.values()
  }

  addresses(): Iterable<DeviceRecord> {
    return this.#addresses.values()
  }

  /** The last seen is the last in order, so that the first is the one to make room. */
  #note<K, R extends DeviceRecord>(records: Map<K, R>, key: K, made: R): void {
    const record = records.get(key) ?? made
    record.lastSeconds = made.lastSeconds
    records.delete(key)
    records.set(key, record)
    if (records.size <= this.#max) return
    const [first] = records.keys()
    if (first === undefined) return
    records.delete(first)
    this.crowdedOut++
  }
}

function forgetBefore<K>(records: Map<K, DeviceRecord>, atSeconds: number): void {
  for (const [key, { lastSeconds }] of records) {
    if (lastSeconds > atSeconds) return
    records.delete(key)
  }
}
