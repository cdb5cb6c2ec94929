import { formatAddress } from '#domain/ip-address.ts'
import { ATTRIBUTE, attributeOf } from './attribute-rules.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'
import type { RadiusAttribute } from './radius-packet.ts'

const IPV6_BYTES = 16
const INTERFACE_BITS = 64

/**
 * Every address that a session has: Framed-IP-Address, Framed-IPv6-Address (RFC 6911), Framed-IPv6-Prefix (RFC 3162) where it is whole
 * or a Framed-Interface-Id completes it. None that no device alone can have: link-local ones, which are another's on
 * the next network, loopback, multicast, and the marks for "as you like" (RFC 2865 section 5.8).
 */
export function sessionAddresses(attributes: readonly RadiusAttribute[]): readonly string[] {
  const found = attributes.flatMap(({ type, value }) => {
    if (type === ATTRIBUTE.framedIpAddress) return isDevices4(value) ? [value] : []
    const v6 =
      type === ATTRIBUTE.framedIpv6Prefix ? completed(value, attributes) : wholeOf(type, value)
    return v6 && isDevices6(v6) ? [v6] : []
  })
  const texts = found.map((bytes) => formatAddress(bytes))
  return [...new Set(texts)].slice(0, RADIUS_LIMITS.addressesOfSession)
}

function wholeOf(type: number, value: Buffer): Uint8Array | undefined {
  return type === ATTRIBUTE.framedIpv6Address ? value : undefined
}

/** Of a prefix: a reserved byte, its length in bits, as many bytes as it takes or more. */
function completed(value: Buffer, attributes: readonly RadiusAttribute[]): Uint8Array | undefined {
  const bits = value[1] ?? 0
  const prefix = new Uint8Array(IPV6_BYTES)
  prefix.set(value.subarray(2))
  if (bits === IPV6_BYTES * 8) return prefix
  const interfaceId = attributeOf(attributes, ATTRIBUTE.framedInterfaceId)
  if (!interfaceId || bits > INTERFACE_BITS) return undefined
  prefix.set(interfaceId, INTERFACE_BITS / 8)
  return prefix
}

function isDevices4(bytes: Uint8Array): boolean {
  const [first = 0] = bytes
  return first !== 0 && first !== 127 && first < 224 && !(first === 169 && bytes[1] === 254)
}

function isDevices6(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes
  const isLinkLocal = first === 0xfe && (second & 0xc0) === 0x80
  const isReserved = bytes.subarray(0, 8).every((byte) => byte === 0) // ::, ::1, mapped and compatible
  return first !== 0xff && !isLinkLocal && !isReserved
}
