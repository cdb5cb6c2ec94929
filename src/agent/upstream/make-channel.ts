import type { Clock } from '#platform/clock.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import { dialTcp } from './dial-tcp.ts'
import { DohChannel } from './doh-channel.ts'
import type { Channel } from './exchange.ts'
import { StreamChannel } from './stream-channel.ts'
import { TlsDialer } from './tls-dialer.ts'

/** The way to an upstream for all that does not go over UDP. Nothing is opened before the first question. */
export function makeChannel(
  upstream: ReadyUpstream,
  clock: Clock,
  onMismatch: () => void,
): Channel {
  const { transport } = upstream
  switch (transport) {
    case 'udp':
    case 'tcp':
      return new StreamChannel(() => dialTcp(upstream), onMismatch)
    case 'dot':
      return new StreamChannel(new TlsDialer(upstream, undefined, clock).dial, onMismatch)
    case 'doh': {
      const { dial } = new TlsDialer(upstream, 'h2', clock)
      return new DohChannel({ upstream, dial, onMismatch })
    }
    default:
      return transport satisfies never
  }
}
