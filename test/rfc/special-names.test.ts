/** Names that must never leave a site: RFC 6761, 6762, 7686, 6303, 8880, 9462 and 8375. The upstream sees none of them. */

import t from 'tap'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { RCODE, TYPE } from './raw-message.ts'
import { startRfcServers } from './rfc-server.ts'

interface NameCase {
  readonly rfc: string
  readonly name: string
  readonly type?: number
  readonly rcode: number
  /** RDATA of each answer, as hex. */
  readonly answers?: readonly string[]
}

const LOOPBACK_IPV6 = `${'0'.repeat(31)}1`
const nothing = { rcode: RCODE.NXDOMAIN, answers: [] }
const reverse = (rfc: string, name: string): NameCase => ({ rfc, name, type: TYPE.PTR, ...nothing })

const CASES: readonly NameCase[] = [
  { rfc: 'RFC 6761 section 6.1', name: '1.1.168.192.in-addr.arpa', type: TYPE.PTR, ...nothing },
  { rfc: 'RFC 6761 section 6.3', name: 'localhost', rcode: 0, answers: ['7f000001'] },
  { rfc: 'RFC 6761 section 6.3', name: 'LOCALHOST', type: 28, rcode: 0, answers: [LOOPBACK_IPV6] },
  { rfc: 'RFC 6761 section 6.3', name: 'a.b.localhost', rcode: 0, answers: ['7f000001'] },
  { rfc: 'RFC 6761 section 6.3', name: 'localhost', type: TYPE.TXT, rcode: 0, answers: [] },
  { rfc: 'RFC 6761 section 6.4', name: 'x.invalid', ...nothing },
  { rfc: 'RFC 7686 section 2', name: 'facebookcorewwwi.onion', ...nothing },
  { rfc: 'RFC 6762 section 22.1', name: 'printer.local', ...nothing },
  { rfc: 'RFC 9476 section 3', name: 'x.alt', ...nothing },
  { rfc: 'RFC 8375 section 4', name: 'nas.home.arpa', ...nothing },
  {
    rfc: 'RFC 8880 section 7.1',
    name: 'ipv4only.arpa',
    rcode: 0,
    answers: ['c00000aa', 'c00000ab'],
  },
  { rfc: 'RFC 8880 section 7.1', name: 'ipv4only.arpa', type: 28, rcode: 0, answers: [] },
  { rfc: 'RFC 9462 section 6.4', name: '_dns.resolver.arpa', type: 64, rcode: 0, answers: [] },
  { rfc: 'RFC 9462 section 6.4', name: 'x.resolver.arpa', rcode: 0, answers: [] },
  reverse('RFC 6303 section 4.1', '1.0.0.10.in-addr.arpa'),
  reverse('RFC 6303 section 4.1', '1.0.31.172.in-addr.arpa'),
  reverse('RFC 6303 section 4.1', '1.1.168.192.in-addr.arpa'),
  reverse('RFC 6303 section 4.2', '1.0.0.127.in-addr.arpa'),
  reverse('RFC 6303 section 4.2', '1.1.254.169.in-addr.arpa'),
  reverse('RFC 6303 section 4.2', '1.2.0.192.in-addr.arpa'),
  reverse('RFC 6303 section 4.3', `1.${'0.'.repeat(31)}ip6.arpa`),
  reverse('RFC 6303 section 4.4', '1.0.0.0.0.0.d.f.ip6.arpa'),
  reverse('RFC 6303 section 4.5', '1.0.8.e.f.ip6.arpa'),
  reverse('RFC 7793 section 3', '1.0.64.100.in-addr.arpa'),
]

const upstream = await startRawUpstream(() => undefined)
t.teardown(() => upstream.close())
const servers = await startRfcServers(t, { upstreamPort: upstream.port })
if (typeof servers === 'string') t.plan(0, servers)
else
  for (const { title, ask } of servers)
    for (const [rfc, cases] of Map.groupBy(CASES, (one) => one.rfc))
      t.test(`${rfc}: ${cases[0]?.name} and the like stay here, over ${title}`, async (t) => {
        const before = upstream.asked.length
        for (const { name, type = TYPE.A, rcode, answers = [] } of cases) {
          const reply = await ask({ name: wireName(name), type })
          t.equal(reply.rcode, rcode, name)
          t.same(
            reply.answers.map(({ data }) => data.toString('hex')),
            answers,
            name,
          )
          if (answers.length === 0)
            t.same(
              reply.authorities.map((one) => one.type),
              [TYPE.SOA],
              'RFC 2308: with an SOA',
            )
        }
        t.same(
          upstream.asked.slice(before).map(({ name }) => name),
          [],
          'the upstream has seen none of them',
        )
      })
