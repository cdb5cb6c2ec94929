import type { IdentitySource, Known } from '#domain/identity.ts'
import { isRandomMac, type MacAddress } from '#domain/mac-address.ts'
import type { ReadyDevice, ReadyIdentity } from '../policy/ready-identity.ts'
import { cleanText } from './clean-text.ts'
import { RANDOM_MAC_MAX } from './confidence-rules.ts'
import { atMost, factKnown, nameKnown } from './identity.ts'
import type { Place } from './session-book.ts'
import type { OwnerKnown } from './sighting.ts'

type Owner = OwnerKnown & { readonly sinceSeconds: number }

/** What is written down of a device: in the configuration, or in the list of owners. */
export interface WrittenFacts {
  readonly name: Known | undefined
  readonly user: Known | undefined
  readonly group: Known | undefined
}

/** Devices that somebody has written down. What the configuration says comes before what was imported. */
export class KnownDevices {
  readonly #max: number
  #configured: ReadonlyMap<string, ReadyDevice> = new Map()
  /** When the present configuration came. */
  #configuredSeconds = 0
  readonly #owners = new Map<MacAddress, Owner>()
  /** Owners that found no room. */
  refused = 0

  constructor(max: number) {
    this.#max = max
  }

  get owners(): number {
    return this.#owners.size
  }

  /** Answers the keys of all devices of the configuration before and of this one, and of all whose user is known: his group may be another. */
  use({ devices }: ReadyIdentity, wallSeconds: number): readonly string[] {
    const before = this.#configured
    this.#configured = new Map(
      devices.flatMap((device) => keysOf(device).map((key) => [key, device] as const)),
    )
    this.#configuredSeconds = wallSeconds
    const owned = [...this.#owners.values()].filter(({ user }) => user !== undefined)
    return [...before.keys(), ...this.#configured.keys(), ...owned.map(({ mac }) => mac)]
  }

  own(owner: OwnerKnown, sinceSeconds: number): readonly string[] {
    if (!this.#owners.has(owner.mac) && this.#owners.size >= this.#max) {
      this.refused++
      return []
    }
    this.#owners.set(owner.mac, {
      ...owner,
      name: owner.name && cleanText(owner.name),
      user: owner.user && cleanText(owner.user),
      sinceSeconds,
    })
    return [owner.mac]
  }

  disown(mac: MacAddress): readonly string[] {
    return this.#owners.delete(mac) ? [mac] : []
  }

  forget(source: IdentitySource): readonly string[] {
    const gone = [...this.#owners.values()].filter((one) => one.source === source)
    for (const { mac } of gone) this.#owners.delete(mac)
    return gone.map(({ mac }) => mac)
  }

  /** The MAC that the configuration puts at an address. */
  macAt(address: string): MacAddress | undefined {
    return this.#configured.get(address)?.mac
  }

  get configuredSeconds(): number {
    return this.#configuredSeconds
  }

  /** What is written of the device at a place, item by item. */
  factsOf(place: Place): WrittenFacts {
    const device = this.#deviceAt(place)
    const owner = place.mac === undefined ? undefined : this.#owners.get(place.mac)
    return {
      name: this.#said(device?.name, nameKnown) ?? ownerSaid(owner?.name, owner, nameKnown),
      user: this.#said(device?.user, factKnown) ?? ownerSaid(owner?.user, owner, factKnown),
      group: this.#said(device?.group, factKnown) ?? ownerSaid(owner?.group, owner, factKnown),
    }
  }

  /** The device that asks by an endpoint that only it was given. */
  byEndpoint(endpoint: string): ReadyDevice | undefined {
    const device = this.#configured.get(endpoint)
    return device?.endpoint === endpoint ? device : undefined
  }

  /** Devices of some people, by their keys; names in lower case. */
  keysOfUsers(users: ReadonlySet<string>): readonly string[] {
    const isTheirs = ({ user }: { readonly user?: string | undefined }): boolean =>
      user !== undefined && users.has(user.toLowerCase())
    return [
      ...[...this.#owners.values()].filter(isTheirs).map(({ mac }) => mac),
      ...[...this.#configured].filter(([, device]) => isTheirs(device)).map(([key]) => key),
    ]
  }

  #said(value: string | undefined, say: typeof factKnown): Known | undefined {
    return value === undefined ? undefined : say(value, 'configured', this.#configuredSeconds)
  }

  /** By its MAC before its address: an address may be another's tomorrow. */
  #deviceAt({ address, mac }: Place): ReadyDevice | undefined {
    const ofMac = mac === undefined ? undefined : this.#configured.get(mac)
    if (ofMac) return ofMac
    const ofAddress = address === undefined ? undefined : this.#configured.get(address)
    // Where it names both, another device at its address is not it.
    const isOther = ofAddress?.mac !== undefined && mac !== undefined && ofAddress.mac !== mac
    return isOther ? undefined : ofAddress
  }
}

/** A list of owners knows devices by their MAC; one that a device made up may be another's tomorrow. */
function ownerSaid(
  value: string | undefined,
  owner: Owner | undefined,
  say: typeof factKnown,
): Known | undefined {
  if (value === undefined || !owner) return undefined
  const told = say(value, owner.source, owner.sinceSeconds)
  return isRandomMac(owner.mac) ? atMost(told, RANDOM_MAC_MAX) : told
}

function keysOf({ mac, address, endpoint }: ReadyDevice): readonly string[] {
  return [mac, address, endpoint].filter((key) => key !== undefined)
}
