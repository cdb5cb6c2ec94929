/** Zones with names of every common kind, made by count, and for each name the questions to ask. */

export const ZONE_COUNT = 20
const BIG_STRINGS = 12
const SERVICE_TYPE = 64
const HTTPS_TYPE = 65
/** Of private use (RFC 6895 section 3.1). */
const UNKNOWN_TYPE = 65_280
const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  CAA: 257,
} as const

export interface Question {
  readonly name: string
  readonly type: number
  /** What is asked for, in words; a difference is told by it. */
  readonly kind: string
}

interface Made {
  /** Lines of a zone file, owners relative to the zone. */
  readonly lines: readonly string[]
  readonly asked: string
  readonly type: number
}

/** A name's records and its question; `n` makes it its own. */
type Kind = (n: number, zone: string) => Made

const v4 = (n: number): string => `192.0.2.${n % 256}`
const v6 = (n: number): string => `2001:db8:${(n % 65_536).toString(16)}::1`
const one = (n: number, record: string, type: number): Made => ({
  lines: [`n${n} 300 IN ${record}`],
  asked: `n${n}`,
  type,
})

/** In the order in which they take turns. */
export const KINDS: Readonly<Record<string, Kind>> = {
  A: (n) => one(n, `A ${v4(n)}`, TYPES.A),
  'several A': (n) => ({
    lines: [0, 1, 2, 3].map((i) => `n${n} 300 IN A ${v4(n + i)}`),
    asked: `n${n}`,
    type: TYPES.A,
  }),
  AAAA: (n) => one(n, `AAAA ${v6(n)}`, TYPES.AAAA),
  MX: (n) => one(n, `MX 10 mail${n}.example.net.`, TYPES.MX),
  TXT: (n) => one(n, `TXT "v=spf1 -all" "second \\"string\\" ${n}"`, TYPES.TXT),
  SRV: (n) => ({
    lines: [`_sip._tcp.n${n} 300 IN SRV 1 2 5060 host${n}.example.net.`],
    asked: `_sip._tcp.n${n}`,
    type: TYPES.SRV,
  }),
  CAA: (n) => one(n, 'CAA 0 issue "ca.example.net"', TYPES.CAA),
  NAPTR: (n) => one(n, `NAPTR 10 20 "s" "SIP+D2U" "" _sip._udp.n${n}.example.net.`, TYPES.NAPTR),
  PTR: (n) => one(n, `PTR host${n}.example.net.`, TYPES.PTR),
  HTTPS: (n) => one(n, `HTTPS 1 . alpn="h2,h3" ipv4hint=${v4(n)} ipv6hint=${v6(n)}`, HTTPS_TYPE),
  SVCB: (n) => one(n, `SVCB 1 svc${n}.example.net. alpn="dot" port=853`, SERVICE_TYPE),
  unknown: (n) =>
    one(
      n,
      `TYPE${UNKNOWN_TYPE} \\# 4 0a0b0c${(n % 256).toString(16).padStart(2, '0')}`,
      UNKNOWN_TYPE,
    ),
  'CNAME to an address': (n) => chain(n, 1 + (n % 4), [`end${n} 300 IN A ${v4(n)}`]),
  'CNAME asked for': (n) => ({ ...chain(n, 1, [`end${n} 300 IN A ${v4(n)}`]), type: TYPES.CNAME }),
  'CNAME to no record': (n) => chain(n, 1, [`end${n} 300 IN TXT "only text"`]),
  'CNAME to no name': (n) => chain(n, 2, []),
  DNAME: (n, zone) => ({
    lines: [`tree${n} 300 IN DNAME other${n}.${zone}.`, `www.other${n} 300 IN A ${v4(n)}`],
    asked: `www.tree${n}`,
    type: TYPES.A,
  }),
  'below a wildcard': (n) => ({
    lines: [`*.wild${n} 300 IN A ${v4(n)}`],
    asked: `a.b.wild${n}`,
    type: TYPES.A,
  }),
  'wildcard CNAME': (n) => ({
    lines: [`*.wild${n} 300 IN CNAME end${n}`, `end${n} 300 IN A ${v4(n)}`],
    asked: `x.wild${n}`,
    type: TYPES.A,
  }),
  'no record': (n) => ({ ...one(n, `A ${v4(n)}`, TYPES.AAAA) }),
  'no name': (n) => ({ lines: [], asked: `none${n}`, type: TYPES.A }),
  'empty non-terminal': (n) => ({
    lines: [`below.empty${n} 300 IN A ${v4(n)}`],
    asked: `empty${n}`,
    type: TYPES.A,
  }),
  'big TXT': (n) =>
    one(
      n,
      `TXT ${Array.from({ length: BIG_STRINGS }, () => `"${'x'.repeat(200)}"`).join(' ')}`,
      TYPES.TXT,
    ),
  'apex NS': () => ({ lines: [], asked: '@', type: TYPES.NS }),
  'apex SOA': () => ({ lines: [], asked: '@', type: TYPES.SOA }),
  'letters in any case': (n) => ({ ...one(n, `A ${v4(n)}`, TYPES.A), asked: `N${n}` }),
}

export interface Zones {
  /** Text of each zone's file, by its name. */
  readonly files: ReadonlyMap<string, string>
  readonly questions: readonly Question[]
}

/** So many names, the kinds in turn, spread over the zones. */
export function makeZones(names: number): Zones {
  const lines = new Map<string, string[]>()
  for (let i = 0; i < ZONE_COUNT; i++) lines.set(zoneName(i), apexLines())
  const kinds = Object.entries(KINDS)
  const questions = Array.from({ length: names }, (_, n): Question => {
    const zone = zoneName(Math.floor(n / kinds.length))
    const [kind, make] = kinds[n % kinds.length]!
    const made = make(n, zone)
    lines.get(zone)?.push(...made.lines)
    return { name: made.asked === '@' ? zone : `${made.asked}.${zone}`, type: made.type, kind }
  })
  const files = new Map([...lines].map(([zone, text]) => [zone, `${text.join('\n')}\n`]))
  return { files, questions }
}

function zoneName(n: number): string {
  return `z${n % ZONE_COUNT}.example.org`
}

function apexLines(): string[] {
  return ['@ 300 IN SOA ns root 1 3600 600 86400 60', '@ 300 IN NS ns', 'ns 300 IN A 192.0.2.53']
}

function chain(n: number, links: number, end: readonly string[]): Made {
  const alias = (i: number): string => (i === links ? `end${n}` : `c${i}n${n}`)
  const lines = Array.from({ length: links }, (_, i) => `${alias(i)} 300 IN CNAME ${alias(i + 1)}`)
  return { lines: [...lines, ...end], asked: alias(0), type: TYPES.A }
}
