import { type Failure, failure } from '#domain/failure.ts'
import type { ServedCertificate } from '#platform/served-certificate.ts'
import type { ReadyEncrypted } from '../policy/ready-config.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import { listenDoh } from './doh/doh.ts'
import { listenDot, type TlsListener, type TlsListenOptions } from './dot.ts'
import type { DnsListeners } from './listen-dns.ts'
import { isAbsent, type ListenPlace, whyNot } from './listen-fault.ts'
import type { StreamGates } from './stream-gates.ts'

export interface EncryptedListenOptions
  extends Omit<TlsListenOptions, 'address' | 'port' | 'gate'> {
  readonly settings: Pick<ReadyEncrypted, 'dot' | 'doh'>
  readonly gates: Pick<StreamGates, 'dot' | 'doh'>
  readonly certificate: ServedCertificate
}

/**
 * Listens on every endpoint of `listen.dot` and `listen.doh`, with or without a certificate: while there is none, connections are closed at
 * once. An address that the machine lacks is left out and told; any other fault closes the others again.
 */
export async function listenEncrypted(
  options: EncryptedListenOptions,
): Promise<DnsListeners | Failure<'cannot-listen'>> {
  const { settings, gates, certificate } = options
  const listeners: TlsListener[] = []
  const absent: string[] = []
  const places = [
    ...settings.dot.map((endpoint) => placeOf(endpoint, 'listen.dot')),
    ...settings.doh.map((endpoint) => placeOf(endpoint, 'listen.doh')),
  ]
  for (const place of places) {
    const isDot = place.option === 'listen.dot'
    try {
      const listener = await (isDot ? listenDot : listenDoh)({
        ...options,
        address: place.address,
        port: place.port,
        gate: isDot ? gates.dot : gates.doh,
      })
      certificate.serve(listener.useKeyPair)
      listeners.push(listener)
    } catch (error) {
      const why = whyNot(error, place)
      if (!isAbsent(error)) {
        await Promise.all(listeners.map((listener) => listener.close()))
        return failure('cannot-listen', why)
      }
      absent.push(why)
    }
  }
  return { listeners, absent }
}

function placeOf({ address, port }: Endpoint, option: ListenPlace['option']): ListenPlace {
  return { address, port, option }
}
