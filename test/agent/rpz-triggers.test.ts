/** Triggers of response policy zones on addresses and clients, and the action TCP-only, in answers to real queries. */
import t, { type Test } from 'tap'
import { compileView } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { compileLists, outcomeOf } from '#test/support/compile-lists.ts'
import { a, cname, type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { addresses, https } from '#test/support/service-record.ts'
import { makePolicy } from '#test/support/test-rules.ts'

const V4 = '127.0.0.1'
const V6 = '::1'
const BLOCKED = 'NXDOMAIN'
/** An address of the upstream, which no list has. */
const PASSES = /^(?:end\.test )?[0-9a-f.:]+$/
const policies = [
  makePolicy('pupils', { 'media.games': 'block' }),
  makePolicy('staff', { 'media.games': 'allow' }, { kind: 'staff' }),
]

interface Setup {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  readonly outcome: (
    question: string,
    address?: string,
    transport?: 'udp' | 'tcp',
  ) => Promise<string>
  /** The outcome over both transports, each asked twice: fresh and cached. */
  readonly check: (question: string, expected: string | RegExp, address?: string) => Promise<void>
}

/** An upstream whose names say what they lead to: `a-198.51.100.9.test`, `aaaa-2001_db8__1.test`, `hint4-...`, `cname-...`. */
async function start(
  t: Test,
  rules: RuleIndex,
  networks: Record<string, string> = { '127.0.0.0/8': 'pupils', '::1/128': 'pupils' },
): Promise<Setup> {
  const fake = await startFakeUpstream(({ name, type }) => {
    const [, kind = '', place = ''] = /^([a-z0-9]+)-(.*?)\.[a-z.]*test$/.exec(name) ?? []
    const data = place.replaceAll('_', ':')
    if (kind === 'a') return { answers: [a(name, data)] }
    if (kind === 'both') return { answers: [a(name, '192.0.2.9'), a(name, data)] }
    if (kind === 'aaaa') return { answers: [{ type: 'AAAA', name, ttl: 300, data }] }
    if (kind === 'hint4')
      return { answers: [https(name, { ipv4hint: addresses('192.0.2.1', data) })] }
    if (kind === 'cname') return { answers: [cname(name, 'end.test'), a('end.test', data)] }
    return { answers: type === 'A' ? [a(name, '192.0.2.1')] : [] }
  })
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, policies, networks })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const outcome: Setup['outcome'] = (question, address = V4, transport = 'udp') =>
    outcomeOf(question, { port: server.port, address, transport })
  return {
    server,
    fake,
    outcome,
    check: async (question, expected, address = V4) => {
      for (const transport of ['udp', 'tcp', 'udp'] as const)
        t.match(
          await outcome(question, address, transport),
          expected,
          `${question} from ${address} over ${transport}`,
        )
      t.same(server.faults, [])
    },
  }
}

const ADDRESSES = `$TTL 60
24.0.100.51.198.rpz-ip   CNAME .
32.7.100.51.198.rpz-ip   CNAME rpz-passthru.
28.16.100.51.198.rpz-ip  CNAME *.
32.17.100.51.198.rpz-ip  CNAME rpz-drop.
24.0.113.0.203.rpz-ip    A 192.0.2.66
24.0.113.0.203.rpz-ip    TXT "walled garden"
48.zz.57.db8.2001.rpz-ip CNAME .
a-198.51.100.9.named.test CNAME rpz-passthru.
`

t.test('an address in an answer is judged by the nearest network of the zone', async (t) => {
  const rules = compileLists(t, [{ format: 'rpz', text: ADDRESSES, trusted: true }])
  const { check } = await start(t, rules)
  await check('a-198.51.100.9.test', BLOCKED)
  await check('both-198.51.100.9.test', BLOCKED)
  await check('cname-198.51.100.9.test', BLOCKED)
  await check('hint4-198.51.100.9.test TYPE65', BLOCKED)
  await check('aaaa-2001_db8_57__9.test AAAA', BLOCKED)
  await check('aaaa-2001_db8_58__9.test AAAA', /^2001:db8:58::9$/)
  await check('aaaa-64_ff9b__198.51.100.9.test AAAA', BLOCKED)
  await check('a-198.51.101.9.test', /^198\.51\.101\.9$/)
  await check('a-198.51.100.7.test', /^198\.51\.100\.7$/)
  await check('a-198.51.100.16.test', 'NODATA')
  await check('a-198.51.100.17.test', 'REFUSED')
  await check('a-203.0.113.5.test', /^192\.0\.2\.66$/)
  // What nobody asked for does not reach the client, so there is nothing to judge.
  await check('aaaa-2001_db8_57__9.test', 'NODATA')
  await check('cname-203.0.113.5.test TXT', 'end.test')
  await check('a-198.51.100.9.named.test', /^198\.51\.100\.9$/)
})

