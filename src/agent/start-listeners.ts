/** Everything that takes queries in: UDP and TCP, and encrypted DNS where it is configured. */
import { type Failure, isFailure } from '#domain/failure.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ServedCertificate } from '#platform/served-certificate.ts'
import type { AgentBase } from './agent-base.ts'
import type { FastPath } from './fastpath/fast-path.ts'
import { tellWorkers } from './fastpath/tell-workers.ts'
import { makeHandshakeRate } from './listen/handshake-rate.ts'
import { listenDns } from './listen/listen-dns.ts'
import { listenEncrypted } from './listen/listen-encrypted.ts'
import type { Listener } from './listen/listener.ts'
import { matchPassed } from './listen/passed-sockets.ts'
import { makeQueryPool } from './listen/query-pool.ts'
import { makeStreamGates, type StreamGates } from './listen/stream-gates.ts'
import { tellOfRoom, tellOfSources, udpReadings } from './listen/udp-readings.ts'
import { registerReadings } from './metrics/agent-metrics.ts'
import { registerConnectionMetrics } from './metrics/connection-metrics.ts'
import type { Resolve } from './stage.ts'

/** In the state folder. */
const OWN_CERTIFICATE = 'dns-tls.pem'

export interface Listening {
  readonly listeners: readonly Listener[]
  readonly closeListeners: () => Promise<unknown>
}

/** Listens everywhere, or nowhere and says why. A certificate that cannot be used keeps nobody from plain DNS. */
export async function startListeners(
  base: AgentBase,
  resolve: Resolve,
  fast: FastPath | undefined,
): Promise<Listening | Failure<'cannot-listen'>> {
  const { first, faults, registry, log } = base
  const gates = makeStreamGates(first.limits)
  const streams = { limits: gates.limits, gate: gates.tcp }
  const endpoints = matchPassed(first.listen.dns, base.passed ?? [], loadLibc())
  if (isFailure(endpoints)) return endpoints
  const plain = await listenDns(endpoints, resolve, streams, fast)
  if (isFailure(plain)) return plain
  const certificate = isEncrypted(base) ? openCertificate(base) : undefined
  const encrypted = certificate && (await startEncrypted(base, resolve, gates, certificate))
  if (encrypted && isFailure(encrypted)) {
    certificate?.close()
    await Promise.all(plain.listeners.map((one) => one.close()))
    return encrypted
  }
  for (const absent of [...plain.absent, ...(encrypted?.absent ?? [])]) faults.add('listen', absent)
  registerConnectionMetrics(registry, gates)
  registerReadings(registry, udpReadings(plain.listeners, fast))
  tellOfRoom(plain.listeners, log)
  tellOfSources(plain.listeners, fast, log)
  if (fast) tellWorkers(fast, log).catch(() => undefined)
  const listeners = [...plain.listeners, ...(encrypted?.listeners ?? [])]
  return {
    listeners,
    closeListeners: () => {
      certificate?.close()
      return Promise.all(listeners.map((one) => one.close()))
    },
  }
}

function isEncrypted({ first }: AgentBase): boolean {
  const { dot, doh } = first.listen.encrypted
  return dot.length + doh.length > 0
}

function openCertificate({ first, stateDir, clock, faults, log }: AgentBase): ServedCertificate {
  const { name, addresses, files } = first.listen.encrypted
  return new ServedCertificate({
    names: { names: name === undefined ? [] : [name], addresses },
    files,
    stateDir,
    ownFile: OWN_CERTIFICATE,
    clock,
    onFault: (text) => {
      faults.add('certificate', text)
      log.warn({ detail: text }, 'certificate of encrypted DNS')
    },
  })
}

function startEncrypted(
  { first, clock }: AgentBase,
  resolve: Resolve,
  gates: StreamGates,
  certificate: ServedCertificate,
): ReturnType<typeof listenEncrypted> {
  return listenEncrypted({
    settings: first.listen.encrypted,
    resolve,
    queries: makeQueryPool(),
    limits: gates.limits,
    gates,
    certificate,
    mayShakeHands: makeHandshakeRate(clock.monotonicMs),
  })
}
