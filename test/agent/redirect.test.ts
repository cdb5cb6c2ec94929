import t, { type Test } from 'tap'
import { ask, dnssecQuery, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream, wantsSignatures } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { HTTPS, rrsig } from '#test/support/service-record.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const SERVFAIL = 2
const to = (target: string) => ({ redirect: domainName(target) })

const rules = makeRules([
  ['games.test', 'media.games'],
  ['both.test', 'media.games'],
  ['both.test', 'media.video'],
  ['music.test', 'media.music'],
  ['harm.test', 'harm.selfharm'],
  ['locked.test', 'illegal.terror'],
  ['vpn.test', 'bypass.vpn'],
  ['ours.test', { kind: 'school-allow', groups: 'all' }],
])

async function start(t: Test): Promise<PipelineServer> {
  const fake = await startFakeUpstream(({ name, type }, query) => {
    if (name === 'gone.test') return undefined
    if (name === 'front.test')
      return { answers: [cname(name, 'x.games.test'), a('x.games.test', '203.0.113.77')] }
    const isSigned = name === 'signed.games.test' && wantsSignatures(query)
    if (type === 'AAAA') return { answers: [{ type, name, ttl: 900, data: '2001:db8::9' }] }
    const data = name === 'learn.test' ? '192.0.2.9' : '203.0.113.77'
    return { answers: [a(name, data, 900), ...(isSigned ? [rrsig(name, 1)] : [])] }
  })
  const server = await startPipelineServer({
    rules,
    upstreamPort: fake.port,
    policies: [
      makePolicy('pupils', {
        'media.games': to('learn.test'),
        'media.video': 'block',
        'media.music': to('gone.test'),
        'harm.selfharm': to('learn.test'),
        'adult.porn': to('learn.test'),
        uncategorised: 'allow',
      }),
    ],
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server
}

for (const transport of ['udp', 'tcp'] as const)
  t.test(`a redirected category is answered by the school's name, over ${transport}`, async (t) => {
    const server = await start(t)
    const at = { port: server.port, transport }
    const reply = await ask('a.Games.test', 'A', at)
    t.match(reply.answers, [
      { type: 'CNAME', data: 'learn.test', ttl: 300 },
      { type: 'A', name: 'learn.test', data: '192.0.2.9' },
    ])
    t.match((await ask('games.test', 'AAAA', at)).answers, [
      { data: 'learn.test' },
      { data: '2001:db8::9' },
    ])
    for (const type of [HTTPS, 'TXT', 'MX'])
      t.same((await ask('games.test', type, at)).answers, [], `${type} is empty`)
  })

t.test('a name in a redirected and a blocked category is blocked', async (t) => {
  const server = await start(t)
  t.equal(rcodeOf(await ask('both.test', 'A', server)), NXDOMAIN)
})

t.test('what leads to a redirected name by CNAME is blocked', async (t) => {
  const server = await start(t)
  const reply = await ask('front.test', 'A', server)
  t.equal(rcodeOf(reply), NXDOMAIN)
  t.match(ednsError(reply), { code: 15, text: /media\.games/ })
})

t.test('a target that cannot be reached is a fault, never the name as it is', async (t) => {
  const server = await start(t)
  const reply = await ask('music.test', 'A', { ...server, timeoutMs: 5_000 })
  t.equal(rcodeOf(reply), SERVFAIL)
  t.match(ednsError(reply), { text: /that the school leads to cannot be reached/ })
})

t.test('a redirect leads only where the client may go by itself', async (t) => {
  const server = await start(t)
  for (const [target, isOpen] of [
    ['locked.test', false],
    ['vpn.test', false],
    ['both.test', false],
    ['ours.test', true],
  ] as const) {
    server.use(rules, [makePolicy('pupils', { 'media.games': to(target), uncategorised: 'allow' })])
    const reply = await ask('games.test', 'A', server)
    t.equal(rcodeOf(reply), isOpen ? 0 : NXDOMAIN, target)
    if (target === 'locked.test') t.match(ednsError(reply), { code: 16 })
  }
})

t.test('locked names and ways round the filter cannot be redirected', async (t) => {
  const server = await start(t)
  server.use(rules, [
    makePolicy('pupils', { 'illegal.terror': to('learn.test'), 'bypass.vpn': to('learn.test') }),
  ])
  for (const name of ['locked.test', 'vpn.test'])
    t.equal(rcodeOf(await ask(name, 'A', server)), NXDOMAIN, name)
})

t.test('a redirected lookup of an alerting category is told like a blocked one', async (t) => {
  const server = await start(t)
  await ask('harm.test', 'A', server)
  await ask('games.test', 'A', server)
  t.match(server.recorded, [{ category: 'harm.selfharm', name: { name: 'harm.test' } }])
  t.equal(server.recorded.length, 1)
})

t.test('names in no list can be redirected too', async (t) => {
  const server = await start(t)
  server.use(rules, [makePolicy('pupils', { uncategorised: to('ours.test') })])
  t.match((await ask('unknown.test', 'A', server)).answers?.[0], { data: 'ours.test' })
})

t.test('a signed name is blocked for a client that checks signatures', async (t) => {
  const server = await start(t)
  const reply = await ask('signed.games.test', 'A', {
    ...server,
    packet: dnssecQuery({ isDo: true }),
  })
  t.equal(rcodeOf(reply), NXDOMAIN)
  t.match(ednsError(reply), { code: 15, text: /^where the school leads needs an unsigned answer/ })
})

t.test('a name that leads to a search engine leads to its safe name', async (t) => {
  const fake = await startFakeUpstream(({ name }) => ({
    answers: [a(name, name === 'safe.test' ? '192.0.2.5' : '203.0.113.77')],
  }))
  const server = await startPipelineServer({
    rules: makeRules([
      ['games.test', 'media.games'],
      ['search.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
    ]),
    upstreamPort: fake.port,
    policies: [
      makePolicy('pupils', { 'media.games': to('search.test') }),
      makePolicy(
        'staff',
        { 'media.games': to('search.test') },
        { kind: 'staff', safeSearch: false },
      ),
    ],
    networks: { '127.0.0.0/8': 'pupils', '::1/128': 'staff' },
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const { port } = server
  t.match((await ask('games.test', 'A', server)).answers, [
    { data: 'safe.test' },
    { name: 'safe.test', data: '192.0.2.5' },
  ])
  t.match((await ask('games.test', 'CNAME', server)).answers, [{ data: 'safe.test' }])
  t.match((await ask('games.test', 'A', { port, address: '::1' })).answers, [
    { data: 'search.test' },
    { name: 'search.test', data: '203.0.113.77' },
  ])
})
