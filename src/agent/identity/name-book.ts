import type { IdentitySource, Known } from '#domain/identity.ts'
import { NAME_CONFIDENCE } from './confidence-rules.ts'
import { type Expiring, ExpiringMap } from './expiring-map.ts'
import { nameKnown } from './identity.ts'
import type { Moment } from './moment.ts'
import type { Place } from './session-book.ts'
import type { NameSeen } from './sighting.ts'

interface Name extends Expiring {
  readonly name: string
  readonly source: IdentitySource
  readonly sinceSeconds: number
  /** When it was last told. */
  readonly toldSeconds: number
  /** Of other sources. */
  readonly next: Name | undefined
}

/** What devices are called, by MAC or by address; of several names that of the surest source counts. */
export class NameBook {
  readonly #names: ExpiringMap<string, Name>

  constructor(max: number) {
    this.#names = new ExpiringMap(max)
  }

  see({ of, name, source, lastsMs }: NameSeen, { nowMs, wallSeconds }: Moment): void {
    const key = of.kind === 'mac' ? of.mac : of.address
    const names = chainOf(this.#names.get(key, nowMs))
    const before = names.find((one) => one.source === source)
    const sinceSeconds = before?.name === name ? before.sinceSeconds : wallSeconds
    const others = names.filter((one) => one !== before && one.expiresMs > nowMs)
    const times = { sinceSeconds, toldSeconds: wallSeconds, expiresMs: nowMs + lastsMs }
    this.#keep(key, [...others, { name, source, ...times, next: undefined }])
  }

  /** A name of an address that has gone to another device since does not count. */
  nameOf({ address, mac, movedSeconds = 0 }: Place, nowMs: number): Known | undefined {
    const of = (key: string | undefined): readonly Name[] =>
      key === undefined ? [] : chainOf(this.#names.get(key, nowMs))
    const ofAddress = of(address).filter(({ toldSeconds }) => toldSeconds >= movedSeconds)
    const [best] = [...ofAddress, ...of(mac)]
      .filter(({ expiresMs }) => expiresMs > nowMs)
      .toSorted((a, b) => NAME_CONFIDENCE[b.source] - NAME_CONFIDENCE[a.source])
    return best && nameKnown(best.name, best.source, best.sinceSeconds)
  }

  forget(source: IdentitySource, nowMs: number): void {
    // What is kept anew comes last again, so that the end would not come.
    const all = [...this.#names.entries(nowMs)]
    for (const [key, first] of all) {
      const names = chainOf(first)
      const left = names.filter((one) => one.source !== source)
      if (left.length < names.length) this.#keep(key, left)
    }
  }

  expire(nowMs: number): void {
    this.#names.expire(nowMs, () => undefined)
  }

  /** The one that holds longest comes first, and keeps the others. */
  #keep(key: string, names: readonly Name[]): void {
    const chain = names
      .toSorted((a, b) => a.expiresMs - b.expiresMs)
      .reduce<Name | undefined>((next, name) => ({ ...name, next }), undefined)
    if (chain) this.#names.set(key, chain)
    else this.#names.delete(key)
  }
}

function chainOf(first: Name | undefined): readonly Name[] {
  const names: Name[] = []
  for (let name = first; name; name = name.next) names.push(name)
  return names
}
