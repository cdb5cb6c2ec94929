import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import { lengthOf } from '#wire/name.ts'

/** No zone holds the name. */
export const NO_ZONE = -1

/** Zones that upstreams of their own know. The longest that holds a name is the one that counts. */
export class ZoneTable {
  /** Wire form, the longest first. */
  readonly #zones: readonly { readonly wire: Uint8Array; readonly place: number }[]

  constructor(zones: readonly DomainName[]) {
    this.#zones = zones
      .map((zone, place) => ({ wire: nameToWire(zone), place }))
      .toSorted((a, b) => b.wire.length - a.wire.length)
  }

  get isEmpty(): boolean {
    return this.#zones.length === 0
  }

  /** The place in the configuration of the zone of the lower-cased wire name at `start`, or NO_ZONE. Does not allocate. */
  find(name: Uint8Array, start = 0): number {
    if (this.#zones.length === 0) return NO_ZONE
    const end = start + lengthOf(name, start)
    for (let i = 0; i < this.#zones.length; i++) {
      const { wire, place } = this.#zones[i]!
      if (endsWith(name, start, end, wire)) return place
    }
    return NO_ZONE
  }

  /** The same for a key of the answer cache, which begins with the name. */
  holdsKey(key: string): boolean {
    return this.#zones.length > 0 && this.find(Buffer.from(key, 'latin1')) !== NO_ZONE
  }

  /** Whether any of the names, one after the other, lies in another zone than `place`. */
  isLeft(names: Uint8Array, place: number): boolean {
    if (this.#zones.length === 0) return false
    for (let at = 0; at < names.length; at += lengthOf(names, at))
      if (this.find(names, at) !== place) return true
    return false
  }
}

/** Whether the name from `start` to `end` is the zone or lies below it: label by label, not byte by byte. */
function endsWith(name: Uint8Array, start: number, end: number, zone: Uint8Array): boolean {
  const zoneStart = end - zone.length
  if (zoneStart < start) return false
  for (let i = zone.length - 1; i >= 0; i--) if (name[zoneStart + i] !== zone[i]) return false
  let at = start
  while (at < zoneStart) at += name[at]! + 1
  return at === zoneStart
}
