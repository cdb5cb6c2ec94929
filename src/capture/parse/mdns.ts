/** Multicast DNS (RFC 6762): the name that a device announces for the address that it sends from. */
import { NAME_BYTES_MAX, TYPE } from '#wire/constants.ts'
import { lengthOf, readName, skipName } from '#wire/name.ts'
import { firstLabel } from './dhcp.ts'
import { addressLength, type Packet, word } from './packet.ts'

const HEADER_BYTES = 12
const RECORD_BYTES = 10
const RECORDS_MAX = 64
const LOCAL = [5, 0x6c, 0x6f, 0x63, 0x61, 0x6c, 0] as const // .local
const scratch = new Uint8Array(NAME_BYTES_MAX)

/**
 * The host name of an answer's address record that is the very address the answer came from. Undefined where there is none: what a device
 * says of others is not believed. Names point into the message, so that of a cut one what is whole counts.
 */
export function readMdnsName(packet: Packet): string | undefined {
  const { payloadAt, payloadEnd } = packet
  if (payloadAt + HEADER_BYTES > payloadEnd || (packet.bytes[payloadAt + 2]! & 0x80) === 0)
    return undefined
  const message = packet.bytes.subarray(payloadAt, payloadEnd)
  const questions = word(message, 4)
  const records = word(message, 6) + word(message, 8) + word(message, 10)
  if (questions > RECORDS_MAX) return undefined
  let at = HEADER_BYTES
  for (let i = 0; i < questions; i++) {
    at = skipName(message, at, message.length) + 4
    if (at < HEADER_BYTES) return undefined
  }
  for (let i = 0; i < Math.min(records, RECORDS_MAX); i++) {
    const fixedAt = skipName(message, at, message.length)
    if (fixedAt < 0 || fixedAt + RECORD_BYTES > message.length) return undefined
    const length = word(message, fixedAt + 8)
    const next = fixedAt + RECORD_BYTES + length
    if (next > message.length) return undefined
    const name = isOwnAddress(packet, message, fixedAt, length) ? ownerAt(message, at) : undefined
    if (name !== undefined) return name
    at = next
  }
  return undefined
}

function isOwnAddress(packet: Packet, message: Uint8Array, at: number, length: number): boolean {
  const wanted = packet.family === 6 ? TYPE.AAAA : TYPE.A
  if (word(message, at) !== wanted || length !== addressLength(packet)) return false
  for (let i = 0; i < length; i++)
    if (message[at + RECORD_BYTES + i] !== packet.bytes[packet.sourceAt + i]) return false
  // A lifetime of zero takes it back (RFC 6762 section 10.1).
  return word(message, at + 4) !== 0 || word(message, at + 6) !== 0
}

/** `NAME.local` and nothing deeper. */
function ownerAt(message: Uint8Array, at: number): string | undefined {
  if (readName(message, at, message.length, scratch, 0) < 0) return undefined
  const length = lengthOf(scratch, 0)
  const labelEnd = 1 + scratch[0]!
  if (length !== labelEnd + LOCAL.length) return undefined
  if (!LOCAL.every((byte, i) => scratch[labelEnd + i] === byte)) return undefined
  return firstLabel(scratch.subarray(0, length))
}
