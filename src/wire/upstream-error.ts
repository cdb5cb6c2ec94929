import { EDE_OPTION, type ExtendedError, extendedError } from './answer-writer.ts'

const OPT_HEAD_BYTES = 11
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What an OPT record at `start` of a message that may be cut short says: see `errorIn`. */
export function errorInOpt(message: Buffer, start: number): ExtendedError | undefined {
  const dataStart = start + OPT_HEAD_BYTES
  if (dataStart > message.length) return undefined
  return errorIn(message.subarray(dataStart, dataStart + message.readUInt16BE(dataStart - 2)))
}

/**
 * The first extended error (RFC 8914) among EDNS options, fit to be passed on: its text is dropped where it is no UTF-8, and goes out
 * as printable ASCII of bounded length. Never throws.
 */
export function errorIn(options: Buffer): ExtendedError | undefined {
  const end = options.length
  for (let at = 0; at + 4 <= end; ) {
    const next = at + 4 + options.readUInt16BE(at + 2)
    if (next > end) return undefined
    if (options.readUInt16BE(at) === EDE_OPTION && next >= at + 6)
      return extendedError(options.readUInt16BE(at + 4), textOf(options.subarray(at + 6, next)))
    at = next
  }
  return undefined
}

function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes).replace(/\0$/, '')
  } catch {
    return ''
  }
}
