import type { BypassSign } from '#domain/bypass-event.ts'
import type { WireSign, WireWay } from '#domain/capture-report.ts'
import type { MacAddress } from '#domain/mac-address.ts'
import type { CategoryId } from '#rules/category-ids.ts'

/** One sign of a device, as it comes. */
export interface BypassSignal {
  readonly sign: BypassSign
  /** The device's. */
  readonly address: string
  readonly mac?: MacAddress | undefined
  /** Where it is known already. */
  readonly group?: string | undefined
  /** Lookups or packets. */
  readonly count: number
  /** A name or a server, for people; hostile text. */
  readonly sample: string
  /** By what it was recognised on the wire. */
  readonly seenBy?: WireSign | undefined
  /** Whom it spoke to, on the wire. */
  readonly server?: string | undefined
}

/** Whose a signal is. */
export interface BypassDevice {
  /** Its MAC where one is known, else its address. */
  readonly id: string
  readonly group: string
  readonly mac?: MacAddress | undefined
  /** Hostile text. */
  readonly name?: string | undefined
}

export const SIGN_OF_WAY: Readonly<Record<WireWay, BypassSign>> = {
  dns: 'dns-elsewhere',
  dot: 'dot-elsewhere',
  doh: 'doh-elsewhere',
  vpn: 'vpn-used',
  tor: 'tor-used',
}

export const SIGN_OF_CATEGORY: ReadonlyMap<string, BypassSign> = new Map([
  ['bypass.doh', 'doh-looked-up'],
  ['bypass.vpn', 'vpn-looked-up'],
  ['bypass.proxy', 'proxy-looked-up'],
])

/** The category that a group must be denied for a way on the wire to be a sign: who may use a VPN goes round nothing. */
export const CATEGORY_OF_WAY: Readonly<Record<WireWay, CategoryId>> = {
  dns: 'bypass.doh',
  dot: 'bypass.doh',
  doh: 'bypass.doh',
  vpn: 'bypass.vpn',
  tor: 'bypass.vpn',
}

/** Seen on the wire, where a lookup has only been asked for. */
export function isOnWire(sign: BypassSign): boolean {
  return Object.values(SIGN_OF_WAY).includes(sign)
}
