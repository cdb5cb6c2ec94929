/** A real HTTP or HTTPS server on loopback that keeps every request and answers as a test tells it. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

export interface ReceivedPost {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface HttpReceiver {
  readonly port: number
  readonly url: (path?: string) => string
  readonly received: ReceivedPost[]
  answer: (post: ReceivedPost, response: ServerResponse) => void
  readonly close: () => Promise<void>
}

/** With a certificate it is `https://localhost`. */
export async function startHttpReceiver(identity?: {
  readonly key: string
  readonly cert: string
}): Promise<HttpReceiver> {
  const server = identity ? createTlsServer(identity) : createServer()
  const received: ReceivedPost[] = []
  server.on('clientError', (_: Error, socket: { destroy: () => void }) => socket.destroy())
  server.on('tlsClientError', () => undefined)
  server.on('request', (request, response) => {
    const parts: Buffer[] = []
    response.on('error', () => undefined)
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const post = { method, path: url, headers, body: Buffer.concat(parts) }
      received.push(post)
      state.answer(post, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const state: HttpReceiver = {
    port,
    url: (path = '/') => `${identity ? 'https' : 'http'}://localhost:${port}${path}`,
    received,
    answer: (_, response) => response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return state
}
