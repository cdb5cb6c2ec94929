/** What goes round the filter, as events: one for each device and hour, and one for each stranger that plays a server. */
import type { EventClient } from './event.ts'
import type { MacAddress } from './mac-address.ts'

/** How much it matters, the least first. */
export const BYPASS_GRADES = ['low', 'medium', 'high'] as const
export type BypassGrade = (typeof BYPASS_GRADES)[number]

/**
 * What was noticed of a device. The first three are lookups that were blocked; those that end in `-elsewhere` and `-used` were seen on the wire;
 * the two `-after-block` say which of those began within ten minutes of a blocked lookup.
 */
export const BYPASS_SIGNS = [
  'doh-looked-up',
  'vpn-looked-up',
  'proxy-looked-up',
  'dns-elsewhere',
  'dot-elsewhere',
  'doh-elsewhere',
  'vpn-used',
  'tor-used',
  'fell-silent',
  'looked-up-after-block',
  'used-after-block',
] as const
export type BypassSign = (typeof BYPASS_SIGNS)[number]

/** Samples of one event: over all of its signs, and the length of each. */
export const BYPASS_SAMPLES_MAX = 12
export const BYPASS_SAMPLE_CHARS_MAX = 100

/** What gave a grade. The ids stand in events: for ever. */
export type BypassReason =
  | 'tunnel' // it sends through a VPN or Tor
  | 'way-after-block' // it took another way within ten minutes of a blocked lookup
  | 'tunnel-tried' // it tried to reach a VPN or Tor
  | 'encrypted-elsewhere' // it asks another resolver over an encrypted connection
  | 'dns-elsewhere' // it asks another resolver again and again
  | 'search' // it looked up many VPNs or web proxies
  | 'search-after-block' // it looked up VPNs or web proxies within ten minutes of a blocked lookup
  | 'silent-and-elsewhere' // it has stopped asking here and asks elsewhere
  | 'single-sign' // devices do so by themselves as well

/** One sign with what there is to show for it. */
export interface BypassEvidence {
  readonly sign: BypassSign
  /** Lookups or packets. */
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly firstAt: number
  readonly lastAt: number
  /** Servers and names: hostile text, few, cut. */
  readonly samples: readonly string[]
}

/** Signs that one device goes round the filter, within one hour from the first of them. */
export interface BypassNoticed {
  readonly kind: 'bypass-noticed'
  readonly group: string
  readonly client: EventClient
  readonly mac?: MacAddress
  readonly grade: BypassGrade
  /** A `BypassReason`, or one that only a newer box knows. */
  readonly rule: string
  /** At most one for each sign. */
  readonly evidence: readonly BypassEvidence[]
  readonly firstAt: number
  readonly lastAt: number
}

/** A device hands out addresses, or says that it is the router, and is not among those that the configuration knows. Of one and the same: one in an hour. */
export interface RogueServerNoticed {
  readonly kind: 'rogue-server-seen'
  readonly part: 'dhcp' | 'router'
  readonly mac: MacAddress
  readonly address: string
  /** What it hands out; hostile text, cut. */
  readonly detail: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** What the last hour says of one device, for pages that list devices. */
export interface BypassFacts {
  /** As in `DeviceFacts`. */
  readonly id: string
  readonly grade: BypassGrade
  readonly ways: readonly string[]
  readonly lastAt: number
}
