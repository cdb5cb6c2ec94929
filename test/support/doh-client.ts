/** A client of DNS over HTTPS (RFC 8484) by HTTP/2 that sends what it is told, right or wrong. Any certificate will do. */
import { once } from 'node:events'
import { type ClientHttp2Session, connect } from 'node:http2'

export const DNS_MESSAGE = 'application/dns-message'
export const DNS_PATH = '/dns-query'

export interface HttpSent {
  /** GET unless told otherwise, with a body POST. */
  readonly method?: string
  readonly path?: string
  readonly body?: Buffer
  /** Of the body. */
  readonly type?: string
}

export interface HttpGot {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Where a message is asked for by GET (RFC 8484 section 4.1). */
export function getPath(message: Buffer): string {
  return `${DNS_PATH}?dns=${message.toString('base64url')}`
}

/** A session on 127.0.0.1 that the caller has to end. Rejects where none comes about. */
export async function openSession(port: number): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  const opened = once(session, 'connect')
  session.on('error', () => undefined)
  await opened
  return session
}

/** Rejects where the stream breaks, and where nothing comes for so long. */
export function sendHttp2(
  session: ClientHttp2Session,
  sent: HttpSent,
  timeoutMs = 10_000,
): Promise<HttpGot> {
  const { body, type = DNS_MESSAGE, path = DNS_PATH, method = body ? 'POST' : 'GET' } = sent
  const stream = session.request({
    ':method': method,
    ':path': path,
    ...(body && { 'content-type': type }),
  })
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let got: Readonly<Record<string, unknown>> = {}
    stream.setTimeout(timeoutMs, () => stream.destroy(new Error(`no answer to ${path}`)))
    stream.on('response', (headers) => {
      got = { ...headers }
    })
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('error', reject)
    stream.on('close', () =>
      resolve({ status: Number(got[':status'] ?? 0), headers: got, body: Buffer.concat(parts) }),
    )
    stream.end(body)
  })
}
