import type { Listener } from './listener.ts'
import { endpointOfServerName } from './peer.ts'
import type { StreamListenOptions } from './tcp.ts'
import { TcpConnection } from './tcp-connection.ts'
import { listenTls, type TlsServer, type TlsServerOptions } from './tls-server.ts'

/** What a listener over TLS needs. */
export interface TlsListenOptions extends StreamListenOptions {
  readonly mayShakeHands: TlsServerOptions['mayShakeHands']
}

export interface TlsListener extends Listener, Pick<TlsServer, 'useKeyPair'> {}

/** Listens for DNS over TLS (RFC 7858). Rejects when the address cannot be bound. */
export async function listenDot(options: TlsListenOptions): Promise<TlsListener> {
  const server = await listenTls({
    ...options,
    protocols: ['dot'],
    open: (socket, client) => {
      socket.allowHalfOpen = true
      const endpoint = endpointOfServerName(socket.servername)
      return new TcpConnection(socket, { address: client, endpoint }, options)
    },
  })
  return { ...server, transport: 'dot', address: options.address }
}
