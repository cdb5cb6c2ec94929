import { addressBytes } from './parse/address-bytes.ts'
import { PRIVATE_CIDRS } from './private-networks.ts'

/** A network: 4 or 16 bytes, of which the first `prefixLength` bits count and the others are zero. */
export interface AddressPrefix {
  readonly bytes: Uint8Array
  readonly prefixLength: number
}

const IPV4_BYTES = 4
/** Bits by which an IPv4 prefix counts as longer: as if it were a mapped one (draft-vixie-dnsop-dns-rpz, section 4.1.1). */
const IPV4_MORE = 96
/**
 * A list nobody vouches for names no wider networks. Lists of bad addresses hold single ones and /24s, now and then a small
 * provider's /20; a /16 is a whole delivery network or university. In IPv6 a provider begins with a /32 (RIPE-738, section 5.1).
 */
const IPV4_LENGTH_MIN = 20
const IPV6_LENGTH_MIN = 32
/** Prefixes of 96 bits before an IPv4 address: mapped (RFC 4291), and translated where there is no IPv4 (RFC 6052). */
const CARRIERS: readonly Uint8Array[] = ['::ffff:0:0', '64:ff9b::'].flatMap(
  (text) => addressBytes(text) ?? [],
)
const CARRIER_BITS = 96
const CARRIER_BYTES = 12

const PRIVATE: readonly AddressPrefix[] = PRIVATE_CIDRS.flatMap((cidr) => readPrefix(cidr) ?? [])

/** Reads `address/length`, or an address as the network of it alone; undefined for anything else. Never throws. */
export function readPrefix(text: string): AddressPrefix | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const bytes = addressBytes(address)
  if (!bytes || rest.length > 0 || !/^\d{1,3}$/.test(length ?? '0')) return undefined
  const network = { bytes, prefixLength: Number(length ?? bytes.length * 8) }
  return isWholePrefix(network) ? network : undefined
}

/** Whether every bit behind the prefix is zero. */
export function isWholePrefix({ bytes, prefixLength }: AddressPrefix): boolean {
  return (
    prefixLength >= 0 &&
    prefixLength <= bytes.length * 8 &&
    bytes.every((byte, i) => (byte & ~maskAt(prefixLength, i) & 0xff) === 0)
  )
}

/** Equal texts for equal networks, and for every address its network of this length. */
export function prefixKey(bytes: Uint8Array, prefixLength: number): string {
  let key = `${prefixLength}/`
  for (let i = 0; i < bytes.length; i++)
    key += String.fromCharCode(bytes[i]! & maskAt(prefixLength, i))
  return key
}

/** How much a network says: of two that hold an address, the nearer has the higher number. */
export function prefixNearness({ bytes, prefixLength }: AddressPrefix): number {
  return bytes.length === IPV4_BYTES ? prefixLength + IPV4_MORE : prefixLength
}

/** Why a list that nobody vouches for may not name a network, or undefined. */
export function whyNotNetwork(rule: AddressPrefix): string | undefined {
  const network = carriedNetwork(rule)
  const { bytes, prefixLength } = network
  const least = bytes.length === IPV4_BYTES ? IPV4_LENGTH_MIN : IPV6_LENGTH_MIN
  if (prefixLength < least) return `a network wider than /${least} needs a trusted list`
  return PRIVATE.some((one) => overlaps(one, network))
    ? 'a private network needs a trusted list'
    : undefined
}

/**
 * The IPv4 network that an IPv6 one stands for, all of it for one around such addresses; any other network is itself. What is
 * said of breadth would otherwise not hold where clients have IPv6 only.
 */
export function carriedNetwork(network: AddressPrefix): AddressPrefix {
  const { bytes, prefixLength } = network
  const isCarried = CARRIERS.some((carrier) =>
    overlaps({ bytes: carrier, prefixLength: CARRIER_BITS }, network),
  )
  if (!isCarried) return network
  return {
    bytes: bytes.slice(CARRIER_BYTES),
    prefixLength: Math.max(0, prefixLength - CARRIER_BITS),
  }
}

/** Whether two networks have an address in common. */
export function overlaps(a: AddressPrefix, b: AddressPrefix): boolean {
  if (a.bytes.length !== b.bytes.length) return false
  const shorter = Math.min(a.prefixLength, b.prefixLength)
  return prefixKey(a.bytes, shorter) === prefixKey(b.bytes, shorter)
}

function maskAt(prefixLength: number, byteIndex: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - byteIndex * 8))
  return (0xff << (8 - bits)) & 0xff
}
