import { ETHER_TYPE, type Packet, PROTOCOL, type Reading, word } from './packet.ts'

const IPV4_BYTES = 20
const IPV6_BYTES = 40
const UDP_BYTES = 8
const TCP_BYTES = 20
/** Extension headers (RFC 8200 section 4) that are stepped over; a sound packet has few. */
const EXTENSIONS_MAX = 8
const EXTENSION = {
  hopByHop: 0,
  routing: 43,
  fragment: 44,
  authentication: 51,
  target: 60,
} as const

/** Reads the IP header behind a link's, then that of UDP or TCP. `ok` with `protocol` -1 is a later fragment. Never throws or allocates. */
export function readIp(packet: Packet): Reading {
  const isIp = packet.etherType === ETHER_TYPE.ipv4 || packet.etherType === ETHER_TYPE.ipv6
  if (!isIp) return 'other'
  const read = packet.etherType === ETHER_TYPE.ipv4 ? readIpv4(packet) : readIpv6(packet)
  return read === 'ok' ? readTransport(packet) : read
}

function readIpv4(packet: Packet): Reading {
  const { bytes, end, networkAt: at } = packet
  if (at + IPV4_BYTES > end || bytes[at]! >> 4 !== 4) return 'malformed'
  const headerBytes = (bytes[at]! & 15) * 4
  const total = word(bytes, at + 2)
  if (headerBytes < IPV4_BYTES || at + headerBytes > end) return 'malformed'
  // A card that cuts long packets itself leaves the length 0.
  if (total !== 0 && total < headerBytes) return 'malformed'
  packet.family = 4
  packet.sourceAt = at + 12
  packet.targetAt = at + 16
  packet.hopLimit = bytes[at + 8]!
  packet.transportAt = at + headerBytes
  packet.payloadEnd = total === 0 ? end : Math.min(end, at + total)
  const isLaterFragment = (word(bytes, at + 6) & 0x1fff) !== 0
  packet.protocol = isLaterFragment ? -1 : bytes[at + 9]!
  return 'ok'
}

function readIpv6(packet: Packet): Reading {
  const { bytes, end, networkAt: at } = packet
  if (at + IPV6_BYTES > end || bytes[at]! >> 4 !== 6) return 'malformed'
  packet.family = 6
  packet.sourceAt = at + 8
  packet.targetAt = at + 24
  packet.hopLimit = bytes[at + 7]!
  const length = word(bytes, at + 4)
  packet.payloadEnd = length === 0 ? end : Math.min(end, at + IPV6_BYTES + length)
  return stepOver(packet, bytes[at + 6]!, at + IPV6_BYTES)
}

function stepOver(packet: Packet, first: number, from: number): Reading {
  const { bytes, payloadEnd } = packet
  let next = first
  let at = from
  for (let headers = 0; isExtension(next); headers++) {
    if (headers === EXTENSIONS_MAX || at + 8 > payloadEnd) return 'malformed'
    const isLaterFragment = next === EXTENSION.fragment && (word(bytes, at + 2) & 0xfff8) !== 0
    if (isLaterFragment) {
      packet.protocol = -1
      return 'ok'
    }
    const length = extensionBytes(next, bytes[at + 1]!)
    next = bytes[at]!
    at += length
  }
  packet.transportAt = at
  packet.protocol = next
  return at <= payloadEnd ? 'ok' : 'malformed'
}

function isExtension(header: number): boolean {
  return (
    header === EXTENSION.hopByHop ||
    header === EXTENSION.routing ||
    header === EXTENSION.fragment ||
    header === EXTENSION.authentication ||
    header === EXTENSION.target
  )
}

function extensionBytes(header: number, length: number): number {
  if (header === EXTENSION.fragment) return 8
  return header === EXTENSION.authentication ? (length + 2) * 4 : (length + 1) * 8
}

function readTransport(packet: Packet): Reading {
  const { bytes, protocol, transportAt: at, payloadEnd } = packet
  const isTcp = protocol === PROTOCOL.tcp
  if (!isTcp && protocol !== PROTOCOL.udp) return 'ok'
  if (at + (isTcp ? TCP_BYTES : UDP_BYTES) > payloadEnd) return 'malformed'
  packet.sourcePort = word(bytes, at)
  packet.targetPort = word(bytes, at + 2)
  const headerBytes = isTcp ? (bytes[at + 12]! >> 4) * 4 : UDP_BYTES
  packet.payloadAt = at + headerBytes
  if (packet.payloadAt > payloadEnd || (isTcp && headerBytes < TCP_BYTES)) return 'malformed'
  if (!isTcp)
    packet.payloadEnd = Math.min(payloadEnd, at + Math.max(UDP_BYTES, word(bytes, at + 4)))
  return 'ok'
}
