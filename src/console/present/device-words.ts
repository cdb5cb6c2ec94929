import type { BypassGrade } from '#domain/bypass-event.ts'
import type { ConfidenceBand, IdentitySource } from '#domain/identity.ts'
import { plainText } from './plain-text.ts'
import type { Badge } from './severity-badge.ts'

interface BandWords {
  readonly badge: Badge
  /** What it means for whoever reads the page. */
  readonly meaning: string
}

const bands: Readonly<Record<ConfidenceBand, BandWords>> = {
  certain: {
    badge: { text: 'Certain', classes: 'edge-badge edge-badge--good' },
    meaning: 'as sure as a network can be',
  },
  strong: {
    badge: { text: 'Strong', classes: 'edge-badge edge-badge--good' },
    meaning: 'well known',
  },
  fair: {
    badge: { text: 'Fair', classes: 'edge-badge edge-badge--medium' },
    meaning: 'probably right',
  },
  weak: {
    badge: { text: 'Weak', classes: 'edge-badge edge-badge--low' },
    meaning: 'little more than a guess',
  },
  none: {
    badge: { text: 'Not known', classes: 'edge-badge edge-badge--low' },
    meaning: 'nothing tells who or what it is',
  },
}

const sources: Readonly<Record<IdentitySource, string>> = {
  configured: 'the configuration of the box',
  radius: 'a logon (RADIUS)',
  edns: 'a forwarder that is believed',
  endpoint: 'an encrypted address that only this device was given',
  owners: 'the import of device owners',
  directory: 'the directory of the school',
  lease: 'the DHCP server',
  neighbour: 'the address tables of the network',
  capture: 'what was seen on the wire',
  mdns: 'the device itself (mDNS)',
  'reverse-dns': 'reverse DNS',
  network: 'the network it is in',
}

const grades: Readonly<Record<BypassGrade, Badge>> = {
  low: { text: 'Low', classes: 'edge-badge edge-badge--low' },
  medium: { text: 'Medium', classes: 'edge-badge edge-badge--high' },
  high: { text: 'High', classes: 'edge-badge edge-badge--critical' },
}

const ways: ReadonlyMap<string, string> = new Map([
  ['dns', 'It asks another resolver.'],
  ['dot', 'It asks another resolver over TLS (port 853).'],
  ['doh', 'It asks another resolver over HTTPS.'],
  ['vpn', 'It uses a VPN.'],
  ['tor', 'It uses Tor.'],
])

/** Best first. */
export const BANDS: readonly ConfidenceBand[] = ['certain', 'strong', 'fair', 'weak', 'none']

export function bandBadge(band: ConfidenceBand): Badge {
  return bands[band].badge
}

/** Completes "it is known who uses this device: ...". */
export function bandMeaning(band: ConfidenceBand): string {
  return bands[band].meaning
}

/** Completes "known from ...". */
export function sourceWords(source: IdentitySource): string {
  return sources[source]
}

export function gradeBadge(grade: BypassGrade): Badge {
  return grades[grade]
}

/** A way round the filter as a sentence; one that we do not know keeps its own word. */
export function wayWords(way: string): string {
  return ways.get(way) ?? `Another way: ${plainText(way, 60)}.`
}
