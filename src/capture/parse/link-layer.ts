import { ETHER_TYPE, type Packet, type Reading, word } from './packet.ts'

/** Link types (tcpdump.org/linktypes.html) that are read. */
export const LINK_TYPE = { ethernet: 1, raw: 101, cooked: 113, cooked2: 276 } as const

const MAC_BYTES = 6
const ETHERNET_BYTES = 14
const TAG_BYTES = 4
/** 802.1Q, 802.1ad and its predecessor. */
const TAGS: readonly number[] = [0x8100, 0x88a8, 0x9100]
/** QinQ has two; more is an attack on filters. */
const TAGS_MAX = 2
/** Smaller values are a length (802.3), not a type. */
const TYPE_MIN = 0x0600
const COOKED_BYTES = 16
const COOKED2_BYTES = 20

/** Reads the link's header: the sender's MAC, the type, and where the network layer begins. Never throws, never allocates. */
export function readLink(
  packet: Packet,
  bytes: Uint8Array,
  length: number,
  linkType: number,
): Reading {
  packet.bytes = bytes
  packet.end = length
  packet.macAt = -1
  packet.family = 0
  packet.protocol = -1
  if (linkType === LINK_TYPE.ethernet) return readEthernet(packet)
  if (linkType === LINK_TYPE.cooked) return readCooked(packet)
  if (linkType === LINK_TYPE.cooked2) return readCooked2(packet)
  return linkType === LINK_TYPE.raw ? readRaw(packet) : 'other'
}

function readEthernet(packet: Packet): Reading {
  if (packet.end < ETHERNET_BYTES) return 'malformed'
  packet.macAt = MAC_BYTES
  return afterTags(packet, ETHERNET_BYTES)
}

/** `at` is behind the first type. */
function afterTags(packet: Packet, at: number): Reading {
  const { bytes, end } = packet
  let type = word(bytes, at - 2)
  let networkAt = at
  for (let tags = 0; TAGS.includes(type); tags++) {
    if (tags === TAGS_MAX || networkAt + TAG_BYTES > end) return 'malformed'
    networkAt += TAG_BYTES
    type = word(bytes, networkAt - 2)
  }
  packet.etherType = type
  packet.networkAt = networkAt
  return type < TYPE_MIN ? 'other' : 'ok'
}

/** Linux cooked, as of the interface `any`: the address is in eight bytes, of which six count. */
function readCooked(packet: Packet): Reading {
  const { bytes, end } = packet
  if (end < COOKED_BYTES) return 'malformed'
  if (word(bytes, 4) === MAC_BYTES) packet.macAt = 6
  return afterTags(packet, COOKED_BYTES)
}

/** Its successor begins with the type. */
function readCooked2(packet: Packet): Reading {
  const { bytes, end } = packet
  if (end < COOKED2_BYTES) return 'malformed'
  if (bytes[11] === MAC_BYTES) packet.macAt = 12
  const type = word(bytes, 0)
  packet.etherType = type
  packet.networkAt = COOKED2_BYTES
  if (!TAGS.includes(type)) return type < TYPE_MIN ? 'other' : 'ok'
  if (end < COOKED2_BYTES + TAG_BYTES) return 'malformed'
  return afterTags(packet, COOKED2_BYTES + TAG_BYTES)
}

function readRaw(packet: Packet): Reading {
  if (packet.end < 1) return 'malformed'
  packet.etherType = packet.bytes[0]! >> 4 === 6 ? ETHER_TYPE.ipv6 : ETHER_TYPE.ipv4
  packet.networkAt = 0
  return 'ok'
}
