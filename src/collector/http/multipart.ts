import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Fields of one form. */
const PARTS_MAX = 16
/** RFC 2046, section 5.1.1. */
const BOUNDARY = /^multipart\/form-data;.*\bboundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))/i
const NAME = /^content-disposition:[ \t]*form-data;[^\r\n]*?\bname="([^"\r\n]{1,64})"/im

/**
 * Lets the routes that are added to `scope` take forms with files (RFC 7578): by the name of its field each file becomes the text that
 * it has. Of two of a name the last counts.
 */
export function takeMultipart(scope: FastifyInstance, bytesMax: number): void {
  scope.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: bytesMax },
    (request: FastifyRequest, body: Buffer, done) => {
      const fields = readMultipart(body, request.headers['content-type'] ?? '')
      if (fields !== undefined) return done(null, fields)
      return done(Object.assign(new Error('the form is not understood'), { statusCode: 400 }))
    },
  )
}

/** Undefined for what is no such form. Never throws. */
export function readMultipart(
  body: Buffer,
  contentType: string,
): Readonly<Record<string, string>> | undefined {
  const [, quoted, plain = ''] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (boundary === '') return undefined
  // Latin 1 has a character for each byte: what is found in it stands there in the bytes.
  const [, ...parts] = `\r\n${body.toString('latin1')}`.split(`\r\n--${boundary}`)
  const end = parts.pop()
  if (end?.startsWith('--') !== true || parts.length > PARTS_MAX) return undefined
  const fields: [string, string][] = []
  for (const part of parts) {
    const at = part.indexOf('\r\n\r\n')
    const name = NAME.exec(part.slice(0, at))?.[1]
    if (at === -1 || name === undefined) return undefined
    fields.push([name, textOf(Buffer.from(part.slice(at + 4), 'latin1'))])
  }
  return Object.fromEntries(fields)
}

/** What is not UTF-8 is of an older spreadsheet. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
