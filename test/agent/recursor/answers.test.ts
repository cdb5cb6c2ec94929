/** What clients get through an agent with Unbound beside it, which validates a signed root of this test's own. */
import t from 'tap'
import { ask, dnssecQuery, ednsError, type Reply, rcodeOf } from '#test/support/dns-client.ts'
import {
  figureOf,
  startRecursorAgent,
  statusOf,
  unboundOf,
  until,
} from '#test/support/recursor-agent.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { noSignedRoot, soa, startSignedRoot } from '#test/support/signed-root.ts'

const SERVFAIL = 2
const NXDOMAIN = 3
const TRANSPORTS = ['udp', 'tcp'] as const
/** Of RFC 8914: what is wrong with signatures. */
const DNSSEC_ERRORS = { first: 6, last: 12 } as const

const skip = noSignedRoot()
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const folder = shortFolder(t)
const root = await startSignedRoot(folder, {
  records: [
    'www.example.org. 300 IN A 192.0.2.1',
    'blocked.example.org. 300 IN A 192.0.2.2',
    'www.google.com. 300 IN A 192.0.2.3',
    'forcesafesearch.google.com. 300 IN A 192.0.2.4',
    ...Array.from({ length: 4 }, (_, i) => `bogus${i}.example.org. 300 IN A 192.0.2.66`),
    'plain.example.org. 300 IN NS ns.',
  ],
  forged: Array.from({ length: 4 }, (_, i) => `bogus${i}.example.org`),
  zones: {
    'plain.example.org.': [
      soa('plain.example.org.'),
      'plain.example.org. 300 IN NS ns.',
      'www.plain.example.org. 300 IN A 192.0.2.5',
    ],
  },
})
t.teardown(() => root.stop())
const recursor = { 'root-hints': root.hintsFile, 'trust-anchors': root.anchorsFile }
const agent = await startRecursorAgent(
  t,
  {
    folder,
    upstreamPorts: [],
    untilBlocked: 'blocked.example.org',
    config: { recursor, deny: [{ name: 'blocked.example.org', reason: 'a test' }] },
  },
  'www.example.org',
)
const { port } = agent

function hasAd({ bytes }: Reply): boolean {
  return (bytes.readUInt16BE(2) & 0x0020) !== 0
}

function addressesIn({ answers = [] }: Reply): readonly unknown[] {
  return answers.flatMap((record) => (record.type === 'A' ? [record.data] : []))
}

t.test('a signed name is answered, and vouched for', async (t) => {
  for (const transport of TRANSPORTS)
    for (const packet of [dnssecQuery({ isDo: true }), { flags: 0x0120 }]) {
      const reply = await ask('www.example.org', 'A', { port, transport, packet })
      t.equal(rcodeOf(reply), 0)
      t.strictSame(addressesIn(reply), ['192.0.2.1'])
      t.ok(hasAd(reply), `${transport} ${packet.flags}`)
    }
  const gone = await ask('gone.example.org', 'A', { port, packet: dnssecQuery({ isDo: true }) })
  t.equal(rcodeOf(gone), NXDOMAIN)
  t.ok(hasAd(gone), 'so is that a name does not exist')
})

t.test('a forged name is no answer, and the client learns why', async (t) => {
  for (const [i, transport] of [...TRANSPORTS, ...TRANSPORTS].entries()) {
    const packet = i < 2 ? undefined : dnssecQuery({ isDo: true })
    const reply = await ask(`bogus${i}.example.org`, 'A', {
      port,
      transport,
      ...(packet && { packet }),
    })
    t.equal(rcodeOf(reply), SERVFAIL)
    t.strictSame(reply.answers, [])
    const { code = 0 } = ednsError(reply) ?? {}
    t.ok(code >= DNSSEC_ERRORS.first && code <= DNSSEC_ERRORS.last, `${transport}: error ${code}`)
  }
})

t.test('who checks by himself (CD) gets the forged data, and no word on it', async (t) => {
  for (const transport of TRANSPORTS) {
    const packet = dnssecQuery({ isDo: true, isCd: true })
    const reply = await ask('bogus0.example.org', 'A', { port, transport, packet })
    t.equal(rcodeOf(reply), 0)
    t.strictSame(addressesIn(reply), ['192.0.2.66'])
    t.notOk(hasAd(reply))
  }
  const after = await ask('bogus0.example.org', 'A', { port })
  t.equal(rcodeOf(after), SERVFAIL, 'and nobody else does')
})

t.test('a zone without signatures is answered as ever', async (t) => {
  const packet = dnssecQuery({ isDo: true })
  const reply = await ask('www.plain.example.org', 'A', { port, packet })
  t.strictSame(addressesIn(reply), ['192.0.2.5'])
  t.notOk(hasAd(reply))
})

t.test('policy comes first: a block stays a block, a signed engine is not rewritten', async (t) => {
  for (const flags of [{}, { isDo: true }, { isCd: true }]) {
    const reply = await ask('blocked.example.org', 'A', { port, packet: dnssecQuery(flags) })
    t.equal(rcodeOf(reply), NXDOMAIN)
    t.match(ednsError(reply), { code: 17 })
    t.notOk(hasAd(reply), 'nobody signed that')
  }
  const rewritten = await ask('www.google.com', 'A', { port })
  t.strictSame(addressesIn(rewritten), ['192.0.2.4'])
  const signed = await ask('www.google.com', 'A', { port, packet: dnssecQuery({ isDo: true }) })
  t.equal(rcodeOf(signed), NXDOMAIN)
  t.match(ednsError(signed), { code: 15, text: /^safe search needs an unsigned answer/ })
})

t.test('status, metrics and the process say that it runs, at an address of its own', async (t) => {
  await until(
    async () => (await figureOf(agent, 'edge_recursor_up')) === 1,
    'the recursor to be up',
  )
  t.equal(await figureOf(agent, 'edge_recursor_starts_total'), 1)
  const status = await statusOf(agent)
  t.match(status['recursor'], { state: 'running', detail: /^127\.\d+\.\d+\.\d+:5310$/ })
  t.notMatch(status['recursor'], { detail: '127.0.0.1:5310' })
  t.ok(unboundOf(agent.pid))
  t.match(agent.log(), /"at":"127\.[\d.]+:5310"[^\n]*"recursor runs"/)
  t.notMatch(agent.log(), /example\.org/, 'no looked-up name is in the log')
})
