import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { isFailure } from '#domain/failure.ts'
import { CURATED_SETS } from '#rules/sets/sets.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { type RealUpstreamName, startRealUpstream } from '#test/support/real-upstream.ts'

const safe = CURATED_SETS.find(({ id }) => id === 'safesearch')?.names[0]
const ENGINE = safe?.name ?? ''
const SAFE = safe?.target ?? ''
const SIGNED_ENGINE = CURATED_SETS.find(({ id }) => id === 'safesearch')?.names[1]?.name ?? ''
const LARGE_ADDRESSES = Array.from({ length: 120 }, (_, i) => `198.51.100.${i + 1}`)

const RECORDS = [
  'www.example.org. 300 IN A 192.0.2.10',
  'www.example.org. 300 IN AAAA 2001:db8::10',
  'www.example.org. 300 IN HTTPS 1 . alpn=h2',
  'example.org. 300 IN MX 10 mail.example.org.',
  'example.org. 300 IN TXT "one" "two words"',
  'www.example.org. 300 IN TYPE65400 \\# 3 010203',
  'alias.example.org. 300 IN CNAME www.example.org.',
  'cloaked.example.org. 300 IN CNAME tracker.blocked.test.',
  'tracker.blocked.test. 300 IN A 192.0.2.66',
  'denied.example.org. 300 IN A 203.0.113.9',
  'denied.example.org. 300 IN AAAA 2001:db8:bad::9',
  'denied.example.org. 300 IN HTTPS 1 . ipv4hint=203.0.113.9',
  'to-denied.example.org. 300 IN CNAME denied.example.org.',
  'private.example.org. 300 IN A 10.0.0.1',
  'private.example.org. 300 IN AAAA ::ffff:10.0.0.1',
  'private.example.org. 300 IN HTTPS 1 . ipv6hint=fd00::1',
  'host.intranet.example.org. 300 IN A 10.0.0.2',
  'hidden.example.org. 300 IN HTTPS 1 . alpn=h2 ipv4hint=192.0.2.7 ech=AEX+DQBBqg==',
  `${ENGINE}. 300 IN A 192.0.2.31`,
  `${SIGNED_ENGINE}. 300 IN A 192.0.2.30`,
  // nsd hands signatures out only of a zone whose keys are signed.
  `. 300 IN RRSIG DNSKEY 15 0 300 20400101000000 20200101000000 1 . ${'A'.repeat(86)}==`,
  `${SIGNED_ENGINE}. 300 IN RRSIG A 15 3 300 20400101000000 20200101000000 1 example.org. ${'A'.repeat(86)}==`,
  'twice.example.org. 300 IN CNAME cloaked.example.org.',
  `${SAFE}. 300 IN A 192.0.2.20`,
  `${SAFE}. 300 IN AAAA 2001:db8::20`,
  ...LARGE_ADDRESSES.map((address) => `large.example.org. 300 IN A ${address}`),
]

/** What dig said: header, sections and the lines of them with TTLs left out. */
interface Dug {
  readonly status: string
  readonly flags: readonly string[]
  readonly answer: readonly string[]
  readonly text: string
}

interface DigCase {
  readonly title: string
  readonly words: readonly string[]
  readonly status: string
  /** Flags that must be set, in any order. */
  readonly flags?: readonly string[]
  readonly notFlags?: readonly string[]
  /** The whole answer section in any order: `name class type data`. */
  readonly answer?: readonly string[]
  readonly says?: readonly RegExp[]
  readonly doesNotSay?: readonly RegExp[]
}

