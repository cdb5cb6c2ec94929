import type { z } from 'zod'
import { type Complaint, type ConfigPath, complaint, pathText } from '../complaint.ts'
import { address, block, choice, integer, listOf } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import {
  checkDnsTls,
  DEFAULT_DOH_PORT,
  DEFAULT_DOT_PORT,
  type DnsTlsSection,
  dnsTlsSection,
  type EncryptedEndpointSection,
  encryptedEndpoints,
} from './encrypted.ts'

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
  readonly dot?: readonly EncryptedEndpointSection[] | undefined
  readonly doh?: readonly EncryptedEndpointSection[] | undefined
  readonly tls?: DnsTlsSection | undefined
}

/** More would wait for each other: what they share is the main thread's work. */
const WORKERS_MAX = 8
/** Above 1023, so that an ordinary user may listen. */
const DNS_PORT = 5300
export const DEFAULT_LISTEN: {
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

/** `listen`: where DNS is answered, over UDP and TCP alike, over TLS and over HTTPS, and where Prometheus scrapes. */
export const listenSection: z.ZodType<ListenSection> = block({
  dns: listOf(endpoint, 'addresses with ports', FILE_LIMITS.listeners).optional(),
  metrics: endpoint.optional(),
  udp: choice(UDP_WAYS).optional(),
  workers: integer(1, WORKERS_MAX).optional(),
  cookies: choice(COOKIE_MODES).optional(),
  dot: encryptedEndpoints.optional(),
  doh: encryptedEndpoints.optional(),
  tls: dnsTlsSection.optional(),
})

/** Listeners that cannot all be opened, and a certificate without its key. */
export function checkListen(listen: ListenSection): readonly Complaint[] {
  const places = placesOf(listen)
  const twice = places.flatMap(({ path, endpoint: one }, i) => {
    const first = places.findIndex(
      ({ endpoint: other }) => endpointText(other) === endpointText(one),
    )
    const before = places[first]
    if (first === i || one.port === 0 || !before) return []
    return [complaint(path, 'each listener once', `${pathText(before.path)} is the same`)]
  })
  return [...twice, ...checkDnsTls(listen.tls ?? {})]
}

/** Every place that is listened on over TCP. */
function placesOf({
  dns = [],
  dot = [],
  doh = [],
}: ListenSection): readonly { readonly path: ConfigPath; readonly endpoint: Endpoint }[] {
  return [
    ...dns.map((one, i) => ({ path: ['listen', 'dns', i], endpoint: one })),
    ...dot.map((one, i) => ({
      path: ['listen', 'dot', i],
      endpoint: withPort(one, DEFAULT_DOT_PORT),
    })),
    ...doh.map((one, i) => ({
      path: ['listen', 'doh', i],
      endpoint: withPort(one, DEFAULT_DOH_PORT),
    })),
  ]
}

export function withPort(
  { address: text, port }: EncryptedEndpointSection,
  usual: number,
): Endpoint {
  return { address: text, port: port ?? usual }
}

/** `192.0.2.1:53` or `[2001:db8::1]:53`. */
export function endpointText({ address: text, port }: Endpoint): string {
  return text.includes(':') ? `[${text}]:${port}` : `${text}:${port}`
}
