/** Who says that an address is his: ARP (RFC 826) and neighbour discovery (RFC 4861). */
import { type Packet, word } from './packet.ts'

const ARP_BYTES = 28
const ARP_SENDER_MAC = 8
const ARP_SENDER_ADDRESS = 14
const ICMP_BYTES = 4
const SOLICITATION_BYTES = 24
const ADVERTISED_BYTES = 16
/** Only what comes from the same link has it still (RFC 4861 section 6.1). */
const HOP_LIMIT = 255
const OPTIONS_MAX = 32

export const ND_TYPE = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  solicitation: 135,
  advertisement: 136,
} as const
const ND_OPTION = { sourceLink: 1, targetLink: 2 } as const

/** Where a claim's MAC and address stand in the packet; `addressAt` is -1 for a device that has none yet. */
export interface Claim {
  macAt: number
  addressAt: number
}

/** Reads whoever sent an ARP packet over Ethernet about IPv4. False: there is nothing to learn of it. Never allocates. */
export function readArp({ bytes, end, networkAt: at, macAt }: Packet, claim: Claim): boolean {
  if (at + ARP_BYTES > end) return false
  if (word(bytes, at) !== 1 || word(bytes, at + 2) !== 0x0800 || word(bytes, at + 4) !== 0x0604)
    return false
  const operation = word(bytes, at + 6)
  if (operation !== 1 && operation !== 2) return false
  claim.macAt = at + ARP_SENDER_MAC
  // Who speaks for another is a router, or lies: either way it is not that device that was seen.
  if (macAt >= 0 && !isSame(bytes, macAt, claim.macAt, 6)) return false
  const addressAt = at + ARP_SENDER_ADDRESS
  // A device that tries whether an address is free has none (RFC 5227).
  claim.addressAt = isZero(bytes, addressAt, 4) ? -1 : addressAt
  return true
}

/** The same of a neighbour solicitation, advertisement or a router solicitation. Never allocates. */
export function readNeighbour(packet: Packet, claim: Claim): boolean {
  const { bytes, payloadEnd, transportAt: at, sourceAt, hopLimit, macAt } = packet
  if (at + ICMP_BYTES > payloadEnd || hopLimit !== HOP_LIMIT) return false
  const type = bytes[at]!
  const isAdvertisement = type === ND_TYPE.advertisement
  const isSolicitation = type === ND_TYPE.solicitation || type === ND_TYPE.routerSolicitation
  if (!isAdvertisement && !isSolicitation) return false
  const optionsAt = at + (type === ND_TYPE.routerSolicitation ? 8 : SOLICITATION_BYTES)
  if (optionsAt > payloadEnd) return false
  const linkAt = linkAddress(
    packet,
    optionsAt,
    isAdvertisement ? ND_OPTION.targetLink : ND_OPTION.sourceLink,
  )
  claim.macAt = linkAt < 0 ? macAt : linkAt
  if (claim.macAt < 0) return false
  if (macAt >= 0 && linkAt >= 0 && !isSame(bytes, macAt, linkAt, 6)) return false
  const addressAt = isAdvertisement ? at + 8 : sourceAt
  // Whoever has no address yet asks whether his is free (RFC 4862 section 5.4).
  claim.addressAt = isZero(bytes, addressAt, ADVERTISED_BYTES) ? -1 : addressAt
  return true
}

function linkAddress({ bytes, payloadEnd }: Packet, from: number, wanted: number): number {
  let at = from
  for (let options = 0; options < OPTIONS_MAX && at + 8 <= payloadEnd; options++) {
    const length = bytes[at + 1]! * 8
    if (length === 0) return -1
    if (bytes[at] === wanted) return at + 2
    at += length
  }
  return -1
}

function isSame(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false
  return true
}

/** Whether so many bytes are all zero. */
export function isZero(bytes: Uint8Array, at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[at + i] !== 0) return false
  return true
}
