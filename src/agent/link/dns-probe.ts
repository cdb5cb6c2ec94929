import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import type { Endpoint } from './endpoint.ts'
import { isProbeAnswer, probeMessage } from './probe-message.ts'
import { outcomeOfError, type ProbeOutcome } from './probe-outcome.ts'

/** The bounds of one probe. */
export interface ProbeBounds {
  readonly timeoutMs: number
  readonly monotonicMs: () => number
  /** Ends the probe early, as silent. */
  readonly signal: AbortSignal
}

/**
 * Asks one upstream one question over UDP, from a port of its own. The socket is connected, so that a refusal by the host
 * (ICMP port unreachable) is heard, and nobody else is. Never rejects.
 */
export function probeDns(
  { address, port }: Endpoint,
  name: string,
  { timeoutMs, monotonicMs, signal }: ProbeBounds,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const id = randomInt(0x10000)
    const sentMs = monotonicMs()
    const finish = (outcome: ProbeOutcome): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      resolve(outcome)
    }
    const fail = (error: Error): void => finish(outcomeOfError(error, monotonicMs() - sentMs))
    const giveUp = (): void => finish({ kind: 'silent' })
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    socket.on('error', fail)
    socket.on('message', (message) => {
      if (isProbeAnswer(message, id)) finish({ kind: 'reached', rttMs: monotonicMs() - sentMs })
    })
    socket.on('connect', () => {
      socket.send(probeMessage(id, name), (error) => {
        if (error) fail(error)
      })
    })
    socket.connect(port, address)
  })
}
