import { TYPE } from '#wire/constants.ts'
import { isName, type OwnResolver } from './own-resolver.ts'
import { NO_ZONE, type ZoneTable } from './zone-table.ts'

/** What a name is for, where the RFCs reserve it (IANA "Special-Use Domain Names") or where it is this box's own. */
export type SpecialUse =
  | 'none'
  | 'localhost'
  | 'ipv4only'
  | 'resolver'
  | 'nonexistent'
  | 'own name'
  | 'own designations'

/** Whole top-level domains. `test` is not here: it is decided and forwarded like any name. */
const TOP_LEVEL: ReadonlyMap<string, SpecialUse> = new Map([
  ['localhost', 'localhost'], // RFC 6761 section 6.3
  ['invalid', 'nonexistent'], // RFC 6761 section 6.4
  ['onion', 'nonexistent'], // RFC 7686
  ['local', 'nonexistent'], // RFC 6762: multicast only
  ['alt', 'nonexistent'], // RFC 9476
])

/** Zones below `arpa`, without it: locally served (RFC 6303, RFC 7793) and others with a rule of their own. */
const BELOW_ARPA: ReadonlyMap<string, SpecialUse> = new Map<string, SpecialUse>([
  ['home', 'nonexistent'], // RFC 8375
  ['resolver', 'resolver'], // RFC 9462: designated resolvers are ours to name
  ['ipv4only', 'ipv4only'], // RFC 8880
  ...['0', '10', '127', '254.169', '168.192'].map(reverseIpv4),
  ...['2.0.192', '100.51.198', '113.0.203', '255.255.255.255'].map(reverseIpv4),
  ...Array.from({ length: 16 }, (_, i) => reverseIpv4(`${16 + i}.172`)),
  ...Array.from({ length: 64 }, (_, i) => reverseIpv4(`${64 + i}.100`)),
  ...['d.f', '8.e.f', '9.e.f', 'a.e.f', 'b.e.f', '8.b.d.0.1.0.0.2'].map(reverseIpv6),
  reverseIpv6(`${'0.'.repeat(31)}0`),
  reverseIpv6(`1.${'0.'.repeat(30)}0`),
])
const ARPA = 'arpa'
const LABELS_MAX = 128

/** What is answered here: names by their use, and questions of a type that no upstream should see. */
export type LocalUse = SpecialUse | 'any'

/** What the configuration says of names, beside what the RFCs do. */
export interface LocalNames {
  readonly own?: OwnResolver | undefined
  readonly zones: ZoneTable
}

/** Why a question is answered here and by nobody else, or `none`. */
export function localUseOf(
  name: Buffer,
  nameLength: number,
  type: number,
  { own, zones }: LocalNames,
): LocalUse {
  if (type === TYPE.ANY) return 'any'
  const use = specialUseOf(name, nameLength, own)
  // Reverse zones of the site and names below `local` have servers of their own where the configuration says so (RFC 6303 section 3).
  const isForwarded = use === 'nonexistent' && zones.find(name) !== NO_ZONE
  return isForwarded ? 'none' : use
}

/** Looks a lower-cased wire name up. Allocates only for names below `arpa` and a string for the last label. */
export function specialUseOf(
  name: Buffer,
  nameLength: number,
  own: OwnResolver | undefined,
): SpecialUse {
  if (own && isName(own.name, name, nameLength)) return ownUse(own)
  if (own && isName(own.dnsName, name, nameLength)) return 'own designations'
  const last = lastLabel(name, nameLength)
  if (last !== ARPA) return TOP_LEVEL.get(last) ?? 'none'
  return belowArpa(labelsOf(name))
}

/** A name whose addresses the box does not know is looked up like any. */
function ownUse({ ipv4, ipv6 }: OwnResolver): SpecialUse {
  return ipv4.length + ipv6.length > 0 ? 'own name' : 'none'
}

function belowArpa(labels: readonly string[]): SpecialUse {
  for (let from = 0; from < labels.length - 1; from++) {
    const use = BELOW_ARPA.get(labels.slice(from, -1).join('.'))
    if (use) return use
  }
  return 'none'
}

function lastLabel(name: Buffer, nameLength: number): string {
  let at = 0
  while (name[at] !== 0 && at + name[at]! + 1 < nameLength - 1) at += name[at]! + 1
  return name.toString('latin1', at + 1, at + 1 + (name[at] ?? 0))
}

function labelsOf(name: Buffer): string[] {
  const labels: string[] = []
  for (let at = 0; name[at] !== 0 && labels.length < LABELS_MAX; at += name[at]! + 1)
    labels.push(name.toString('latin1', at + 1, at + 1 + name[at]!))
  return labels
}

function reverseIpv4(zone: string): [string, SpecialUse] {
  return [`${zone}.in-addr`, 'nonexistent']
}

function reverseIpv6(zone: string): [string, SpecialUse] {
  return [`${zone}.ip6`, 'nonexistent']
}
