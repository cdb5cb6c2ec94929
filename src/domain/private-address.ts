import { type AddressBytes, type Cidr, contains, parseCidr } from './ip-address.ts'

/** What no public name may lead to: addresses of this machine, of this site, or of nothing at all. */
const PRIVATE_NETWORKS: readonly Cidr[] = [
  '0.0.0.0/8', // this network, RFC 1122: many systems take 0.0.0.0 for themselves
  '10.0.0.0/8', // private, RFC 1918
  '100.64.0.0/10', // shared address space, RFC 6598
  '127.0.0.0/8', // loopback, RFC 1122
  '169.254.0.0/16', // link-local, RFC 3927
  '172.16.0.0/12',
  '192.168.0.0/16',
  '255.255.255.255/32', // limited broadcast, RFC 919
  '::/128', // unspecified, RFC 4291
  '::1/128',
  '64:ff9b:1::/48', // translation within a site, RFC 8215
  'fc00::/7', // unique local, RFC 4193
  'fe80::/10', // link-local, RFC 4291
  'fec0::/10', // site-local, RFC 3879: deprecated, and still used
].flatMap((text) => parseCidr(text) ?? [])

/** Prefixes of IPv6 addresses that stand for an IPv4 address, and where in them its four bytes are. */
const EMBEDDING: readonly { readonly network: Cidr; readonly at: number }[] = [
  // In full, for `parseCidr` takes a mapped prefix for IPv4.
  {
    network: { bytes: Uint8Array.from({ length: 16 }, mappedByte), prefixLength: 96 },
    at: 12,
  },
  ...[
    ['64:ff9b::/96', 12] as const, // NAT64, RFC 6052
    ['::/96', 12] as const, // IPv4-compatible, RFC 4291: deprecated, and still routed by some
    ['2002::/16', 2] as const, // 6to4, RFC 3056
  ].flatMap(([text, at]) => {
    const network = parseCidr(text)
    return network ? [{ network, at }] : []
  }),
]
const IPV4_BYTES = 4
const IPV6_BYTES = 16

/** Whether an address, or the IPv4 address that it stands for, is private: see rebinding protection. */
export function isPrivateAddress(address: AddressBytes): boolean {
  const inner = innerIpv4(address)
  return isListed(address) || (inner !== undefined && isListed(inner))
}

/** The IPv4 address that an IPv6 address stands for: mapped, translated (NAT64), compatible or 6to4. */
export function innerIpv4(address: AddressBytes): AddressBytes | undefined {
  if (address.length !== IPV6_BYTES) return undefined
  const found = EMBEDDING.find(({ network }) => contains(network, address))
  return found && address.subarray(found.at, found.at + IPV4_BYTES)
}

function isListed(address: AddressBytes): boolean {
  return PRIVATE_NETWORKS.some((network) => contains(network, address))
}

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
function mappedByte(_: unknown, i: number): number {
  return i === 10 || i === 11 ? 0xff : 0
}
