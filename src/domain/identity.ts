/** Who is behind an address, and how sure that is. */
import type { MacAddress } from './mac-address.ts'

/** What a fact about a device or a user comes from. Labels of metrics, so the set is closed. */
export const IDENTITY_SOURCES = [
  'configured', // stands in the configuration
  'radius', // RADIUS accounting (RFC 2866)
  'edns', // a declared forwarder's EDNS option
  'endpoint', // the name of DoT or the path of DoH that only this device was given
  'owners', // the import of device owners
  'directory', // which groups a person is in (LDAP)
  'lease', // a DHCP server's lease file
  'neighbour', // the kernel's ARP and neighbour tables
  'capture', // seen on the wire
  'mdns',
  'reverse-dns',
  'network', // only where it is
] as const
export type IdentitySource = (typeof IDENTITY_SOURCES)[number]

/** How sure it is, in words for people; the limits are in percent. An alert names no child below `strong`. */
export const CONFIDENCE_BANDS = { certain: 90, strong: 70, fair: 40, weak: 1, none: 0 } as const
export type ConfidenceBand = keyof typeof CONFIDENCE_BANDS

/** Of a confidence in percent. */
export function confidenceBand(percent: number): ConfidenceBand {
  if (percent >= CONFIDENCE_BANDS.certain) return 'certain'
  if (percent >= CONFIDENCE_BANDS.strong) return 'strong'
  if (percent >= CONFIDENCE_BANDS.fair) return 'fair'
  return percent >= CONFIDENCE_BANDS.weak ? 'weak' : 'none'
}

/** One thing that is known, where from, and how sure it is (percent). Text is hostile. */
export interface Known<T extends string = string> {
  readonly value: T
  readonly source: IdentitySource
  readonly confidence: number
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** What a device says of itself when it asks DHCP for an address. Hostile text, and no proof: it says what it likes. */
export interface DhcpSaid {
  /** Option 60, `MSFT 5.0`. */
  readonly vendorClass?: string
  /** Numbers of the options that it asks for, with commas (option 55): systems differ in which, and in what order. */
  readonly fingerprint?: string
}

/** A device as far as it is known, for whoever looks at the box. */
export interface DeviceFacts {
  /** Its MAC where one is known, else its address: stable while the box knows the device. */
  readonly id: string
  readonly mac?: MacAddress
  readonly isRandomMac: boolean
  /** Newest first. */
  readonly addresses: readonly string[]
  readonly name?: Known
  readonly user?: Known
  readonly group: Known
  /** By its MAC, from the IEEE's list. */
  readonly vendor?: string
  readonly dhcp?: DhcpSaid
  /** Milliseconds since the epoch. */
  readonly firstSeenAt: number
  readonly lastSeenAt: number
}
