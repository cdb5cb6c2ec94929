/** An HTTPS server of lists on loopback that does what a test tells it, with a certificate authority of its own. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { startFakeUpstream } from './fake-upstream.ts'

/** What a request is answered with. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => void

export interface Authority {
  readonly caFile: string
  /** Key and certificate for a name, signed by the authority, good for so many days. */
  readonly certify: (name: string, days?: number) => { readonly key: string; readonly cert: string }
}

export interface ListServer {
  readonly port: number
  readonly caFile: string
  /** Headers of every request so far. */
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  serve: Serve
  /** `https://lists.test:PORT` and the path. */
  readonly url: (path: string, host?: string) => string
}

interface Test {
  readonly teardown: (work: () => unknown) => void
}

/** Makes an authority in a folder, with openssl. */
export function makeAuthority(folder: string): Authority {
  const at = (name: string): string => join(folder, name)
  const openssl = (...words: string[]): void => {
    execFileSync('openssl', words, { stdio: 'ignore' })
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-subj',
    '/CN=test',
    '-days',
    '30',
  )
  return {
    caFile: at('ca.pem'),
    certify: (name, days = 30) => {
      const [key, request, cert, names] = ['key', 'csr', 'pem', 'ext'].map((end) =>
        at(`${name}.${end}`),
      )
      if (!key || !request || !cert || !names) throw new Error('no paths')
      writeFileSync(names, `subjectAltName=DNS:${name},DNS:mirror.test`)
      openssl('req', ...newKey, '-keyout', key, '-out', request, '-subj', '/CN=list')
      openssl(
        'x509',
        '-req',
        '-in',
        request,
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca.key'),
        '-CAcreateserial',
        '-out',
        cert,
        '-days',
        String(days),
        '-extfile',
        names,
      )
      return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    },
  }
}

/** Starts a server for lists.test and mirror.test, both on one port. */
export async function startListServer(
  t: Test,
  authority: Authority,
  identity: { readonly key: string; readonly cert: string } = authority.certify('lists.test'),
): Promise<ListServer> {
  const asked: ListServer['asked'] = []
  const server = createServer(identity, (request, response) => {
    asked.push({ path: request.url ?? '', headers: request.headers })
    response.on('error', () => undefined)
    state.serve(request, response)
  })
  server.on('clientError', (_, socket) => socket.destroy())
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const state: ListServer = {
    port,
    caFile: authority.caFile,
    asked,
    serve: (_, response) => response.writeHead(404).end(),
    url: (path, host = 'lists.test') => `https://${host}:${port}${path}`,
  }
  return state
}

/** A resolver that gives every name the same address, or what a test says. */
export async function startNames(
  t: Test,
  addressOf: (name: string) => string = () => '127.0.0.1',
): Promise<number> {
  const names = await startFakeUpstream(({ name, type }) =>
    type === 'A' ? { answers: [{ type: 'A', name, ttl: 0, data: addressOf(name) }] } : {},
  )
  t.teardown(() => names.close())
  return names.port
}

/** Sends a whole list. */
export function sends(
  text: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Serve {
  return (_, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(text), ...headers }).end(text)
  }
}

/** So many made-up names, one a line. */
export function namesText(count: number, under = 'listed.test'): string {
  return Array.from({ length: count }, (_, i) => `name${i}.${under}\n`).join('')
}
