import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { ControlLimits } from '../policy/limits.ts'
import { CONTROL_PATHS, type ControlApi } from './control-api.ts'
import {
  readAcceptRequest,
  readCloseRequest,
  readEndRequest,
  readExplainRequest,
  readFlushRequest,
  readGrantRequest,
  readQueriesRequest,
  readRefreshRequest,
  readRevealRequest,
  readSelftestRequest,
} from './control-requests.ts'
import { claimSocketPath } from './socket-path.ts'

/** A whole request must have come within this time; the asker is on the same machine. */
const REQUEST_TIMEOUT_MS = 5000
const IDLE_TIMEOUT_MS = 5000

export interface ControlServerOptions {
  /** Of the Unix socket, in a folder that only the owner may enter. */
  readonly path: string
  readonly api: ControlApi
  readonly limits: ControlLimits
  /** Told of a question that the agent could not answer for its own fault. */
  readonly onFault: (detail: string) => void
}

export interface ControlServer {
  close(): Promise<void>
}

type Route = (body: unknown) => Promise<object>

/**
 * Serves the control socket: HTTP over a Unix socket of mode 0600, so whoever may open it owns the state folder. Throws
 * `SocketError` when another agent serves the same folder or the path cannot be a socket.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { path, api, limits } = options
  await claimSocketPath(path)
  const routes = routesOf(api)
  const server = createServer((request, response) => {
    answer(routes, request, limits.controlBodyBytes)
      .catch((error: unknown) => {
        options.onFault(error instanceof Error ? error.message : 'unknown')
        return failure('internal', 'the agent could not answer; its log says why')
      })
      .then((reply) => send(response, reply))
      .catch(() => response.destroy()) // The asker is gone: nobody is left to tell.
  })
  server.maxConnections = limits.controlConnections
  server.requestTimeout = REQUEST_TIMEOUT_MS
  server.headersTimeout = REQUEST_TIMEOUT_MS
  server.keepAliveTimeout = IDLE_TIMEOUT_MS
  await listen(server, path)
  chmodSync(path, 0o600)
  return { close: () => close(server) }
}

function routesOf(api: ControlApi): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    [`GET ${CONTROL_PATHS.status}`, () => api.status()],
    [`GET ${CONTROL_PATHS.eventCounts}`, () => api.eventCounts()],
    [`POST ${CONTROL_PATHS.explain}`, (body) => given(readExplainRequest(body), api.explain)],
    [
      `POST ${CONTROL_PATHS.revealEvents}`,
      (body) => given(readRevealRequest(body), api.revealEvents),
    ],
    [`GET ${CONTROL_PATHS.releases}`, () => api.releases()],
    [
      `POST ${CONTROL_PATHS.grantRelease}`,
      (body) => given(readGrantRequest(body), api.grantRelease),
    ],
    [`POST ${CONTROL_PATHS.endRelease}`, (body) => given(readEndRequest(body), api.endRelease)],
    [`GET ${CONTROL_PATHS.requests}`, () => api.requests()],
    [
      `POST ${CONTROL_PATHS.closeRequest}`,
      (body) => given(readCloseRequest(body), api.closeRequest),
    ],
    [`POST ${CONTROL_PATHS.selftest}`, (body) => given(readSelftestRequest(body), api.selftest)],
    [`GET ${CONTROL_PATHS.setup}`, () => api.setup()],
    [`GET ${CONTROL_PATHS.lists}`, () => api.lists()],
    [
      `POST ${CONTROL_PATHS.refreshList}`,
      (body) => given(readRefreshRequest(body), api.refreshList),
    ],
    [`POST ${CONTROL_PATHS.acceptList}`, (body) => given(readAcceptRequest(body), api.acceptList)],
    [`POST ${CONTROL_PATHS.queries}`, (body) => given(readQueriesRequest(body), api.queries)],
    [`POST ${CONTROL_PATHS.flush}`, (body) => given(readFlushRequest(body), api.flush)],
  ])
}

async function given<T extends object>(
  request: T | Failure,
  ask: (request: T) => Promise<object>,
): Promise<object> {
  return isFailure(request) ? request : ask(request)
}

async function answer(
  routes: ReadonlyMap<string, Route>,
  request: IncomingMessage,
  bytesMax: number,
): Promise<object> {
  const route = routes.get(`${request.method} ${request.url}`)
  if (!route) return failure('no-such-route', 'no such question')
  if (request.method !== 'POST') return route(undefined)
  const body = await readBody(request, bytesMax)
  return isFailure(body) ? body : route(body.json)
}

async function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<{ readonly json: unknown } | Failure> {
  const parts: Buffer[] = []
  let bytes = 0
  // What was refused must still be answered, so leaving the loop must not close the connection.
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(part)) continue
    bytes += part.length
    if (bytes > bytesMax) return failure('too-large', `at most ${bytesMax} bytes may be asked`)
    parts.push(part)
  }
  try {
    return { json: JSON.parse(Buffer.concat(parts).toString('utf8')) }
  } catch {
    return failure('bad-request', 'the body is not JSON')
  }
}

const STATUS_OF_FAILURE: Readonly<Record<string, number>> = {
  'bad-request': 400,
  'bad-query': 400,
  refused: 403,
  'no-such-route': 404,
  'too-large': 413,
  'store-unavailable': 503,
}

function send(response: ServerResponse, reply: object): void {
  const status = isFailure(reply) ? (STATUS_OF_FAILURE[reply.failure] ?? 500) : 200
  const body = JSON.stringify(reply)
  // A refused body was not read to its end: what follows on this connection would not be a request.
  const connection = status === 413 ? { connection: 'close' } : {}
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...connection,
  })
  response.end(body)
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
