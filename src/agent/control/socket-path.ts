import { lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'

/** What `sun_path` holds, its final zero not counted (unix(7)). */
const SOCKET_PATH_BYTES_MAX = 107

/** A place where no socket can be served: a start-up fault. */
class SocketError extends Error {
  readonly code = 'EDGE_SOCKET'
}

/**
 * Makes the path free for a new socket: a socket that nobody serves any more, as a killed process leaves it, is removed.
 * Throws `SocketError` when somebody does serve it, when something else stands there, or when the path is too long.
 */
export async function claimSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX)
    throw new SocketError(
      `cannot serve ${path}: longer than ${SOCKET_PATH_BYTES_MAX} bytes, choose another state folder`,
    )
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new SocketError(`cannot serve ${path}: it is there and is no socket`)
  if (await isServed(path))
    throw new SocketError(`cannot serve ${path}: another process already runs on this state folder`)
  unlinkSync(path)
}

/** Whether a process serves the socket at this path now. Never rejects. */
export function isServed(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
