import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { DIRECTORY_LIMITS } from './directory-limits.ts'
import { isAnswer, messageLength } from './ldap-shape.ts'

type Listener = () => void

/** `net.connect` for ldapts, which gives it a port and a host: whole and sound messages alone get through. */
export function connectChecked(
  port: number | string | NetConnectOpts,
  host?: string | Listener,
  _connected?: Listener,
): Socket {
  if (typeof port !== 'number' || typeof host !== 'string') throw new TypeError('a port and a host')
  return checked(connect(port, host))
}

/** The same over TLS. */
export function connectTlsChecked(
  port: number | ConnectionOptions,
  host?: string | ConnectionOptions | Listener,
  options?: ConnectionOptions | Listener,
  _connected?: Listener,
): TLSSocket {
  if (typeof port !== 'number' || typeof host !== 'string' || typeof options === 'function')
    throw new TypeError('a port and a host')
  return checked(connectTls(port, host, options))
}

/**
 * Stands between the kernel and whoever reads the socket: bytes wait until their message is whole. A message that is too long or is
 * no answer ends the connection.
 */
function checked<S extends Socket>(socket: S): S {
  const push = socket.push.bind(socket)
  let waiting: Buffer = Buffer.alloc(0)
  const fail = (why: string): false => {
    waiting = Buffer.alloc(0)
    socket.destroy(new Error(why))
    return false
  }
  socket.push = (chunk: unknown): boolean => {
    if (!Buffer.isBuffer(chunk)) return push(chunk)
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
    for (;;) {
      const length = messageLength(waiting)
      if (length === 'none') return fail('what came is no LDAP')
      if (length !== undefined && length > DIRECTORY_LIMITS.answerBytes) return fail('too long')
      if (length === undefined || length > waiting.length) return true
      const message = waiting.subarray(0, length)
      if (!isAnswer(message)) return fail('what came is no answer')
      waiting = waiting.subarray(length)
      push(message)
    }
  }
  return socket
}
