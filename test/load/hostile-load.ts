import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { hostilePacket } from '#test/fuzz/hostile-packet.ts'
import { makeRandom } from '#test/fuzz/random.ts'

const TICK_MS = 5
const BURST_SECONDS = 0.05
const NAMES: readonly [string, ...string[]] = [
  'blocked.test',
  'www.open.test',
  'localhost',
  'canary-harm-selfharm.test',
  'a.b.c.d.e.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  '.',
]

export interface HostileLoad {
  readonly sent: () => number
  readonly stop: () => Promise<void>
}

/** Broken queries and noise at a steady rate from one client; nobody looks at what comes back. */
export function startHostileLoad(options: {
  readonly port: number
  readonly perSecond: number
  readonly seed: number
}): HostileLoad {
  const { port, perSecond, seed } = options
  const random = makeRandom(seed, 0)
  const socket = createSocket('udp4')
  socket.on('error', () => undefined)
  socket.on('message', () => undefined)
  const stopping = new AbortController()
  const burst = perSecond * BURST_SECONDS
  let sent = 0
  let skipped = 0
  const running = (async () => {
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.2', () => resolve()))
    const startedAtMs = performance.now()
    while (!stopping.signal.aborted) {
      const due = ((performance.now() - startedAtMs) / 1_000) * perSecond
      // What is late is left out: a burst would be another attack than the one that is meant.
      skipped = Math.max(skipped, due - sent - burst)
      for (; sent + skipped < due; sent++)
        socket.send(hostilePacket(random, NAMES), port, '127.0.0.1', () => undefined)
      await sleep(TICK_MS)
    }
    socket.close()
  })()
  return {
    sent: () => sent,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
