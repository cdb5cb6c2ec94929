/** What a request of DNS over HTTPS asks for (RFC 8484 section 4.1). Pure. */

const PATH = '/dns-query'
/** Below it, endpoints that only one device was given. */
const PATHS = /^\/dns-query(?:\/([a-z0-9]{8,32}))?$/
const MESSAGE_TYPE = 'application/dns-message'
/** Without padding, which a client must leave out (RFC 8484 section 6). */
const BASE64URL = /^[A-Za-z0-9_-]*$/

export interface RequestHead {
  readonly method: string
  /** Path and query, as sent. */
  readonly target: string
  readonly contentType: string | undefined
  /** As the client says; undefined where it says nothing. */
  readonly contentLength: string | undefined
}

/** A request that gets no DNS message, and why. */
export interface Refused {
  readonly kind: 'refused'
  readonly status: 400 | 404 | 405 | 408 | 413 | 414 | 415 | 431 | 503
  readonly text: string
}

export type ReadRequest =
  | { readonly kind: 'message'; readonly message: Buffer; readonly endpoint: string | undefined }
  /** The message is the body, which is still to come. */
  | { readonly kind: 'body'; readonly endpoint: string | undefined }
  | Refused

/** Reads the head of a request. Never throws. */
export function readRequest(head: RequestHead, messageBytesMax: number): ReadRequest {
  const { method, target } = head
  const mark = target.indexOf('?')
  const path = PATHS.exec(mark < 0 ? target : target.slice(0, mark))
  if (!path) return refused(404, `nothing is here but ${PATH}`)
  const endpoint = path[1]
  switch (method) {
    case 'GET':
      return readParameter(mark < 0 ? '' : target.slice(mark + 1), endpoint, messageBytesMax)
    case 'POST':
      return readBodyHead(head, endpoint, messageBytesMax)
    default:
      return refused(405, 'GET or POST')
  }
}

export function refused(status: Refused['status'], text: string): Refused {
  return { kind: 'refused', status, text }
}

/** A body as a whole. */
export function readBody(message: Buffer, endpoint: string | undefined): ReadRequest {
  return message.length === 0
    ? refused(400, 'the body is empty: it is to be a DNS message')
    : { kind: 'message', message, endpoint }
}

function readParameter(
  query: string,
  endpoint: string | undefined,
  messageBytesMax: number,
): ReadRequest {
  const [text, another] = new URLSearchParams(query).getAll('dns')
  if (text === undefined) return refused(400, 'dns= is missing')
  if (another !== undefined) return refused(400, 'dns= is there twice')
  if (text === '') return refused(400, 'dns= is empty')
  // The last character of four alone would be six bits.
  if (!BASE64URL.test(text) || text.length % 4 === 1)
    return refused(400, 'dns= is not base64url without padding')
  const message = Buffer.from(text, 'base64url')
  if (message.length > messageBytesMax) return refused(414, 'the DNS message is too long')
  return { kind: 'message', message, endpoint }
}

function readBodyHead(
  { contentType = '', contentLength }: RequestHead,
  endpoint: string | undefined,
  messageBytesMax: number,
): ReadRequest {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== MESSAGE_TYPE) return refused(415, `content-type is to be ${MESSAGE_TYPE}`)
  if (Number(contentLength ?? 0) > messageBytesMax)
    return refused(413, 'the DNS message is too long')
  return { kind: 'body', endpoint }
}
