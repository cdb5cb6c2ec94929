/**
 * Pupils that look up what is blocked: each question comes from a loopback address of its own, so each should raise an
 * event of its own. The ledger holds what the clients saw with their own eyes.
 */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode } from 'dns-packet'

/** As long as the resolvers of most devices wait. */
const ANSWER_TIMEOUT_MS = 5_000
const NXDOMAIN = 3

export interface Seen {
  /** Who asked, which is also which event it should have raised. */
  readonly address: string
  /** On the clock of this process, in milliseconds. */
  readonly answeredAtMs: number
}

export interface LookupLoad {
  readonly ledger: readonly Seen[]
  readonly asked: () => number
  readonly stop: () => Promise<void>
}

/** Asks `name` on a port of loopback, `perSecond` times a second, until stopped. */
export function startLookups(name: string, port: number, perSecond: number): LookupLoad {
  const ledger: Seen[] = []
  let asked = 0
  const stopping = new AbortController()
  const everyMs = 1000 / perSecond
  const running = (async () => {
    const startedAtMs = performance.now()
    while (!stopping.signal.aborted) {
      const due = Math.floor((performance.now() - startedAtMs) / everyMs)
      for (; asked < due; asked++) askOnce(name, port, addressOf(asked), ledger)
      await sleep(2)
    }
    await sleep(ANSWER_TIMEOUT_MS)
  })()
  return {
    ledger,
    asked: () => asked,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** 127.1.0.0 and up: four million clients on one machine. */
function addressOf(index: number): string {
  return `127.${1 + ((index >> 16) & 0x3f)}.${(index >> 8) & 0xff}.${index & 0xff}`
}

function askOnce(name: string, port: number, address: string, ledger: Seen[]): void {
  const socket = createSocket('udp4')
  const timer = setTimeout(() => socket.close(), ANSWER_TIMEOUT_MS)
  socket.on('error', () => undefined)
  socket.on('message', (message) => {
    const answeredAtMs = performance.now()
    clearTimeout(timer)
    socket.close()
    if (decode(message).id === 1 && (message.readUInt16BE(2) & 0xf) === NXDOMAIN)
      ledger.push({ address, answeredAtMs })
  })
  socket.bind(0, address, () => {
    const questions = [{ type: 'A', name } as const]
    socket.send(encode({ type: 'query', id: 1, flags: 0x0100, questions }), port, '127.0.0.1')
  })
}
