import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { KeyPair } from '#platform/key-pair.ts'
import type { ConnectionGate } from './connection-gate.ts'
import type { MayShakeHands } from './handshake-rate.ts'
import { type Connection, listenStream, type StreamServer } from './stream-server.ts'

/** From the connection to the end of the handshake. */
const HANDSHAKE_MS = 5_000

export interface TlsServerOptions {
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
  readonly gate: ConnectionGate
  /** Names of ALPN (RFC 7301); a client that offers others alone is refused, one that offers none is not. */
  readonly protocols: readonly string[]
  readonly mayShakeHands: MayShakeHands
  /** Takes a connection up whose handshake is done. */
  readonly open: (socket: TLSSocket, client: string) => Connection
}

export interface TlsServer extends StreamServer {
  /** For handshakes from now on; connections stay. Until the first there are none. */
  readonly useKeyPair: (pair: KeyPair) => void
}

/**
 * Accepts connections over TLS 1.2 and 1.3, with session tickets. A connection counts against the gate's limits from its first packet
 * on, and its handshake has HANDSHAKE_MS however slowly its bytes come. Rejects when the address cannot be bound.
 */
export async function listenTls(options: TlsServerOptions): Promise<TlsServer> {
  const { address, port, gate, mayShakeHands, open } = options
  const waiting = new Map<string, Handshake>()
  let hasKeyPair = false
  const tls = createTls(options, waiting)
  const server = await listenStream({
    address,
    port,
    gate,
    open: (socket, client) => {
      const handshake = new Handshake(socket, client, gate, open)
      if (!hasKeyPair) handshake.refuse('no-certificate')
      else if (mayShakeHands(client)) {
        const key = keyOf(socket)
        waiting.set(key, handshake)
        socket.once('close', () => waiting.delete(key))
        // Who ends while shaking hands is gone; a protocol for which half a connection is of use says so afterwards.
        socket.allowHalfOpen = false
        tls.emit('connection', socket)
      } else handshake.refuse('handshake-rate')
      return handshake
    },
  })
  return {
    ...server,
    useKeyPair: ({ cert, key }) => {
      tls.setSecureContext({ cert, key, minVersion: 'TLSv1.2' })
      hasKeyPair = true
    },
  }
}

/** The server never listens by itself: it is handed connections that the gate has let in. */
function createTls({ protocols, gate }: TlsServerOptions, waiting: Map<string, Handshake>): Server {
  const settings = { ALPNProtocols: [...protocols], minVersion: 'TLSv1.2' } as const
  const tls = createServer({ ...settings, handshakeTimeout: HANDSHAKE_MS }, (socket) => {
    // Of TLS 1.2: nobody needs it, and it costs more than it gives.
    socket.disableRenegotiation()
    const key = keyOf(socket)
    const handshake = waiting.get(key)
    waiting.delete(key)
    if (handshake) handshake.done(socket)
    else socket.destroy()
  })
  tls.on('tlsClientError', (_, socket) => {
    gate.refuse('handshake')
    socket.destroy()
  })
  return tls
}

/** The other end tells a connection from all others on this endpoint, before its handshake and after. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** A connection, first while it shakes hands and then whatever it is. */
class Handshake implements Connection {
  readonly #socket: Socket
  readonly #client: string
  readonly #gate: ConnectionGate
  readonly #open: TlsServerOptions['open']
  readonly #timer: NodeJS.Timeout
  #connection: Connection | undefined

  constructor(
    socket: Socket,
    client: string,
    gate: ConnectionGate,
    open: TlsServerOptions['open'],
  ) {
    this.#socket = socket
    this.#client = client
    this.#gate = gate
    this.#open = open
    this.#timer = setTimeout(() => this.refuse('slow-handshake'), HANDSHAKE_MS)
    socket.once('close', () => clearTimeout(this.#timer))
    socket.on('error', () => socket.destroy())
  }

  done(socket: TLSSocket): void {
    clearTimeout(this.#timer)
    this.#connection = this.#open(socket, this.#client)
  }

  refuse(reason: 'no-certificate' | 'handshake-rate' | 'slow-handshake'): void {
    this.#gate.refuse(reason)
    this.#socket.destroy()
  }

  finish(): void {
    if (this.#connection) this.#connection.finish()
    else this.destroy()
  }

  destroy(): void {
    this.#connection?.destroy()
    this.#socket.destroy()
  }
}
