import type { IdentitySource, Known } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'
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
  /** Of the name of an address: the device that was there when it was told. */
  readonly holder: MacAddress | undefined
  /** Of other sources. */
  readonly next: Name | undefined
}

/** What devices are called, by MAC or by address; of several names that of the surest source counts. */
export class NameBook {
  readonly #names: ExpiringMap<string, Name>

  constructor(max: number) {
    this.#names = new ExpiringMap(max)
  }

  get crowdedOut(): number {
    return this.#names.crowdedOut
  }

  /** `holder`: of an address the device that has it, where that is known. */
  see(
    { of, name, source, lastsMs }: NameSeen,
    holder: MacAddress | undefined,
    { nowMs, wallSeconds }: Moment,
  ): void {
    const key = of.kind === 'mac' ? of.mac : of.address
    const names = chainOf(this.#names.get(key, nowMs))
    const before = names.find((one) => one.source === source)
    const sinceSeconds = before?.name === name ? before.sinceSeconds : wallSeconds
    const others = names.filter((one) => one !== before && one.expiresMs > nowMs)
    const expiresMs = nowMs + lastsMs
    const made = { name, source, sinceSeconds, holder, expiresMs, next: undefined }
    this.#keep(key, [...others, made])
  }

  /** The name of an address is not that of another device which has come there since. */
  nameOf({ address, mac }: Place, nowMs: number): Known | undefined {
    const names = [address, mac].flatMap((key) =>
      key === undefined ? [] : chainOf(this.#names.get(key, nowMs)),
    )
    const [best] = names
      .filter(({ expiresMs }) => expiresMs > nowMs)
      .filter(({ holder = mac }) => mac === undefined || holder === mac)
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
