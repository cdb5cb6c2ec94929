import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { DEFAULT_LINK_LIMITS, type LinkLimits } from '#agent/link/link-limits.ts'
import type { LinkMonitor, LinkMonitorOptions } from '#agent/link/link-monitor.ts'
import { startLinkMonitor } from '#agent/link/link-monitor.ts'
import type { EventBody, EventDraft } from '#domain/event.ts'
import { systemClock } from '#platform/clock.ts'
import { makeLog } from '#platform/log.ts'

/** A resolver that answers everything with SERVFAIL, or as it is told. */
export async function startResolver(
  answer?: (query: Buffer, reply: (message: Buffer) => void) => void,
): Promise<{ port: number; close: () => Promise<void> }> {
  let isClosed = false
  const socket: Socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const reply = (message: Buffer): void => {
      if (!isClosed) socket.send(message, from.port, from.address)
    }
    if (answer) return answer(query, reply)
    const message = Buffer.from(query)
    message.writeUInt16BE(0x8182, 2)
    reply(message)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    close: async () => {
      isClosed = true
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** A TCP port that takes connections. */
export async function startPort(): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () => server.close(),
  }
}

export interface Watched {
  readonly monitor: LinkMonitor
  readonly events: EventDraft[]
  /** `link-changed` events as `state/cause`. */
  readonly changes: () => string[]
  readonly bodies: <Kind extends EventBody['kind']>(
    kind: Kind,
  ) => Extract<EventBody, { kind: Kind }>[]
}

/** A monitor in a hurry: a round every 100 ms. */
export function watch(
  given: Partial<LinkMonitorOptions>,
  limits: Partial<LinkLimits> = {},
): Watched {
  const events: EventDraft[] = []
  const monitor = startLinkMonitor({
    upstreams: [],
    targets: [],
    intervalMs: 100,
    probeName: '.',
    previousRun: undefined,
    emit: (draft) => events.push(draft),
    clock: systemClock,
    log: makeLog('test', 'silent'),
    ...given,
    limits: { ...DEFAULT_LINK_LIMITS, timeoutMs: 100, reprobeMs: 50, ...limits },
  })
  const bodies: Watched['bodies'] = (kind) =>
    events.flatMap(({ body }) => (isKind(body, kind) ? [body] : []))
  return {
    monitor,
    events,
    bodies,
    changes: () => bodies('link-changed').map(({ to, cause }) => `${to}/${cause}`),
  }
}

function isKind<Kind extends EventBody['kind']>(
  body: EventBody,
  kind: Kind,
): body is Extract<EventBody, { kind: Kind }> {
  return body.kind === kind
}
