/**
 * QUIC's Initial packets (RFC 9000 section 17.2.2, RFC 9001 section 5, RFC 9369): their keys come of what stands in the packet, so that
 * anybody on the way can read the client's hello. Nothing of a connection beyond it can be read, and nothing is tried.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

interface Version {
  readonly salt: Buffer
  readonly initialType: number
  readonly label: string
}

const VERSIONS: ReadonlyMap<number, Version> = new Map([
  [
    0x0000_0001,
    {
      salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
      initialType: 0,
      label: 'quic',
    },
  ],
  [
    0x6b33_43cf,
    {
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      initialType: 1,
      label: 'quicv2',
    },
  ],
])

const CONNECTION_ID_MAX = 20
const TAG_BYTES = 16
const SAMPLE_AT = 4
const SAMPLE_BYTES = 16
const FRAME = { padding: 0, ping: 1, ack: 2, ackEcn: 3, crypto: 6 } as const
const FRAMES_MAX = 64
const ACK_RANGES_MAX = 32

/** A piece of the handshake, and where in it it belongs. */
export interface CryptoPiece {
  readonly offset: number
  readonly bytes: Uint8Array
}

export interface QuicInitial {
  /** The connection's id, as chosen by the client. */
  readonly connection: string
  readonly pieces: readonly CryptoPiece[]
}

interface Header {
  readonly version: Version
  readonly target: Uint8Array
  readonly numberAt: number
  readonly packetEnd: number
}

/** Deciphers a client's Initial packet. Undefined for what is none, is cut, or has another key. Costs some 50 us; the caller bounds how often. */
export function readQuicInitial(
  bytes: Uint8Array,
  at: number,
  end: number,
): QuicInitial | undefined {
  const header = readHeader(bytes, at, end)
  if (!header) return undefined
  const plain = decipher(bytes, at, header)
  if (!plain) return undefined
  return { connection: Buffer.from(header.target).toString('hex'), pieces: cryptoPieces(plain) }
}

function readHeader(bytes: Uint8Array, at: number, end: number): Header | undefined {
  if (at + 7 > end || (bytes[at]! & 0xc0) !== 0xc0) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const version = VERSIONS.get(view.readUInt32BE(at + 1))
  if (!version || ((bytes[at]! >> 4) & 3) !== version.initialType) return undefined
  const targetLength = bytes[at + 5]!
  const sourceAt = at + 6 + targetLength
  if (targetLength > CONNECTION_ID_MAX || sourceAt >= end) return undefined
  const tokenAt = sourceAt + 1 + bytes[sourceAt]!
  if (bytes[sourceAt]! > CONNECTION_ID_MAX) return undefined
  const token = varint(bytes, tokenAt, end)
  const length = token && varint(bytes, token.next + token.value, end)
  if (!length || length.next + length.value > end) return undefined
  if (length.value < SAMPLE_AT + SAMPLE_BYTES) return undefined
  const target = bytes.subarray(at + 6, sourceAt)
  return { version, target, numberAt: length.next, packetEnd: length.next + length.value }
}

/** RFC 9001 sections 5.2 to 5.4. */
function decipher(bytes: Uint8Array, at: number, header: Header): Uint8Array | undefined {
  const { version, target, numberAt, packetEnd } = header
  const initial = hmac(version.salt, target)
  const secret = expandLabel(initial, 'client in', 32)
  const key = expandLabel(secret, `${version.label} key`, 16)
  const nonce = expandLabel(secret, `${version.label} iv`, 12)
  const mask = maskOf(
    expandLabel(secret, `${version.label} hp`, 16),
    bytes.subarray(numberAt + SAMPLE_AT, numberAt + SAMPLE_AT + SAMPLE_BYTES),
  )
  const first = bytes[at]! ^ (mask[0]! & 0x0f)
  const numberBytes = (first & 3) + 1
  const associated = Buffer.from(bytes.subarray(at, numberAt + numberBytes))
  associated[0] = first
  for (let i = 0; i < numberBytes; i++) {
    const place = associated.length - numberBytes + i
    associated[place] = associated[place]! ^ mask[1 + i]!
    nonce[12 - numberBytes + i] = nonce[12 - numberBytes + i]! ^ associated[place]
  }
  const cipher = createDecipheriv('aes-128-gcm', key, nonce)
  cipher.setAAD(associated)
  cipher.setAuthTag(bytes.subarray(packetEnd - TAG_BYTES, packetEnd))
  const plain = cipher.update(bytes.subarray(numberAt + numberBytes, packetEnd - TAG_BYTES))
  try {
    cipher.final()
    return plain
  } catch {
    return undefined // Not what the key is for: noise, or a later packet of a connection that has changed its id.
  }
}

function maskOf(key: Buffer, sample: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-128-ecb', key, null)
  cipher.setAutoPadding(false)
  return cipher.update(sample)
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/** HKDF-Expand-Label (RFC 8446 section 7.1) of at most one block. */
function expandLabel(secret: Uint8Array, label: string, length: number): Buffer {
  const full = Buffer.from(`tls13 ${label}`, 'latin1')
  const info = Buffer.concat([Buffer.of(0, length, full.length), full, Buffer.of(0, 1)])
  return hmac(secret, info).subarray(0, length)
}

/** The handshake's pieces, in whatever order; browsers mix them on purpose. Stops at the first frame that no Initial of a client has. */
function cryptoPieces(plain: Uint8Array): readonly CryptoPiece[] {
  const pieces: CryptoPiece[] = []
  const end = plain.length
  let at = 0
  for (let frames = 0; at < end && frames < FRAMES_MAX; ) {
    const type = plain[at++]!
    if (type === FRAME.padding || type === FRAME.ping) continue
    frames++
    const next = type === FRAME.crypto ? takePiece(plain, at, pieces) : skipAck(plain, at, type)
    if (next < 0) break
    at = next
  }
  return pieces
}

function takePiece(plain: Uint8Array, at: number, pieces: CryptoPiece[]): number {
  const offset = varint(plain, at, plain.length)
  const length = offset && varint(plain, offset.next, plain.length)
  if (!length || length.next + length.value > plain.length) return -1
  const end = length.next + length.value
  pieces.push({ offset: offset.value, bytes: plain.subarray(length.next, end) })
  return end
}

function skipAck(plain: Uint8Array, from: number, type: number): number {
  if (type !== FRAME.ack && type !== FRAME.ackEcn) return -1
  let at = from
  let ranges = 0
  for (let field = 0; field < 4; field++) {
    const read = varint(plain, at, plain.length)
    if (!read) return -1
    if (field === 2) ranges = read.value
    at = read.next
  }
  if (ranges > ACK_RANGES_MAX) return -1
  for (let i = 0; i < ranges * 2 + (type === FRAME.ackEcn ? 3 : 0); i++) {
    const read = varint(plain, at, plain.length)
    if (!read) return -1
    at = read.next
  }
  return at
}

/** RFC 9000 section 16; nothing here is longer than a packet, so more than 32 bits are refused. */
function varint(
  bytes: Uint8Array,
  at: number,
  end: number,
): { readonly value: number; readonly next: number } | undefined {
  if (at < 0 || at >= end) return undefined
  const length = 1 << (bytes[at]! >> 6)
  if (at + length > end) return undefined
  let value = bytes[at]! & 0x3f
  for (let i = 1; i < length; i++) value = value * 256 + bytes[at + i]!
  return value > 0xffff_ffff ? undefined : { value, next: at + length }
}
