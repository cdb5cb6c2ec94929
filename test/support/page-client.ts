/** Visits to the block page: plain node:http, from any loopback address, with any Host. */
import { type IncomingHttpHeaders, request as plain } from 'node:http'
import { request as secure } from 'node:https'

const TIMEOUT_MS = 5_000

export interface VisitOptions {
  readonly port: number
  readonly host?: string
  /** The client's own address: any of 127.0.0.0/8. */
  readonly from?: string
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  readonly tls?: boolean
}

export interface Visited {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Text of the page without tags, on one line. */
  readonly text: string
}

/** One request on a connection of its own; as a browser that opens a page, unless told otherwise. Rejects when the connection breaks. */
export function visit(options: VisitOptions): Promise<Visited> {
  const { port, host, from = '127.0.0.1', path = '/', form, tls = false } = options
  const body = form && new URLSearchParams(form).toString()
  const settings = {
    host: '127.0.0.1',
    port,
    path,
    method: options.method ?? (form ? 'POST' : 'GET'),
    localAddress: from,
    agent: false,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      ...(host === undefined ? {} : { host }),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...options.headers,
    },
  } as const
  return new Promise((resolve, reject) => {
    const asked = tls ? secure({ ...settings, rejectUnauthorized: false }) : plain(settings)
    asked.on('error', reject)
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part) => (text += part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          text: textOf(text),
        }),
      )
    })
    asked.end(body)
  })
}

/** The token of the form on a page; empty where there is none. */
export function tokenOf({ body }: Visited): string {
  return /name="token" value="([^"]*)"/.exec(body)?.[1] ?? ''
}

function textOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll(/\s+/g, ' ')
    .trim()
}