t.test('the group decides by its category, on one cached answer', async (t) => {
  const rules = compileLists(t, [{ format: 'rpz', text: ADDRESSES, trusted: true }])
  const { check, fake, server } = await start(t, rules, {
    '127.0.0.0/8': 'pupils',
    '::1/128': 'staff',
  })
  await check('a-198.51.100.9.test', /^198\.51\.100\.9$/, V6)
  // A slow machine may have it asked more than once, but only before it is cached.
  const asked = fake.asked.length
  await check('a-198.51.100.9.test', BLOCKED, V4)
  server.use(compileLists(t, [{ format: 'rpz', text: '24.0.2.0.192.rpz-ip CNAME .\n' }]))
  await check('a-198.51.100.9.test', /^198\.51\.100\.9$/, V4)
  server.use(rules)
  await check('a-198.51.100.9.test', BLOCKED, V4)
  t.equal(fake.asked.length, asked, 'a new generation looks the cached answer up again')
})

t.test('what is allowed answers for its addresses, and another list is not lifted', async (t) => {
  const text = '24.0.100.51.198.rpz-ip CNAME .\n'
  const lifts = '32.9.100.51.198.rpz-ip CNAME rpz-passthru.\n*.named.test CNAME rpz-passthru.\n'
  const rules = compileLists(
    t,
    [
      { format: 'rpz', text },
      { format: 'rpz', text: lifts, trusted: true },
    ],
    { allow: ['allowed.test'] },
  )
  const { check } = await start(t, rules)
  await check('a-198.51.100.9.test', BLOCKED)
  await check('a-198.51.100.9.named.test', BLOCKED)
  await check('a-198.51.100.9.allowed.test', /^198\.51\.100\.9$/)
})

t.test('a zone that is not trusted names no wide and no private networks', async (t) => {
  const text = `19.0.0.0.20.rpz-ip CNAME .
20.0.0.0.20.rpz-ip CNAME .
24.0.1.168.192.rpz-ip CNAME .
31.zz.2a00.rpz-ip CNAME .
32.zz.2a00.rpz-ip CNAME .
24.0.100.51.198.rpz-ip CNAME rpz-passthru.
24.0.100.51.198.rpz-ip A 192.0.2.1
32.9.100.51.198.rpz-client-ip CNAME .
`
  const rules = compileLists(t, [{ format: 'rpz', text }])
  t.match(rules.lists.at(-1), { names: 2, refusedLines: 6 })
  const { check } = await start(t, rules)
  await check('a-20.0.5.5.test', BLOCKED)
  await check('a-20.0.16.5.test', /^20\.0\.16\.5$/)
  await check('aaaa-2a00__1.test AAAA', BLOCKED)
  await check('plain.test', PASSES)
})

t.test('a trigger on clients covers every name that they ask for', async (t) => {
  const text = `32.1.0.0.127.rpz-client-ip CNAME .
8.0.0.0.127.rpz-client-ip CNAME rpz-passthru.
*.own.test CNAME rpz-passthru.
`
  const rules = compileLists(
    t,
    [
      { format: 'rpz', text, trusted: true },
      { format: 'domains', text: 'games.test\n' },
    ],
    { allow: ['allowed.test'] },
  )
  const { check, server } = await start(t, rules)
  await check('plain.test', BLOCKED)
  await check('www.own.test', BLOCKED)
  await check('www.allowed.test', PASSES)
  await check('canary-protected-help.test', PASSES)
  await check('canary-core-infra.test', PASSES)
  const { current } = server.policy
  current.clients.useViews(new Map(policies.map((one) => [one.group, compileView(rules, one)])))
  await check('plain.test', BLOCKED)
  await check('plain.test', PASSES, V6)
  await check('games.test', BLOCKED, V6)
})

t.test('a trigger in a category that is not blocked opens nothing', async (t) => {
  const text = '32.1.0.0.127.rpz-client-ip CNAME .\n'
  for (const action of ['allow', 'monitor'] as const) {
    const rules = compileLists(t, [
      { format: 'rpz', text, trusted: true },
      { format: 'domains', text: 'games.test\n' },
    ])
    const { check, server } = await start(t, rules)
    server.use(rules, [makePolicy('pupils', { 'media.games': action, uncategorised: 'block' })])
    await check('plain.test', BLOCKED)
    await check('plain.test', BLOCKED, V6)
    await check('games.test', PASSES)
  }
})