const BLOCKED = { status: 'NXDOMAIN', answer: [], says: [/EDE: 1[57] \(\w+\)/, /IN\tSOA\t/] }
const DENIED = { status: 'NXDOMAIN', answer: [], says: [/EDE: 17 \(Filtered\)/] }
const PRIVATE = { status: 'NXDOMAIN', answer: [], says: [/EDE: 15 \(Blocked\): \(a public name/] }
const large = LARGE_ADDRESSES.map((address) => `large.example.org. IN A ${address}`)
const ANY_EXTENSION = /OPT PSEUDOSECTION/
const RA_SET = ['qr', 'rd', 'ra']

const CASES: readonly DigCase[] = [
  { title: 'a blocked A', words: ['blocked.test', 'A'], ...BLOCKED },
  { title: 'a blocked AAAA', words: ['www.blocked.test', 'AAAA'], ...BLOCKED },
  { title: 'a blocked HTTPS', words: ['blocked.test', 'HTTPS'], ...BLOCKED },
  { title: 'a blocked name in capitals', words: ['BLOCKED.TEST'], ...BLOCKED },
  { title: 'a blocked name with CD and DO', words: ['+cd', '+dnssec', 'blocked.test'], ...BLOCKED },
  { title: 'a blocked name over TCP', words: ['+tcp', 'blocked.test'], ...BLOCKED },
  { title: 'a CNAME to a blocked name', words: ['cloaked.example.org'], ...BLOCKED },
  { title: 'the same, two hops away', words: ['twice.example.org', 'AAAA'], ...BLOCKED },
  { title: 'the canary of browsers', words: ['use-application-dns.net'], ...BLOCKED },
  { title: 'the canary of a relay', words: ['mask.icloud.com'], ...BLOCKED },
  { title: 'a canary of our own', words: ['canary-harm-selfharm.test', 'AAAA'], ...BLOCKED },
  {
    title: 'safe search, IPv4',
    words: [ENGINE, 'A'],
    status: 'NOERROR',
    flags: RA_SET,
    answer: [`${ENGINE}. IN CNAME ${SAFE}.`, `${SAFE}. IN A 192.0.2.20`],
  },
  {
    title: 'safe search, IPv6',
    words: [ENGINE, 'AAAA'],
    status: 'NOERROR',
    answer: [`${ENGINE}. IN CNAME ${SAFE}.`, `${SAFE}. IN AAAA 2001:db8::20`],
  },
  { title: 'safe search, HTTPS', words: [ENGINE, 'HTTPS'], status: 'NOERROR', answer: [] },
  {
    title: 'an allowed name',
    words: ['www.example.org'],
    status: 'NOERROR',
    flags: RA_SET,
    notFlags: ['aa', 'ad', 'tc'],
    answer: ['www.example.org. IN A 192.0.2.10'],
  },
  {
    title: 'an allowed CNAME',
    words: ['alias.example.org', 'AAAA'],
    status: 'NOERROR',
    answer: [
      'alias.example.org. IN CNAME www.example.org.',
      'www.example.org. IN AAAA 2001:db8::10',
    ],
  },
  {
    title: 'an allowed HTTPS record',
    words: ['www.example.org', 'HTTPS'],
    status: 'NOERROR',
    answer: ['www.example.org. IN HTTPS 1 . alpn="h2"'],
  },
  {
    title: 'MX',
    words: ['example.org', 'MX'],
    status: 'NOERROR',
    answer: ['example.org. IN MX 10 mail.example.org.'],
  },
  {
    title: 'TXT',
    words: ['example.org', 'TXT'],
    status: 'NOERROR',
    answer: ['example.org. IN TXT "one" "two words"'],
  },
  {
    title: 'an unknown type with data',
    words: ['www.example.org', 'TYPE65400'],
    status: 'NOERROR',
    answer: ['www.example.org. IN TYPE65400 \\# 3 010203'],
  },
  {
    title: 'an unknown type',
    words: ['www.example.org', 'TYPE1000'],
    status: 'NOERROR',
    answer: [],
  },
  { title: 'a name that is not', words: ['nothing.example.org'], status: 'NXDOMAIN', answer: [] },
  {
    title: 'a large answer, cut over UDP and whole over TCP',
    words: ['+bufsize=512', 'large.example.org'],
    status: 'NOERROR',
    notFlags: ['tc'],
    says: [/Truncated, retrying in TCP mode/],
    answer: large,
  },
  {
    title: 'a large answer, not asked for again',
    words: ['+bufsize=512', '+ignore', 'large.example.org'],
    status: 'NOERROR',
    flags: ['tc'],
    answer: [],
  },
  {
    title: 'a large answer without EDNS',
    words: ['+noedns', '+ignore', 'large.example.org'],
    status: 'NOERROR',
    flags: ['tc'],
    doesNotSay: [ANY_EXTENSION],
  },
  {
    title: 'a large answer that a client says it can take, yet over our own bound',
    words: ['+bufsize=4096', '+ignore', 'large.example.org'],
    status: 'NOERROR',
    flags: ['tc'],
  },
  {
    title: 'no EDNS',
    words: ['+noedns', 'www.example.org'],
    status: 'NOERROR',
    answer: ['www.example.org. IN A 192.0.2.10'],
    doesNotSay: [ANY_EXTENSION],
  },
  {
    title: 'no EDNS, blocked',
    words: ['+noedns', 'blocked.test'],
    status: 'NXDOMAIN',
    doesNotSay: [ANY_EXTENSION],
  },
  {
    title: 'EDNS version 1',
    words: ['+edns=1', '+noednsneg', 'www.example.org'],
    status: 'BADVERS',
    answer: [],
    says: [/EDNS: version: 0/],
  },
  {
    title: 'EDNS version 1 with an unknown option',
    words: ['+edns=1', '+noednsneg', '+ednsopt=100', 'www.example.org'],
    status: 'BADVERS',
    doesNotSay: [/OPT=100/],
  },
  {
    title: 'an unknown EDNS option',
    words: ['+ednsopt=100:1234', 'www.example.org'],
    status: 'NOERROR',
    doesNotSay: [/OPT=100/],
  },
  {
    title: 'unknown EDNS flags',
    words: ['+ednsflags=0x40', 'www.example.org'],
    status: 'NOERROR',
    doesNotSay: [/MBZ/],
  },
  {
    title: 'a cookie and a client subnet',
    words: ['+cookie', '+subnet=192.0.2.0/24', 'www.example.org'],
    status: 'NOERROR',
    doesNotSay: [/CLIENT-SUBNET/],
  },
  {
    title: 'DO is echoed',
    words: ['+dnssec', 'www.example.org'],
    status: 'NOERROR',
    says: [/EDNS: version: 0, flags: do;/],
  },
  { title: 'Z set', words: ['+zflag', 'www.example.org'], status: 'NOERROR', doesNotSay: [/MBZ/] },
  { title: 'AD set', words: ['+adflag', 'www.example.org'], status: 'NOERROR', notFlags: ['ad'] },
  { title: 'CD set', words: ['+cdflag', 'www.example.org'], status: 'NOERROR', flags: ['cd'] },
  { title: 'TC set', words: ['+tcflag', 'www.example.org'], status: 'NOERROR', notFlags: ['tc'] },
  { title: 'AA set', words: ['+aaflag', 'www.example.org'], status: 'NOERROR', notFlags: ['aa'] },
  { title: 'RD clear', words: ['+norec', 'blocked.test'], status: 'NXDOMAIN', notFlags: ['rd'] },
  { title: 'NOTIFY', words: ['+opcode=notify', 'example.org', 'SOA'], status: 'NOTIMP' },
  { title: 'UPDATE', words: ['+opcode=update', 'example.org', 'SOA'], status: 'NOTIMP' },
  { title: 'IQUERY', words: ['+opcode=iquery', 'example.org'], status: 'NOTIMP' },
  { title: 'opcode 15', words: ['+opcode=15', 'example.org'], status: 'NOTIMP' },
  { title: 'a header alone', words: ['+nocookie', '+header-only'], status: 'FORMERR' },
  {
    title: 'a cookie asked for without a question (RFC 7873 section 5.4)',
    words: ['+cookie', '+header-only'],
    status: 'NOERROR',
    answer: [],
    says: [/QUERY: 0, ANSWER: 0, AUTHORITY: 0/, /COOKIE: [0-9a-f]{48} \(good\)/],
  },
  {
    title: 'ANY',
    words: ['+notcp', 'www.example.org', 'ANY'],
    status: 'NOERROR',
    answer: ['www.example.org. IN HINFO "RFC8482" ""'],
  },
  { title: 'ANY of a blocked name', words: ['+notcp', 'blocked.test', 'ANY'], ...BLOCKED },
  {
    title: 'AXFR',
    words: ['example.org', 'AXFR'],
    status: '',
    says: [/Transfer failed/],
  },
  {
    title: 'IXFR',
    words: ['+tcp', 'example.org', 'IXFR=1'],
    status: '',
    says: [/Transfer failed/],
  },
  { title: 'class CH', words: ['version.bind', 'CH', 'TXT'], status: 'REFUSED', answer: [] },
  { title: 'class CH, allowed name', words: ['www.example.org', 'CH', 'A'], status: 'REFUSED' },
  { title: 'class HS', words: ['www.example.org', 'HS', 'A'], status: 'REFUSED' },
  {
    title: 'two queries over one connection',
    words: ['+tcp', '+keepopen', 'blocked.test', 'www.example.org', '+tcp'],
    status: 'NXDOMAIN',
    says: [/status: NOERROR/, /192\.0\.2\.10/],
  },
  {
    title: 'localhost',
    words: ['localhost', 'AAAA'],
    status: 'NOERROR',
    answer: ['localhost. IN AAAA ::1'],
  },
  {
    title: 'a reverse name of a private network',
    words: ['-x', '192.168.1.1'],
    status: 'NXDOMAIN',
    answer: [],
  },
  { title: 'a denied address', words: ['denied.example.org'], ...DENIED },
  { title: 'a denied address, IPv6', words: ['denied.example.org', 'AAAA'], ...DENIED },
  { title: 'a denied address as a hint', words: ['denied.example.org', 'HTTPS'], ...DENIED },
  { title: 'a denied address, over TCP', words: ['+tcp', 'to-denied.example.org'], ...DENIED },
  {
    title: 'a denied address with CD and DO',
    words: ['+cd', '+dnssec', 'denied.example.org'],
    ...DENIED,
  },
  { title: 'a private address', words: ['private.example.org'], ...PRIVATE },
  { title: 'a private address, mapped', words: ['private.example.org', 'AAAA'], ...PRIVATE },
  {
    title: 'a private address as a hint',
    words: ['+tcp', 'private.example.org', 'HTTPS'],
    ...PRIVATE,
  },
  {
    title: 'a private address in an allowed zone',
    words: ['host.intranet.example.org'],
    status: 'NOERROR',
    answer: ['host.intranet.example.org. IN A 10.0.0.2'],
  },
  {
    title: 'ech taken out of an HTTPS record',
    words: ['hidden.example.org', 'HTTPS'],
    status: 'NOERROR',
    answer: ['hidden.example.org. IN HTTPS 1 . alpn="h2" ipv4hint=192.0.2.7'],
    doesNotSay: [/ech=/],
  },
  {
    title: 'a blocked category in its own form',
    words: ['casino.blocked-by-list.test', 'A'],
    status: 'NOERROR',
    answer: ['casino.blocked-by-list.test. IN A 192.0.2.80'],
    says: [/EDE: 15 \(Blocked\): \(blocked by school policy: commerce\.gambling, list own\)/],
  },
  {
    title: "the school's own deny says so",
    words: ['blocked.test'],
    status: 'NXDOMAIN',
    says: [/EDE: 17 \(Filtered\): \(denied by the school, list school-deny\)/],
  },
  {
    title: 'what is locked says nothing of itself',
    words: ['canary-illegal-csam.test'],
    status: 'NXDOMAIN',
    says: [/EDE: 16 \(Censored\): \(blocked as the law requires\)/],
  },
  {
    title: 'safe search of a signed zone, DO',
    words: ['+dnssec', SIGNED_ENGINE],
    status: 'NXDOMAIN',
    answer: [],
    says: [/EDE: 15 \(Blocked\): \(safe search needs an unsigned answer/],
  },
  {
    title: 'safe search of a signed zone, CD',
    words: ['+cd', '+tcp', SIGNED_ENGINE, 'AAAA'],
    status: 'NXDOMAIN',
    answer: [],
  },
  {
    title: 'safe search of a signed zone, neither',
    words: [SIGNED_ENGINE],
    status: 'NOERROR',
    says: [/IN\tCNAME\t/],
    doesNotSay: [/192\.0\.2\.30/],
  },
  {
    title: 'safe search of an unsigned zone, DO',
    words: ['+dnssec', ENGINE],
    status: 'NOERROR',
    answer: [`${ENGINE}. IN CNAME ${SAFE}.`, `${SAFE}. IN A 192.0.2.20`],
  },
  { title: 'an escaped dot in a label', words: ['a\\.b.example.org'], status: 'NXDOMAIN' },
  { title: 'over IPv6', words: ['@::1', 'blocked.test'], ...BLOCKED },
]

const dig = promisify(execFile)
const skipDig = await dig('dig', ['-v']).then(
  () => false as const,
  () => 'needs dig (Debian package dnsutils)',
)

for (const server of ['unbound', 'nsd'] satisfies RealUpstreamName[])
  t.test(`dig gets the right answers, upstream ${server}`, { skip: skipDig }, async (t) => {
    const upstream = await startRealUpstream({ server, records: RECORDS })
    if (isFailure(upstream)) {
      t.plan(0, upstream.detail)
      return
    }
    t.teardown(() => upstream.stop())
    const folder = mkdtempSync(join(tmpdir(), 'edge-dig-'))
    t.teardown(() => rmSync(folder, { recursive: true, force: true }))
    const agent = await startAgentProcess({
      folder,
      upstreamPorts: [upstream.port],
      config: {
        deny: [{ name: 'blocked.test', reason: 'a name whose answer is known' }],
        'deny-addresses': [
          { cidr: '203.0.113.0/24', reason: 'a network whose answer is known' },
          { cidr: '2001:db8:bad::/48', reason: 'the same' },
        ],
        rebinding: { 'allow-zones': ['intranet.example.org'] },
        block: { address: { v4: '192.0.2.80' }, categories: { 'commerce.gambling': 'address' } },
        lists: [{ id: 'own', path: 'own.txt', format: 'domains', category: 'commerce.gambling' }],
      },
      files: { 'own.txt': 'blocked-by-list.test\n' },
      untilBlocked: 'blocked.test',
    })
    t.teardown(() => agent.stop())
    for (const one of CASES) check(t, one, await runDig(agent.port, one.words))
    for (const one of CASES) check(t, one, await runDig(agent.port, one.words), 'once more')
    t.ok(agent.isRunning())
  })

function check(t: Test, one: DigCase, dug: Dug, when = 'first'): void {
  const { title, status, flags = [], notFlags = [], answer, says = [], doesNotSay = [] } = one
  const wrong = [
    ...(dug.status === status ? [] : [`status ${dug.status}, not ${status}`]),
    ...flags.filter((flag) => !dug.flags.includes(flag)).map((flag) => `flag ${flag} missing`),
    ...notFlags.filter((flag) => dug.flags.includes(flag)).map((flag) => `flag ${flag} set`),
    ...says.filter((text) => !text.test(dug.text)).map((text) => `does not say ${text}`),
    ...doesNotSay.filter((text) => text.test(dug.text)).map((text) => `says ${text}`),
  ]
  t.same(wrong, [], `${title}, ${when}`, wrong.length > 0 ? { dig: dug.text } : {})
  if (answer) t.same(dug.answer.toSorted(), [...answer].toSorted(), `${title}: its answer, ${when}`)
}

async function runDig(port: number, words: readonly string[]): Promise<Dug> {
  const at = words.some((word) => word.startsWith('@')) ? [] : ['@127.0.0.1']
  const { stdout } = await dig('dig', [
    '-r',
    '-p',
    String(port),
    ...at,
    '+time=3',
    '+tries=1',
    ...words,
  ]).catch((error: unknown) => ({ stdout: String(error) }))
  const sections = stdout.split(/^;; ANSWER SECTION:$/m)
  const lines = (sections[1] ?? '').trim().split(/\n\n/)[0]?.split('\n') ?? []
  return {
    status: /status: (\w+)/.exec(stdout)?.[1] ?? '',
    flags: /^;; flags: ([a-z ]*);/m.exec(stdout)?.[1]?.split(' ') ?? [],
    answer: lines.filter((line) => line !== '').map(withoutTtl),
    text: stdout,
  }
}

/** `name class type data`, fields parted by one space. */
function withoutTtl(line: string): string {
  const [name = '', , recordClass = '', type = '', ...data] = line.split(/\s+/)
  return [name, recordClass, type, data.join(' ')].join(' ')
}
