import type { DhcpSaid, IdentitySource, Known } from '#domain/identity.ts'
import { isRandomMac, type MacAddress } from '#domain/mac-address.ts'
import type { BoundDevice } from './address-book.ts'
import type { ChosenGroup } from './choose-group.ts'
import {
  DEVICE_CONFIDENCE,
  DISPUTED_MAX,
  NAME_CONFIDENCE,
  RANDOM_MAC_MAX,
} from './confidence-rules.ts'

/** Who asks, joined from all that is known. */
export interface Identity {
  readonly mac: MacAddress | undefined
  readonly isRandomMac: boolean
  readonly device: Known<MacAddress> | undefined
  readonly name: Known | undefined
  readonly user: Known | undefined
  /** Another group than that of the network. */
  readonly group: ChosenGroup | undefined
  /** How sure it is who asks: the user where there is one, else the device; 0 where nothing is known. */
  readonly confidence: number
  /** Sources say different things of the address, or two devices fight over it. */
  readonly isDisputed: boolean
  readonly dhcp?: DhcpSaid
}

export const NOT_KNOWN: Identity = {
  mac: undefined,
  isRandomMac: false,
  device: undefined,
  name: undefined,
  user: undefined,
  group: undefined,
  confidence: 0,
  isDisputed: false,
}

export function known<T extends string>(
  value: T,
  source: IdentitySource,
  confidence: number,
  sinceSeconds: number,
): Known<T> {
  return { value, source, confidence, since: sinceSeconds * 1000 }
}

/** The device at an address; one that made up its own MAC may be another tomorrow. */
export function deviceKnown(bound: BoundDevice): Known<MacAddress> {
  const { mac, source, confidence, sinceSeconds } = bound
  const most = isRandomMac(mac) ? RANDOM_MAC_MAX : 100
  return known(mac, source, Math.min(confidence, most), sinceSeconds)
}

/** What a source says of a device's user or group. */
export function factKnown(value: string, source: IdentitySource, sinceSeconds: number): Known {
  return known(value, source, DEVICE_CONFIDENCE[source], sinceSeconds)
}

/** What a source says a device is called. */
export function nameKnown(value: string, source: IdentitySource, sinceSeconds: number): Known {
  return known(value, source, NAME_CONFIDENCE[source], sinceSeconds)
}

/** A fact that is no more than a guess where it is disputed to whom it belongs. */
export function ifDisputed(fact: Known | undefined, isDisputed: boolean): Known | undefined {
  return fact && isDisputed ? atMost(fact, DISPUTED_MAX) : fact
}

/** A fact that can be no surer than so many percent. */
export function atMost<T extends string>(fact: Known<T>, percent: number): Known<T> {
  return { ...fact, confidence: Math.min(fact.confidence, percent) }
}
