/** Frames of HTTP/2 byte by byte (RFC 9113 section 4, RFC 7541): what no client of good manners would send. */
import { u16, u32 } from '#test/rfc/raw-message.ts'

export const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
export const FRAME = { data: 0, headers: 1, rst: 3, settings: 4, ping: 6 } as const
export const FLAG = { endStream: 1, endHeaders: 4 } as const
const CANCEL = 8

export function frameOf(type: number, flags: number, stream: number, body: Buffer): Buffer {
  return Buffer.concat([headOf(body.length, type, flags, stream), body])
}

/** Of a frame whose body may never come. */
export function headOf(length: number, type: number, flags: number, stream: number): Buffer {
  return Buffer.concat([
    Buffer.of(length >> 16),
    u16(length & 0xffff),
    Buffer.of(type, flags),
    u32(stream),
  ])
}

export const SETTINGS: Buffer = frameOf(FRAME.settings, 0, 0, Buffer.alloc(0))
export const PING: Buffer = frameOf(FRAME.ping, 0, 0, Buffer.alloc(8))

/** By the static table where it has them, and as plain text (RFC 7541 section 6.2.2). */
const literal = (index: readonly number[], text: string): Buffer =>
  Buffer.concat([Buffer.of(...index, text.length), Buffer.from(text)])
const AUTHORITY = literal([0x01], '127.0.0.1')
const POST_BLOCK = Buffer.concat([
  Buffer.of(0x83, 0x87),
  AUTHORITY,
  literal([0x04], '/dns-query'),
  literal([0x0f, 0x10], 'application/dns-message'),
])

/** The headers of a POST whose body is to come. */
export function postOf(stream: number): Buffer {
  return frameOf(FRAME.headers, FLAG.endHeaders, stream, POST_BLOCK)
}

export function getOf(stream: number, message: Buffer): Buffer {
  const path = literal([0x04], `/dns-query?dns=${message.toString('base64url')}`)
  const flags = FLAG.endStream | FLAG.endHeaders
  return frameOf(
    FRAME.headers,
    flags,
    stream,
    Buffer.concat([Buffer.of(0x82, 0x87), AUTHORITY, path]),
  )
}

export function dataOf(stream: number, body: Buffer, isLast: boolean): Buffer {
  return frameOf(FRAME.data, isLast ? FLAG.endStream : 0, stream, body)
}

export function resetOf(stream: number): Buffer {
  return frameOf(FRAME.rst, 0, stream, u32(CANCEL))
}
