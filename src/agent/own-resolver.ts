/** What this box says of itself as a resolver: designations (RFC 9462) and the addresses of its own name. */
import type { AddressBytes } from '#domain/ip-address.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { designation } from '#wire/designation.ts'
import type { ReadyEncrypted } from './policy/ready-config.ts'
import type { Endpoint } from './policy/sections/listen.ts'

/** Addresses told of each family, so that two designations fit a local answer. */
const ADDRESSES_MAX = 4
const IPV4_BYTES = 4
/** Prepended to a resolver's name, the owner of its designations (RFC 9461 section 4). */
const DNS_LABEL = Buffer.from('\u0004_dns', 'latin1')
/** The template of the one path that is served (RFC 8484 section 4.1, RFC 9461 section 5). */
const DOH_PATH = '/dns-query{?dns}'

export interface OwnResolver {
  /** Wire form, lower-cased. */
  readonly name: Buffer
  /** `_dns` below it. */
  readonly dnsName: Buffer
  readonly ipv4: readonly AddressBytes[]
  readonly ipv6: readonly AddressBytes[]
  /** RDATA of SVCB records; none where the certificate is nobody's but the box's, which no client would believe. */
  readonly designations: readonly Uint8Array[]
}

/** Undefined where clients are told no name. */
export function makeOwnResolver(encrypted: ReadyEncrypted): OwnResolver | undefined {
  const { dot, doh, files, addresses } = encrypted
  if (encrypted.name === undefined || dot.length + doh.length === 0) return undefined
  const name = Buffer.from(nameToWire(encrypted.name))
  const ipv4 = addresses.filter(({ length }) => length === IPV4_BYTES).slice(0, ADDRESSES_MAX)
  const ipv6 = addresses.filter(({ length }) => length !== IPV4_BYTES).slice(0, ADDRESSES_MAX)
  const hints = {
    target: name,
    ipv4: isTold(dot, doh, '0.0.0.0') ? ipv4 : [],
    ipv6: isTold(dot, doh, '::') ? ipv6 : [],
  }
  const offers = [
    ...portsOf(dot).map((port) => ({ ...hints, alpn: 'dot', port, path: undefined })),
    ...portsOf(doh).map((port) => ({ ...hints, alpn: 'h2', port, path: DOH_PATH })),
  ]
  return {
    name,
    dnsName: Buffer.concat([DNS_LABEL, name]),
    ipv4,
    ipv6,
    designations: files ? offers.map((offer, i) => designation({ ...offer, priority: i + 1 })) : [],
  }
}

/** Whether a question is for a name. Neither allocates nor looks at letters' case: names are lower-cased. */
export function isName(own: Buffer, name: Buffer, nameLength: number): boolean {
  return own.length === nameLength && own.compare(name, 0, nameLength) === 0
}

/** Addresses of a listener on all of them are the machine's, of which nobody knows whether clients reach each. */
function isTold(dot: readonly Endpoint[], doh: readonly Endpoint[], wildcard: string): boolean {
  return [...dot, ...doh].every(({ address }) => address !== wildcard)
}

/** The port of a protocol: the first that is not left to the system. */
function portsOf(endpoints: readonly Endpoint[]): readonly number[] {
  return endpoints
    .map(({ port }) => port)
    .filter((port) => port > 0)
    .slice(0, 1)
}
