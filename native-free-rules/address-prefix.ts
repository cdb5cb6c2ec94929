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
/** A list nobody vouches for names no wider networks. */
const IPV4_LENGTH_MIN = 16
const IPV6_LENGTH_MIN = 32

const PRIVATE: readonly AddressPrefix[] = PRIVATE_CIDRS.flatMap((cidr) => {
  const [address = '', length] = cidr.split('/')
  const bytes = addressBytes(address)
  return bytes ? [{ bytes, prefixLength: Number(length) }] : []
})

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
export function whyNotNetwork(network: AddressPrefix): string | undefined {
  const { bytes, prefixLength } = network
  const least = bytes.length === IPV4_BYTES ? IPV4_LENGTH_MIN : IPV6_LENGTH_MIN
  if (prefixLength < least) return `a network wider than /${least} needs a trusted list`
  return PRIVATE.some((one) => overlaps(one, network))
    ? 'a private network needs a trusted list'
    : undefined
}

function overlaps(a: AddressPrefix, b: AddressPrefix): boolean {
  if (a.bytes.length !== b.bytes.length) return false
  const shorter = Math.min(a.prefixLength, b.prefixLength)
  return prefixKey(a.bytes, shorter) === prefixKey(b.bytes, shorter)
}

function maskAt(prefixLength: number, byteIndex: number): number {
  const bits = Math.min(8, Math.max(0, prefixLength - byteIndex * 8))
  return (0xff << (8 - bits)) & 0xff
}
