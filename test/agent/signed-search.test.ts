import t, { type Test } from 'tap'
import { ask, dnssecQuery, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import {
  a,
  cname,
  type FakeUpstream,
  soa,
  startFakeUpstream,
  wantsSignatures,
} from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { HTTPS, rrsig } from '#test/support/service-record.ts'
import { domainName, makeRules, type TestRule } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const SERVFAIL = 2
const TYPES = ['A', 'AAAA', HTTPS, 'TXT', 'CNAME', 'DS', 'DNSKEY'] as const
const TYPE_A = 1
const TYPE_SOA = 6

function lead(engine: string, target: string): TestRule {
  return [engine, { kind: 'rewrite', service: 'safesearch', target: domainName(target) }, 'exact']
}

const rules = makeRules([
  lead('www.plain.test', 'safe.plain.test'),
  lead('www.signed.test', 'safe.plain.test'),
  lead('empty.signed.test', 'safe.plain.test'),
  lead('www.half.test', 'safe.signed.test'),
  lead('www.chain.test', 'safe.plain.test'),
  lead('www.gone.test', 'safe.plain.test'),
])

/** A zone `signed.test` that signs what it says to those who set DO, and others that do not. */
async function start(t: Test): Promise<{ server: PipelineServer; fake: FakeUpstream }> {
  const fake = await startFakeUpstream(({ name }, query) => {
    if (name === 'www.gone.test') return undefined
    if (name === 'www.chain.test')
      return {
        answers: [
          cname(name, 'x.signed.test'),
          a('x.signed.test', '192.0.2.8'),
          rrsig('x.signed.test', TYPE_A),
        ],
      }
    const isSigned = wantsSignatures(query) && name.endsWith('signed.test')
    if (name.startsWith('empty'))
      return { authorities: [soa(name), ...(isSigned ? [rrsig(name, TYPE_SOA)] : [])] }
    return { answers: [a(name, '192.0.2.7'), ...(isSigned ? [rrsig(name, TYPE_A)] : [])] }
  })
  const server = await startPipelineServer({ rules, upstreamPort: fake.port })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake }
}

const FLAGS = [{ isDo: true }, { isCd: true }, { isDo: true, isCd: true }] as const
const TRANSPORTS = ['udp', 'tcp'] as const

t.test('a signed engine is blocked, with the reason, for clients that set DO or CD', async (t) => {
  const { server } = await start(t)
  for (const name of ['www.signed.test', 'WWW.Signed.Test', 'empty.signed.test', 'www.half.test'])
    for (const flags of FLAGS)
      for (const transport of TRANSPORTS)
        for (const type of TYPES) {
          const packet = dnssecQuery(flags)
          const reply = await ask(name, type, { port: server.port, transport, packet })
          const title = `${name} ${type} ${transport} ${JSON.stringify(flags)}`
          t.equal(rcodeOf(reply), NXDOMAIN, title)
          t.same(reply.answers, [], title)
          t.match(ednsError(reply), { code: 15, text: /^safe search needs an unsigned answer/ })
        }
  t.ok(server.counted.every((line) => line.endsWith(' blocked rewrite-signed')))
})

t.test('without DO and CD a signed engine is rewritten as any other', async (t) => {
  const { server } = await start(t)
  for (const name of ['www.signed.test', 'www.half.test'])
    for (const edns of [true, false]) {
      const reply = await ask(name, 'A', { port: server.port, edns })
      t.match(reply.answers, [{ type: 'CNAME' }, { type: 'A', data: '192.0.2.7' }], name)
    }
})

t.test('an unsigned engine is rewritten for every client', async (t) => {
  const { server } = await start(t)
  const names = ['www.plain.test', 'www.chain.test']
  for (const [flags, name] of FLAGS.flatMap((one) => names.map((name) => [one, name] as const)))
    for (const transport of TRANSPORTS) {
      const packet = dnssecQuery(flags)
      const reply = await ask(name, 'A', { port: server.port, transport, packet })
      t.match(reply.answers, [{ type: 'CNAME', data: 'safe.plain.test' }, { type: 'A' }])
      t.equal(reply.answers?.length, 2)
    }
})

t.test('whether a zone is signed is asked once for as long as the answer holds', async (t) => {
  const { server, fake } = await start(t)
  const packet = dnssecQuery({ isDo: true })
  for (let i = 0; i < 5; i++)
    for (const name of ['www.signed.test', 'www.plain.test'])
      await ask(name, 'A', { port: server.port, packet })
  t.equal(fake.asked.filter(({ name }) => name === 'www.signed.test').length, 1)
  t.equal(fake.asked.filter(({ name }) => name === 'www.plain.test').length, 1)
  t.equal(fake.asked.filter(({ name }) => name === 'safe.plain.test').length, 2, 'with DO, without')
})

t.test(
  'where nobody can tell, the engine cannot be reached, and its own records never come',
  async (t) => {
    const { server } = await start(t)
    const packet = dnssecQuery({ isDo: true })
    const reply = await ask('www.gone.test', 'A', { port: server.port, packet })
    t.same([rcodeOf(reply), reply.answers, ednsError(reply)?.code], [SERVFAIL, [], 22])
  },
)
