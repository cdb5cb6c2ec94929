/** The first message of TLS (RFC 8446 section 4.1.2): which server is meant, and for which protocols. */
import { hostName } from './clean-text.ts'
import { word } from './packet.ts'

export interface ClientHello {
  /** The server's name (RFC 6066 section 3) where it is here and is a host name. */
  readonly name: string | undefined
  /** The first protocols (ALPN, RFC 7301). */
  readonly protocols: readonly string[]
  /** Whether the extensions ended before the bytes did, so that what is missing was not sent. */
  readonly isWhole: boolean
}

const RECORD_BYTES = 5
const HANDSHAKE_BYTES = 4
const RANDOM_BYTES = 32
const HANDSHAKE = 0x16
const CLIENT_HELLO = 1
const EXTENSION = { serverName: 0, protocols: 16 } as const
const EXTENSIONS_MAX = 64
const PROTOCOLS_MAX = 4
const PROTOCOL_BYTES_MAX = 16

/** Of a TCP segment that begins with a record. What goes on in another record or segment is not waited for. Undefined: it is something else. */
export function readClientHelloRecord(
  bytes: Uint8Array,
  at: number,
  end: number,
): ClientHello | undefined {
  if (at + RECORD_BYTES > end || bytes[at] !== HANDSHAKE || bytes[at + 1] !== 3) return undefined
  const recordEnd = at + RECORD_BYTES + word(bytes, at + 3)
  return readClientHello(bytes, at + RECORD_BYTES, Math.min(end, recordEnd))
}

/** Of the handshake message itself, as far as it is here. */
export function readClientHello(
  bytes: Uint8Array,
  at: number,
  end: number,
): ClientHello | undefined {
  if (at + HANDSHAKE_BYTES > end || bytes[at] !== CLIENT_HELLO) return undefined
  const bodyAt = at + HANDSHAKE_BYTES
  const extensionsAt = beforeExtensions(bytes, bodyAt, end)
  if (extensionsAt < 0) return { name: undefined, protocols: [], isWhole: false }
  return readExtensions(bytes, extensionsAt, end)
}

/** Where the length of the extensions stands; -1 where that is not here. */
function beforeExtensions(bytes: Uint8Array, bodyAt: number, end: number): number {
  let at = bodyAt + 2 + RANDOM_BYTES
  if (at >= end) return -1
  at += 1 + bytes[at]! // session id
  if (at + 2 > end) return -1
  at += 2 + word(bytes, at) // cipher suites
  if (at + 1 > end) return -1
  at += 1 + bytes[at]! // compression
  return at + 2 > end ? -1 : at
}

function readExtensions(bytes: Uint8Array, lengthAt: number, end: number): ClientHello {
  const extensionsEnd = lengthAt + 2 + word(bytes, lengthAt)
  const limit = Math.min(end, extensionsEnd)
  let name: string | undefined
  let protocols: readonly string[] = []
  let at = lengthAt + 2
  for (let read = 0; read < EXTENSIONS_MAX && at + 4 <= limit; read++) {
    const type = word(bytes, at)
    const bodyEnd = at + 4 + word(bytes, at + 2)
    if (bodyEnd > limit) break
    if (type === EXTENSION.serverName) name = serverName(bytes, at + 4, bodyEnd)
    if (type === EXTENSION.protocols) protocols = protocolsIn(bytes, at + 4, bodyEnd)
    at = bodyEnd
  }
  return { name, protocols, isWhole: at === extensionsEnd }
}

/** The first entry, which must be a host name: there is no other kind. */
function serverName(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (at + 5 > end || bytes[at + 2] !== 0) return undefined
  const length = word(bytes, at + 3)
  return at + 5 + length > end ? undefined : hostName(bytes.subarray(at + 5, at + 5 + length))
}

function protocolsIn(bytes: Uint8Array, at: number, end: number): readonly string[] {
  const found: string[] = []
  let from = at + 2
  while (from < end && found.length < PROTOCOLS_MAX) {
    const length = bytes[from]!
    if (length === 0 || from + 1 + length > end) break
    if (length <= PROTOCOL_BYTES_MAX)
      found.push(String.fromCharCode(...bytes.subarray(from + 1, from + 1 + length)))
    from += 1 + length
  }
  return found
}
