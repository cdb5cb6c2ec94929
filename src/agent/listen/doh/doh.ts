import type { TlsListener, TlsListenOptions } from '../dot.ts'
import { listenTls } from '../tls-server.ts'
import { makeHttp1 } from './http1-connection.ts'
import { Http2Connection } from './http2-connection.ts'

const HTTP2 = 'h2'

/** Listens for DNS over HTTPS (RFC 8484), HTTP/2 and 1.1. Rejects when the address cannot be bound. */
export async function listenDoh(options: TlsListenOptions): Promise<TlsListener> {
  const openHttp1 = makeHttp1(options)
  const server = await listenTls({
    ...options,
    protocols: [HTTP2, 'http/1.1'],
    open: (socket, client) =>
      socket.alpnProtocol === HTTP2
        ? new Http2Connection(socket, client, options)
        : openHttp1(socket, client),
  })
  return { ...server, transport: 'doh', address: options.address }
}
