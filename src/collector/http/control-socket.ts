import { chmodSync, existsSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { CollectorError } from '../config/collector-options.ts'

/** The kernel's `sun_path`, without its ending zero. */
const PATH_BYTES_MAX = 107
const PROBE_MS = 500

/** What someone with access to the machine may ask. */
export interface ControlApi {
  readonly newSignInCode: () => string
  readonly status: () => Promise<Readonly<Record<string, unknown>>>
}

/** HTTP on a Unix socket of mode 0600. Throws `CollectorError` when another collector answers there. */
export async function startControlSocket(path: string, api: ControlApi): Promise<FastifyInstance> {
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    throw new CollectorError(`state folder is too long for a socket path: "${path}"`)
  await removeStale(path)
  const server = Fastify({ forceCloseConnections: true })
  server.post('/sign-in-code', async () => ({ code: api.newSignInCode() }))
  server.get('/status', () => api.status())
  await server.listen({ path })
  chmodSync(path, 0o600)
  return server
}

async function removeStale(path: string): Promise<void> {
  if (!existsSync(path)) return
  if (await answers(path)) throw new CollectorError(`another collector is running at "${path}"`)
  rmSync(path, { force: true })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const done = (isAlive: boolean): void => {
      socket.destroy()
      resolve(isAlive)
    }
    socket.setTimeout(PROBE_MS, () => done(true))
    socket.on('connect', () => done(true))
    socket.on('error', () => done(false))
  })
}
