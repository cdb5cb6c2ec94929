import { NO_SERVER_CIDRS, PRIVATE_CIDRS } from '#rules/private-networks.ts'
import { type AddressBytes, type Cidr, contains, parseCidr } from './ip-address.ts'

const PRIVATE_NETWORKS: readonly Cidr[] = PRIVATE_CIDRS.flatMap((text) => parseCidr(text) ?? [])
const NO_SERVER_NETWORKS: readonly Cidr[] = NO_SERVER_CIDRS.flatMap((text) => parseCidr(text) ?? [])

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
  return isWithin(PRIVATE_NETWORKS, address)
}

/** Whether there can be a server on the internet at an address, or at the IPv4 address that it stands for. */
export function mayBeServer(address: AddressBytes): boolean {
  return !isPrivateAddress(address) && !isWithin(NO_SERVER_NETWORKS, address)
}

/** The IPv4 address that an IPv6 address stands for: mapped, translated (NAT64), compatible or 6to4. */
export function innerIpv4(address: AddressBytes): AddressBytes | undefined {
  if (address.length !== IPV6_BYTES) return undefined
  const found = EMBEDDING.find(({ network }) => contains(network, address))
  return found && address.subarray(found.at, found.at + IPV4_BYTES)
}

function isWithin(networks: readonly Cidr[], address: AddressBytes): boolean {
  const inner = innerIpv4(address)
  return networks.some(
    (network) => contains(network, address) || (inner !== undefined && contains(network, inner)),
  )
}

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
function mappedByte(_: unknown, i: number): number {
  return i === 10 || i === 11 ? 0xff : 0
}