t.test('PASSTHRU for a client sets its own zone aside, names and addresses', async (t) => {
  const text = `128.1.zz.rpz-client-ip CNAME rpz-passthru.
bad.test CNAME .
tcp.test CNAME rpz-tcp-only.
24.0.100.51.198.rpz-ip CNAME .
data.test A 192.0.2.77
alias.test CNAME end.test.
`
  const rules = compileLists(t, [
    { format: 'rpz', text, trusted: true },
    { format: 'rpz', text: 'other.test CNAME .\n' },
  ])
  const { check } = await start(t, rules)
  await check('bad.test', BLOCKED, V4)
  await check('data.test', '192.0.2.77', V4)
  await check('data.test', '192.0.2.1', V6)
  await check('alias.test', 'end.test 192.0.2.1', V4)
  await check('alias.test', /^192\.0\.2\.1$/, V6)
  await check('a-198.51.100.9.test', BLOCKED, V4)
  await check('bad.test', PASSES, V6)
  await check('tcp.test', PASSES, V6)
  await check('a-198.51.100.9.test', PASSES, V6)
  await check('other.test', BLOCKED, V6)
})

t.test(
  'a trigger on clients goes by the category, and says its block in its own way',
  async (t) => {
    const lists = [
      {
        format: 'rpz',
        text: '32.1.0.0.127.rpz-client-ip A 192.0.2.66\n128.1.zz.rpz-client-ip CNAME rpz-drop.\n',
        trusted: true,
      },
    ] as const
    const rules = compileLists(t, lists)
    const { check, server } = await start(t, rules, { '127.0.0.0/8': 'pupils', '::1/128': 'staff' })
    await check('plain.test', /^192\.0\.2\.66$/, V4)
    await check('plain.test AAAA', 'NODATA', V4)
    await check('plain.test', PASSES, V6)
    server.use(
      rules,
      policies.map((one) => ({ ...one, actions: policies[0]?.actions ?? one.actions })),
    )
    await check('plain.test', 'REFUSED', V6)
  },
)

t.test('a way round the filter stays shut for clients whatever the school allows', async (t) => {
  const rules = compileLists(
    t,
    [
      {
        format: 'rpz',
        text: '32.1.0.0.127.rpz-client-ip CNAME .\n',
        trusted: true,
        category: 'bypass.vpn',
      },
    ],
    { allow: ['allowed.test'] },
  )
  const { check } = await start(t, rules)
  await check('allowed.test', BLOCKED, V4)
  await check('allowed.test', PASSES, V6)
})

const TCP_ONLY = `tcp.test CNAME rpz-tcp-only.
*.tcp.test CNAME rpz-tcp-only.
end.test CNAME rpz-tcp-only.
24.0.100.51.198.rpz-ip CNAME rpz-tcp-only.
`

t.test(
  'TCP-only truncates over UDP and lets all else be, and is neither block nor event',
  async (t) => {
    const lists = [
      { format: 'rpz', text: TCP_ONLY, category: 'adult.porn' },
      { format: 'domains', text: 'bad.tcp.test\n' },
    ] as const
    const rules = compileLists(t, lists, { allow: ['allowed.tcp.test'], deny: ['denied.tcp.test'] })
    const { outcome, server, check } = await start(t, rules)
    for (const name of ['tcp.test', 'www.tcp.test', 'cname-192.0.2.7.test', 'a-198.51.100.9.test'])
      for (let time = 0; time < 2; time++) {
        t.equal(await outcome(name), 'TC', `${name} over UDP`)
        t.match(await outcome(name, V4, 'tcp'), PASSES, `${name} over TCP`)
      }
    t.same(
      server.counted.filter((word) => word.includes('blocked')),
      [],
    )
    await check('bad.tcp.test', BLOCKED)
    await check('denied.tcp.test', BLOCKED)
    await check('allowed.tcp.test', PASSES)
    t.same(server.recorded, [], 'nothing is recorded')
    server.use(rules, [makePolicy('pupils', { 'adult.porn': 'allow', 'media.games': 'block' })])
    await check('tcp.test', PASSES)
    await check('a-198.51.100.9.test', PASSES)
  },
)

t.test('TCP-only for a client is so for every name', async (t) => {
  const text = '32.1.0.0.127.rpz-client-ip CNAME rpz-tcp-only.\n'
  const rules = compileLists(t, [{ format: 'rpz', text, trusted: true }])
  const { outcome, check } = await start(t, rules)
  t.equal(await outcome('plain.test'), 'TC')
  t.match(await outcome('plain.test', V4, 'tcp'), PASSES)
  await check('plain.test', PASSES, V6)
})
