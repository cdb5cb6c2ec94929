import type { ServerResponse } from 'node:http'
import type { CollectorLimits } from '../config/collector-limits.ts'

/** Something that an open page may want to show again. */
export interface Change {
  readonly kind: 'event' | 'appliance' | 'devices' | 'alert'
  readonly id: string
}

/** Open pages, told of changes by server-sent events. */
export interface LiveHub {
  /** False when there are too many. `isStillAllowed` is asked at each heartbeat. */
  readonly add: (response: ServerResponse, isStillAllowed: () => Promise<boolean>) => boolean
  readonly publish: (change: Change) => void
  readonly size: () => number
  readonly close: () => void
}

/** A reader that does not keep up is let go rather than buffered for: it connects again and fetches the whole part. */
export function makeLiveHub(
  limits: Pick<CollectorLimits, 'liveClientsMax' | 'liveBufferBytesMax' | 'liveHeartbeatMs'>,
): LiveHub {
  const clients = new Map<ServerResponse, () => Promise<boolean>>()
  const drop = (response: ServerResponse): void => {
    clients.delete(response)
    response.destroy()
  }
  const send = (text: string): void => {
    for (const response of clients.keys()) {
      if (response.writableLength > limits.liveBufferBytesMax) drop(response)
      else response.write(text)
    }
  }
  const beat = async (): Promise<void> => {
    for (const [response, isStillAllowed] of clients)
      if (!(await isStillAllowed().catch(() => false))) drop(response)
    send(': heartbeat\n\n')
  }
  const heartbeat = setInterval(() => {
    beat().catch(() => undefined)
  }, limits.liveHeartbeatMs)
  heartbeat.unref()

  return {
    add: (response, isStillAllowed) => {
      if (clients.size >= limits.liveClientsMax) return false
      clients.set(response, isStillAllowed)
      response.on('close', () => clients.delete(response))
      response.on('error', () => clients.delete(response))
      response.write('retry: 2000\n\n')
      return true
    },
    publish: ({ kind, id }) => {
      send(`data: ${JSON.stringify({ kind, id })}\n\n`)
    },
    size: () => clients.size,
    close: () => {
      clearInterval(heartbeat)
      for (const response of clients.keys()) response.end()
      clients.clear()
    },
  }
}
