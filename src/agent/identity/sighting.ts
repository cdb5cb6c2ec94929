/** What a source has to tell of devices and people; each expires by itself. Text is hostile. */
import type { DhcpSaid, IdentitySource } from '#domain/identity.ts'
import type { MacAddress } from '#domain/mac-address.ts'

interface Told {
  readonly source: IdentitySource
}

/** A device has an address. */
export interface AddressSeen extends Told {
  readonly kind: 'address-seen'
  readonly mac: MacAddress
  /** In canonical text. */
  readonly address: string
  /** For so long from now it holds, unless it is seen again. */
  readonly lastsMs: number
}

/** It has it no longer: released, or another's. */
export interface AddressGone extends Told {
  readonly kind: 'address-gone'
  readonly mac: MacAddress
  readonly address: string
}

/** A device goes by a name: of its MAC, or of its address where that is all there is. */
export interface NameSeen extends Told {
  readonly kind: 'name-seen'
  readonly of: DeviceKey
  readonly name: string
  readonly lastsMs: number
}

/** A device has asked DHCP for an address; what it says of itself holds until it says otherwise, or is forgotten. */
export interface DhcpSeen extends Told {
  readonly kind: 'dhcp-seen'
  readonly mac: MacAddress
  readonly said: DhcpSaid
}

/** A person has logged on, or is still there. At least one of `mac` and `address` is known. */
export interface LoggedOn extends Told {
  readonly kind: 'logged-on'
  readonly user: string
  /** Unique among all sessions, whatever the source. */
  readonly session: string
  readonly mac?: MacAddress | undefined
  readonly addresses: readonly string[]
  readonly lastsMs: number
}

export interface LoggedOff extends Told {
  readonly kind: 'logged-off'
  readonly session: string
}

/** Whose a device is, for good: until an import leaves it out. */
export interface OwnerKnown extends Told {
  readonly kind: 'owner-known'
  readonly mac: MacAddress
  readonly name?: string | undefined
  readonly user?: string | undefined
  readonly group?: string | undefined
}

/** An import has left it out. */
export interface OwnerGone extends Told {
  readonly kind: 'owner-gone'
  readonly mac: MacAddress
}

/** All that `source` has told before is void. */
export interface Forgotten extends Told {
  readonly kind: 'forgotten'
}

/** What is known of a user in the directory. */
export interface UserKnown extends Told {
  readonly kind: 'user-known'
  readonly user: string
  /** Directory groups, as the directory names them; few, cut to those that the configuration asks for. */
  readonly memberOf: readonly string[]
  readonly lastsMs: number
}

/** By what a name or a query's sender can be known. */
export type DeviceKey =
  | { readonly kind: 'mac'; readonly mac: MacAddress }
  | { readonly kind: 'address'; readonly address: string }

export type Sighting =
  | AddressSeen
  | AddressGone
  | NameSeen
  | DhcpSeen
  | LoggedOn
  | LoggedOff
  | OwnerKnown
  | OwnerGone
  | UserKnown
  | Forgotten

/** Takes note at once; never throws, never waits. */
export type TellSighting = (sighting: Sighting) => void

/** A running source of sightings. */
export interface IdentityFeed {
  readonly close: () => Promise<void>
}
