import { connect } from 'node:net'
import type { ProbeBounds } from './dns-probe.ts'
import type { Endpoint } from './endpoint.ts'
import { outcomeOfError, type ProbeOutcome } from './probe-outcome.ts'

/** Opens one TCP connection and drops it; a refusal shows that the host is there. Never rejects. */
export function probeTcp(
  { address, port }: Endpoint,
  { timeoutMs, monotonicMs, signal }: ProbeBounds,
): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const startedMs = monotonicMs()
    const socket = connect({ host: address, port })
    const finish = (outcome: ProbeOutcome): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', giveUp)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.destroy()
      resolve(outcome)
    }
    const giveUp = (): void => finish({ kind: 'silent' })
    const timer = setTimeout(giveUp, timeoutMs)
    signal.addEventListener('abort', giveUp)
    socket.on('connect', () => finish({ kind: 'reached', rttMs: monotonicMs() - startedMs }))
    socket.on('error', (error) => finish(outcomeOfError(error, monotonicMs() - startedMs)))
  })
}
