import { RADIUS_LIMITS } from './radius-limits.ts'

const HEADER_BYTES = 20
const ACCOUNTING_REQUEST = 4

export interface RadiusAttribute {
  readonly type: number
  /** A view into the packet. */
  readonly value: Buffer
}

/** An Accounting-Request (RFC 2866 section 4.1) by its header; nobody has looked at its authenticator yet. */
export interface SealedPacket {
  readonly id: number
  /** Exactly as long as it says. */
  readonly bytes: Buffer
  readonly authenticator: Buffer
}

export interface RadiusPacket extends SealedPacket {
  readonly attributes: readonly RadiusAttribute[]
}

export type PacketFault = 'malformed-packet' | 'not-accounting'

/** Reads a datagram (RFC 2865 section 3). What is beyond the packet's length is padding. Never throws; the result shares its bytes. */
export function readHeader(datagram: Buffer): SealedPacket | PacketFault {
  if (datagram.length < HEADER_BYTES || datagram.length > RADIUS_LIMITS.packetBytes)
    return 'malformed-packet'
  const length = datagram.readUInt16BE(2)
  if (length < HEADER_BYTES || length > datagram.length) return 'malformed-packet'
  if (datagram[0] !== ACCOUNTING_REQUEST) return 'not-accounting'
  const bytes = datagram.subarray(0, length)
  return { id: bytes[1] ?? 0, bytes, authenticator: bytes.subarray(4, HEADER_BYTES) }
}

/** Takes its attributes apart; there may be thousands, so that is done of authentic packets alone. Undefined where they do not fit. */
export function openPacket(sealed: SealedPacket): RadiusPacket | undefined {
  const attributes = readAttributes(sealed.bytes)
  return attributes && { ...sealed, attributes }
}

/** Each takes two bytes or more, so there are at most as many as half a packet. */
function readAttributes(bytes: Buffer): readonly RadiusAttribute[] | undefined {
  const attributes: RadiusAttribute[] = []
  for (let at = HEADER_BYTES; at < bytes.length; ) {
    const length = bytes[at + 1] ?? 0
    if (length < 2 || at + length > bytes.length) return undefined
    attributes.push({ type: bytes[at] ?? 0, value: bytes.subarray(at + 2, at + length) })
    at += length
  }
  return attributes
}
