import t from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, dnssecQuery, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { domainName, makeRules, type TestRule } from '#test/support/test-rules.ts'

const CHANGES: readonly {
  readonly title: string
  readonly rules: readonly TestRule[]
  readonly rcode: number
}[] = [
  { title: 'a block', rules: [['name.test', 'adult.porn']], rcode: 3 },
  {
    title: 'safe search',
    rules: [
      ['name.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
    ],
    rcode: 2,
  },
  { title: 'nothing for this name', rules: [['other.test', 'adult.porn']], rcode: 0 },
]

t.test('an alias that was on its way follows a change too', async (t) => {
  const to = (target: string): TestRule => [
    'search.test',
    { kind: 'rewrite', service: 'safesearch', target: domainName(target) },
  ]
  const leads = [
    {
      title: 'blocked meanwhile',
      rules: [to('safe.test'), ['search.test', 'illegal.csam']],
      rcode: 3,
    },
    { title: 'led elsewhere', rules: [to('other.test')], rcode: 2 },
    { title: 'led nowhere', rules: [['nothing.test', 'adult.porn']], rcode: 2 },
    { title: 'led there still', rules: [to('safe.test'), ['more.test', 'adult.porn']], rcode: 0 },
  ] as const satisfies readonly { rules: readonly TestRule[]; title: string; rcode: number }[]
  for (const { title, rules, rcode } of leads)
    for (const packet of [{}, dnssecQuery({ isDo: true })]) {
      let isFirst = true
      const fake = await startFakeUpstream(({ name }) => {
        if (isFirst) server.use(makeRules(rules))
        else return { answers: [a(name, '203.0.113.77')] }
        isFirst = false
        return undefined
      })
      const server = await startPipelineServer({
        rules: makeRules([to('safe.test')]),
        upstreamPort: fake.port,
      })
      const reply = await ask('search.test', 'A', { ...server, packet })
      t.equal(rcodeOf(reply), rcode, title)
      t.equal(reply.answers?.length, rcode === 0 ? 2 : 0, title)
      await Promise.all([server.close(), fake.close()])
    }
})

for (const udp of ['node', 'batch'] as const)
  for (const { title, rules, rcode } of CHANGES)
    t.test(
      `${udp}: an answer that came while the policy changed follows the new one: ${title}`,
      { skip: udp === 'batch' && !loadLibc() && 'needs the optional package koffi' },
      async (t) => {
        let isFirst = true
        const fake = await startFakeUpstream(({ name }) => {
          // The first packet gets silence, so that there is time for a change.
          if (isFirst) {
            isFirst = false
            server.use(makeRules(rules))
            return undefined
          }
          return { answers: [a(name, '203.0.113.77')] }
        })
        const server = await startPipelineServer({
          rules: makeRules([['nothing.test', 'adult.porn']]),
          upstreamPort: fake.port,
          udp,
        })
        t.teardown(() => Promise.all([server.close(), fake.close()]))
        await server.workerUp()
        const reply = await ask('name.test', 'A', server)
        const isLed = udp === 'batch' && rcode === 2
        if (isLed) {
          // The worker runs the query through all stages again; the main thread can but ask to be asked again.
          t.match(reply.answers, [{ data: 'safe.test' }, { data: '203.0.113.77' }])
          return
        }
        t.equal(rcodeOf(reply), rcode)
        t.equal(reply.answers?.length, rcode === 0 ? 1 : 0)
        if (rcode === 2) t.match(ednsError(reply), { code: 14, text: /ask again/ })
      },
    )
