import type { z } from 'zod'
import { type DomainName, parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { type Complaint, type ConfigPath, complaint } from '../complaint.ts'
import {
  address,
  block,
  choice,
  field,
  flag,
  integer,
  listOf,
  type Reading,
  text,
} from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'
import { isOwnListener } from '../own-listener.ts'
import type { Endpoint } from './listen.ts'
import { readName } from './school-rules.ts'

const UPSTREAM_TRANSPORTS = ['udp', 'tcp', 'dot', 'doh'] as const
/** How an upstream is asked: UDP (with TCP for what is truncated), TCP alone, DNS over TLS (RFC 7858) or over HTTPS (RFC 8484). */
export type UpstreamTransport = (typeof UPSTREAM_TRANSPORTS)[number]

const STRATEGIES = ['in-order', 'fastest', 'spread'] as const
/** Which of several upstreams is asked first. */
export type Strategy = (typeof STRATEGIES)[number]

export const DEFAULT_PORTS: Readonly<Record<UpstreamTransport, number>> = {
  udp: 53,
  tcp: 53,
  dot: 853,
  doh: 443,
}
export const DEFAULT_DOH_PATH = '/dns-query'

export interface UpstreamSection {
  readonly address: string
  readonly port?: number | undefined
  readonly transport?: UpstreamTransport | undefined
  /** That the certificate must be for; with `dot` and `doh`. */
  readonly name?: DomainName | undefined
  /** With `doh`. */
  readonly path?: string | undefined
  /** A PEM file with the only authorities that are believed; with `dot` and `doh`. */
  readonly ca?: string | undefined
  /** Whether it checks signatures, so that its AD bit means something. */
  readonly validates?: boolean | undefined
}

export interface ZoneSection {
  readonly zone: DomainName
  readonly upstreams: readonly UpstreamSection[]
  readonly 'allow-private'?: boolean | undefined
}

/** `upstreams`: resolvers to ask. Absent: those of /etc/resolv.conf; an empty list: none. */
export const upstreamsSection: z.ZodType<readonly UpstreamSection[]> = listOf(
  block({
    address: address(),
    port: integer(1, 65_535).optional(),
    transport: choice(UPSTREAM_TRANSPORTS).optional(),
    name: field(readTlsName).optional(),
    path: field(readPath).optional(),
    ca: text('a file', 300).optional(),
    validates: flag().optional(),
  }),
  'upstreams',
  FILE_LIMITS.upstreams,
)

/** `strategy`: which of several upstreams is asked first. */
export const strategySection: z.ZodType<Strategy> = choice(STRATEGIES)

/** `zones`: names that other upstreams know, each with all names below it. */
export const zonesSection: z.ZodType<readonly ZoneSection[]> = listOf(
  block({
    zone: field(readZone),
    upstreams: upstreamsSection,
    'allow-private': flag().optional(),
  }),
  'zones with upstreams',
  FILE_LIMITS.zones,
)

/** What one upstream says of itself that does not fit together, and an upstream that is this agent itself, which would send every query round for ever. */
export function checkUpstreams(
  upstreams: readonly UpstreamSection[],
  listeners: readonly Endpoint[],
  place: ConfigPath = ['upstreams'],
): readonly Complaint[] {
  return upstreams.flatMap((one, i) => [
    ...checkTls(one, [...place, i]),
    ...checkLoop(one, listeners, [...place, i]),
  ])
}

/** The same of the zones' upstreams; a zone without any, and one that is given twice. */
export function checkZones(
  zones: readonly ZoneSection[],
  listeners: readonly Endpoint[],
): readonly Complaint[] {
  return zones.flatMap(({ zone, upstreams }, i) => {
    const first = zones.findIndex((other) => other.zone === zone)
    return [
      ...(first === i
        ? []
        : [complaint(['zones', i, 'zone'], 'each zone once', `zones[${first}] is the same`)]),
      ...(upstreams.length > 0
        ? []
        : [complaint(['zones', i, 'upstreams'], 'a list of at least one upstream')]),
      ...checkUpstreams(upstreams, listeners, ['zones', i, 'upstreams']),
    ]
  })
}

/** The port that an upstream is asked on. */
export function portOf({ port, transport = 'udp' }: UpstreamSection): number {
  return port ?? DEFAULT_PORTS[transport]
}

function checkTls(one: UpstreamSection, place: ConfigPath): readonly Complaint[] {
  const { transport = 'udp', name, path, ca } = one
  const isTls = transport === 'dot' || transport === 'doh'
  const needsName = 'name: the name in the certificate of the upstream'
  if (isTls && name === undefined)
    return [complaint(place, needsName, `transport ${transport} is only used with a name to check`)]
  const only = (key: string, allowed: string): Complaint =>
    complaint([...place, key], `only with transport: ${allowed}`, `the transport is ${transport}`)
  return [
    ...(!isTls && name !== undefined ? [only('name', 'dot or doh')] : []),
    ...(!isTls && ca !== undefined ? [only('ca', 'dot or doh')] : []),
    ...(transport !== 'doh' && path !== undefined ? [only('path', 'doh')] : []),
  ]
}

function checkLoop(
  one: UpstreamSection,
  listeners: readonly Endpoint[],
  place: ConfigPath,
): readonly Complaint[] {
  const upstream = { address: one.address, port: portOf(one) }
  if (!isOwnListener(upstream, listeners, [])) return []
  return [complaint(place, 'another resolver', 'this agent listens there itself')]
}

function readTlsName(found: unknown): Reading<DomainName> {
  const allowed = 'the name in the certificate, such as dns.example.org'
  if (typeof found !== 'string' || !/^[a-z0-9._-]+$/i.test(found)) return { allowed }
  const name = parseDomainName(found)
  if (isRuleFailure(name)) return { allowed, hint: name.detail }
  return /^[\d.]+$/.test(name) ? { allowed, hint: 'an address is no name' } : { value: name }
}

function readPath(found: unknown): Reading<string> {
  const allowed = `a path such as ${DEFAULT_DOH_PATH}`
  const isGood = typeof found === 'string' && /^\/[\w.~/-]{0,200}$/.test(found)
  return isGood ? { value: found } : { allowed }
}

/** Names that are this machine's or nobody's whatever a server says (RFC 6761, RFC 7686, RFC 8880, RFC 9462). */
const NEVER_FORWARDED = ['localhost', 'invalid', 'onion', 'alt', 'resolver.arpa', 'ipv4only.arpa']

function readZone(found: unknown): Reading<DomainName> {
  const reading = readName(found)
  if (!('value' in reading)) return reading
  const { value } = reading
  const never = NEVER_FORWARDED.find((name) => value === name || value.endsWith(`.${name}`))
  if (never === undefined) return reading
  return { allowed: 'a zone of your own', hint: `names below ${never} are answered here` }
}
