import t from 'tap'
import { makeBaseline } from '#agent/rules/baseline.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makePolicy } from '#test/support/test-rules.ts'

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
