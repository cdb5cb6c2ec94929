/** What the capture process tells the agent: summaries, never packets. Every text is hostile and cut to a limit by its sender. */
import type { MacAddress } from './mac-address.ts'

/** A device was seen. */
export interface DeviceSeen {
  readonly kind: 'device-seen'
  readonly by: 'arp' | 'nd' | 'dhcp' | 'mdns'
  readonly mac: MacAddress
  readonly address?: string
  readonly hostname?: string
  /** The parameter request list of DHCP (option 55), as numbers with commas, and the vendor class (option 60). */
  readonly fingerprint?: string
  readonly vendorClass?: string
}

/** Ways round the filter that can be seen on the wire. */
export const WIRE_WAYS = ['dns', 'dot', 'doh', 'vpn', 'tor'] as const
export type WireWay = (typeof WIRE_WAYS)[number]
/** By what it was recognised. */
export const WIRE_SIGNS = [
  'port-53',
  'port-853',
  'tls-name',
  'quic-name',
  'known-address',
  'wireguard',
  'openvpn',
  'ipsec',
  'tor-relay',
] as const
export type WireSign = (typeof WIRE_SIGNS)[number]

/** A device talks to somebody who answers names, or carries traffic, past the filter. Told at the first packet, then at most once in ten seconds. */
export interface WentElsewhere {
  readonly kind: 'went-elsewhere'
  readonly way: WireWay
  readonly sign: WireSign
  readonly mac?: MacAddress
  /** The device's. */
  readonly address: string
  readonly server: string
  readonly port: number
  /** The server's name where the device told it in clear. */
  readonly name?: string
  /** Packets since it was last told. */
  readonly packets: number
}

/** Somebody plays a part in the network that is not theirs, as far as the configuration says. */
export interface RogueServerSeen {
  readonly kind: 'rogue-server-seen'
  readonly part: 'dhcp' | 'router'
  readonly mac: MacAddress
  readonly address: string
  /** What it hands out: its resolvers, its prefix. */
  readonly detail: string
}

/** Sums since the process started. */
export interface CaptureTally {
  readonly kind: 'capture-tally'
  readonly packets: number
  /** By the kernel, where the source knows. */
  readonly dropped: number
  readonly malformed: number
  /** Reports that found no room in the pipe. */
  readonly reportsDropped: number
  /** Sightings beyond the limits of the process's tables, and hellos that were not deciphered for want of time. */
  readonly turnedAway: number
}

/** The state of one interface's source. */
export interface SourceChanged {
  readonly kind: 'source-changed'
  readonly interface: string
  readonly source: 'cap' | 'tcpdump' | 'file'
  readonly state: 'running' | 'down'
  readonly detail: string
}

export type CaptureReport =
  | DeviceSeen
  | WentElsewhere
  | RogueServerSeen
  | CaptureTally
  | SourceChanged
