/** The signatures of RADIUS: MD5 over the packet and the secret (RFC 2866 section 3), HMAC-MD5 in attribute 80 (RFC 2869 section 5.14). */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { ATTRIBUTE, attributeOf } from './attribute-rules.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'
import type { RadiusPacket, SealedPacket } from './radius-packet.ts'

const ACCOUNTING_RESPONSE = 5
const HEADER_BYTES = 20
const AUTHENTICATOR_AT = 4
const MAC_BYTES = 16

/** The packet with zeros for its authenticator, and the secret behind it. One packet at a time, so one room for all. */
const scratch = Buffer.alloc(RADIUS_LIMITS.packetBytes + RADIUS_LIMITS.secretBytes)

/** Whether whoever sent it knows the secret; takes the same time for every wrong one. */
export function isAuthentic({ bytes, authenticator }: SealedPacket, secret: Buffer): boolean {
  const length = withoutAuthenticator(bytes)
  secret.copy(scratch, length)
  return timingSafeEqual(md5(scratch.subarray(0, length + secret.length)), authenticator)
}

/** Whether the Message-Authenticator, where there is one, is right: made while both it and the request's authenticator were zero. */
export function isMessageAuthentic(packet: RadiusPacket, secret: Buffer): boolean {
  const given = attributeOf(packet.attributes, ATTRIBUTE.messageAuthenticator)
  if (!given) return true
  const length = withoutAuthenticator(packet.bytes)
  const at = given.byteOffset - packet.bytes.byteOffset
  scratch.fill(0, at, at + MAC_BYTES)
  return timingSafeEqual(hmac(scratch.subarray(0, length), secret), given)
}

/**
 * The Accounting-Response (RFC 2866 section 4.2): the Proxy-States in their order. It has no Message-Authenticator: no RFC says over what it would be made
 * here, and FreeRADIUS makes it otherwise than one would think.
 */
export function answerTo({ id, authenticator, attributes }: RadiusPacket, secret: Buffer): Buffer {
  const proxied = attributes.filter(({ type }) => type === ATTRIBUTE.proxyState)
  const answer = Buffer.concat([
    Buffer.from([ACCOUNTING_RESPONSE, id, 0, 0]),
    authenticator,
    ...proxied.flatMap(({ type, value }) => [Buffer.from([type, value.length + 2]), value]),
  ])
  answer.writeUInt16BE(answer.length, 2)
  md5(Buffer.concat([answer, secret])).copy(answer, AUTHENTICATOR_AT)
  return answer
}

function withoutAuthenticator(bytes: Buffer): number {
  bytes.copy(scratch, 0)
  scratch.fill(0, AUTHENTICATOR_AT, HEADER_BYTES)
  return bytes.length
}

function md5(bytes: Buffer): Buffer {
  return hash('md5', bytes, 'buffer')
}

function hmac(bytes: Buffer, secret: Buffer): Buffer {
  return createHmac('md5', secret).update(bytes).digest()
}
