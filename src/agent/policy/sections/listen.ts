import type { z } from 'zod'
import { type Complaint, complaint } from '../complaint.ts'
import { address, block, choice, integer, listOf } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

/** A place that is listened on or asked. */
export interface Endpoint {
  /** In text, as written; IPv6 without brackets. */
  readonly address: string
  readonly port: number
}

const UDP_WAYS = ['batch', 'node'] as const
/** How UDP is received: in batches by a thread of its own (Linux, with the optional package koffi), or by node:dgram. */
export type UdpWay = (typeof UDP_WAYS)[number]

const COOKIE_MODES = ['answer', 'require', 'off'] as const
/** DNS cookies (RFC 7873): given to those who ask for one, or demanded over UDP as well, or not known of. */
export type CookieMode = (typeof COOKIE_MODES)[number]

export interface ListenSection {
  readonly cookies?: CookieMode | undefined
  readonly udp?: UdpWay | undefined
  readonly dns?: readonly Endpoint[] | undefined
  readonly metrics?: Endpoint | undefined
  readonly workers?: number | undefined
}

/** More would wait for each other: what they share is the main thread's work. */
const WORKERS_MAX = 8
/** Above 1023, so that an ordinary user may listen. */
const DNS_PORT = 5300
export const DEFAULT_LISTEN: Required<ListenSection> & {
  readonly dns: readonly Endpoint[]
  readonly metrics: Endpoint
  readonly udp: UdpWay
  readonly workers: number
  readonly cookies: CookieMode
} = {
  cookies: 'answer',
  udp: 'batch',
  workers: 1,
  dns: [
    { address: '127.0.0.1', port: DNS_PORT },
    { address: '::1', port: DNS_PORT },
  ],
  metrics: { address: '127.0.0.1', port: 9153 },
}

// Port 0 lets the system choose: for trying out beside another agent.
const endpoint: z.ZodType<Endpoint> = block({ address: address(), port: integer(0, 65_535) })

/** `listen`: where DNS is answered, over UDP and TCP alike, and where Prometheus scrapes. */
export const listenSection: z.ZodType<ListenSection> = block({
  dns: listOf(endpoint, 'addresses with ports', FILE_LIMITS.listeners).optional(),
  metrics: endpoint.optional(),
  udp: choice(UDP_WAYS).optional(),
  workers: integer(1, WORKERS_MAX).optional(),
  cookies: choice(COOKIE_MODES).optional(),
})

/** Listeners that cannot all be opened. */
export function checkListen({ dns = [] }: ListenSection): readonly Complaint[] {
  return dns.flatMap((one, i) => {
    const first = dns.findIndex((other) => endpointText(other) === endpointText(one))
    if (first === i || one.port === 0) return []
    return [
      complaint(['listen', 'dns', i], 'each listener once', `listen.dns[${first}] is the same`),
    ]
  })
}

/** `192.0.2.1:53` or `[2001:db8::1]:53`. */
export function endpointText({ address: text, port }: Endpoint): string {
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`
}
