import { nameToWire } from '#rules/domain-name.ts'
import { type BlockVerdict, NO_ENTRY, NO_LIST } from '#rules/verdict.ts'
import { lengthOf } from '#wire/name.ts'
import type { ReadyRebinding, ReadyZone } from './policy/ready-config.ts'

/** What comes of a public name with a private address. */
export const REBINDING: BlockVerdict = Object.freeze({
  kind: 'block',
  reason: 'rebinding',
  category: undefined,
  list: NO_LIST,
  entry: NO_ENTRY,
})

/**
 * Which names may have private addresses. The name that was asked counts, not the one that owns the address: a page at
 * a foreign name is not to reach a machine of the site, and it would if the foreign name led to an allowed one.
 */
export class Rebinding {
  readonly #isOn: boolean
  readonly #zones: ReadonlySet<string>

  /** By zone that has upstreams of its own: whether they may have private addresses. */
  readonly #ownUpstreams: ReadonlyMap<string, boolean>

  constructor({ enabled, allowZones }: ReadyRebinding, zones: readonly ReadyZone[] = []) {
    this.#isOn = enabled
    this.#zones = new Set(allowZones.map((zone) => latin1(nameToWire(zone), 0)))
    this.#ownUpstreams = new Map(
      zones.map(({ zone, allowPrivate }) => [latin1(nameToWire(zone), 0), allowPrivate]),
    )
  }

  /** Whether the lower-cased wire name may lead to a private address. */
  allows(name: Uint8Array): boolean {
    if (!this.#isOn) return true
    if (this.#zones.size + this.#ownUpstreams.size === 0) return false
    // Of zones within one another the inner one says what its upstreams may.
    let isOwn: boolean | undefined
    for (let at = 0; name[at] !== 0; at += name[at]! + 1) {
      const above = latin1(name, at)
      if (this.#zones.has(above)) return true
      isOwn ??= this.#ownUpstreams.get(above)
    }
    return isOwn ?? false
  }
}

function latin1(name: Uint8Array, start: number): string {
  return String.fromCharCode(...name.subarray(start, start + lengthOf(name, start)))
}
