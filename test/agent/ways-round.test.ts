import t from 'tap'
import { makeBaseline } from '#agent/rules/baseline.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const NETWORKS = { '127.0.0.0/8': 'pupils', '::1/128': 'adults' }
const ALLOWED = { 'bypass.doh': 'allow', 'bypass.vpn': 'monitor', uncategorised: 'allow' } as const

/** Real names stand here because the shipped set is what is tested; the upstream is the test's own. */
const CANARIES = [
  'use-application-dns.net',
  'mask.icloud.com',
  'mask-h2.icloud.com',
  'mask-canary.icloud.com',
  'mask-api.icloud.com',
  'mask.apple-dns.net',
]

t.test(
  'each way round is kept from pupils, left to groups that may, and signalled for both',
  async (t) => {
    const fake = await startFakeUpstream(({ name, type }) => ({
      answers: type === 'A' ? [a(name, '203.0.113.7')] : [],
    }))
    const server = await startPipelineServer({
      rules: makeBaseline(),
      upstreamPort: fake.port,
      networks: NETWORKS,
      policies: [makePolicy('pupils'), makePolicy('adults', ALLOWED, { kind: 'staff' })],
    })
    t.teardown(() => Promise.all([server.close(), fake.close()]))
    const signalsOf = async (
      name: string,
      type: string,
      address: string,
      transport: 'udp' | 'tcp',
    ) => {
      server.signals.length = 0
      const reply = await ask(name, type, { port: server.port, address, transport })
      return { rcode: rcodeOf(reply), answers: reply.answers?.length, signals: [...server.signals] }
    }
    for (const transport of ['udp', 'tcp'] as const) {
      for (const name of CANARIES)
        for (const type of ['A', 'AAAA', 'TYPE65'])
          t.same(
            await signalsOf(name, type, '127.0.0.1', transport),
            { rcode: NXDOMAIN, answers: 0, signals: ['canary'] },
            `${name} ${type} over ${transport}`,
          )
      t.same(await signalsOf('mask.icloud.com', 'A', '::1', transport), {
        rcode: 0,
        answers: 1,
        signals: ['canary'],
      })
      for (const [name, way] of [
        ['dns.google', 'doh'],
        ['canary-bypass-vpn.test', 'vpn'],
        ['canary-bypass-proxy.test', 'proxy'],
      ] as const) {
        const pupil = await signalsOf(name, 'A', '127.0.0.1', transport)
        t.same(pupil, { rcode: NXDOMAIN, answers: 0, signals: [way] }, `${name} over ${transport}`)
      }
      t.same((await signalsOf('dns.google', 'A', '::1', transport)).signals, ['doh'])
      for (const address of ['127.0.0.1', '::1'])
        t.same(
          await signalsOf('_dns.resolver.arpa', 'TYPE64', address, transport),
          { rcode: 0, answers: 0, signals: ['ddr'] },
          'no designated resolver is named',
        )
      t.same(
        (await signalsOf('www.example.org', 'A', '::1', transport)).signals,
        [],
        'no sign of anything',
      )
    }
    t.same(
      server.recorded.filter(({ category }) => !category.startsWith('bypass.')),
      [],
    )
    t.ok(server.recorded.some(({ name }) => name.form === 'clear' && name.name === 'dns.google'))
    t.notOk(
      server.recorded.some(({ name }) => name.form === 'clear' && CANARIES.includes(name.name)),
      'what devices ask by themselves is no event',
    )
  },
)

t.test(
  'where what is in no list is blocked or led elsewhere, names of special use are answered all the same',
  async (t) => {
    const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '203.0.113.7')] }))
    const server = await startPipelineServer({
      rules: makeRules([['denied.onion', { kind: 'school-deny', groups: 'all' }]]),
      upstreamPort: fake.port,
      networks: NETWORKS,
      policies: [
        makePolicy('pupils', { uncategorised: 'block' }),
        makePolicy('adults', { uncategorised: { redirect: domainName('notice.test') } }),
      ],
    })
    t.teardown(() => Promise.all([server.close(), fake.close()]))
    for (const address of ['127.0.0.1', '::1'])
      for (const transport of ['udp', 'tcp'] as const) {
        const at = { port: server.port, address, transport }
        server.signals.length = 0
        const resolvers = await ask('_dns.resolver.arpa', 'TYPE64', at)
        t.same(
          [rcodeOf(resolvers), resolvers.answers?.length, ednsError(resolvers)],
          [0, 0, undefined],
        )
        t.same(server.signals, ['ddr'])
        t.match((await ask('localhost', 'A', at)).answers, [{ data: '127.0.0.1' }])
        t.match((await ask('www.localhost', 'AAAA', at)).answers, [{ data: '::1' }])
        t.match((await ask('ipv4only.arpa', 'A', at)).answers, [{ data: '192.0.0.170' }, {}])
        const reverse = await ask('1.0.0.10.in-addr.arpa', 'PTR', at)
        t.same([rcodeOf(reverse), ednsError(reverse)], [NXDOMAIN, undefined])
        t.equal(
          ednsError(await ask('denied.onion', 'A', at))?.code,
          17,
          'a rule on it still counts',
        )
      }
    const at = { port: server.port }
    t.equal(
      ednsError(await ask('no-list.test', 'A', at))?.text,
      'blocked by school policy: in no list',
    )
    t.same(
      fake.asked.filter(({ name }) => name !== 'notice.test'),
      [],
    )
  },
)
