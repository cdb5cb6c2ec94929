import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode } from 'dns-packet'
import t from 'tap'
import { ask, askRaw, rcodeOf } from '#test/support/dns-client.ts'
import {
  a,
  cname,
  type FakeUpstream,
  type Script,
  soa,
  startFakeUpstream,
} from '#test/support/fake-upstream.ts'
import {
  type PipelineServer,
  type PipelineServerOptions,
  startPipelineServer,
} from '#test/support/pipeline-server.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

interface Setup {
  readonly fake: FakeUpstream
  readonly server: PipelineServer
}

async function start(
  t: { teardown: (f: () => unknown) => void },
  script: Script,
  options: Partial<PipelineServerOptions> = {},
): Promise<Setup> {
  const fake = await startFakeUpstream(script)
  t.teardown(() => fake.close())
  const rules = options.rules ?? makeRules([['blocked.test', 'harm.selfharm']])
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, ...options })
  t.teardown(() => server.close())
  return { fake, server }
}

const plain: Script = ({ name }) => ({ answers: [a(name, '192.0.2.1')] })

t.test('a block is NXDOMAIN with a short SOA and, where OPT came, EDE 15', async (t) => {
  const { server } = await start(t, plain)
  const reply = await ask('blocked.test', 'A', { port: server.port })
  t.equal(rcodeOf(reply), 3)
  t.match(reply.authorities, [{ type: 'SOA', ttl: 30 }])
  const options = reply.additionals?.[0]
  t.ok(reply.bytes.includes(Buffer.from('000f', 'hex')), 'an EDE option')
  t.equal(options?.type, 'OPT')
  const bare = await ask('blocked.test', 'A', { port: server.port, edns: false })
  t.same(bare.additionals, [])
})

t.test('policy counts whatever the spelling, type or flags', async (t) => {
  const { server, fake } = await start(t, plain)
  for (const name of ['blocked.test', 'BLOCKED.TEST', 'a.b.c.Blocked.Test'])
    for (const type of ['A', 'AAAA', 'TXT', 'MX', 'TYPE65', 'TYPE64', 'NS', 'SOA'])
      t.equal(rcodeOf(await ask(name, type, { port: server.port })), 3, `${name} ${type}`)
  const strange = { flags: 0x0130 } as const
  t.equal(rcodeOf(await ask('blocked.test', 'A', { port: server.port, packet: strange })), 3)
  t.same(fake.asked, [], 'nothing of it went upstream')
})

t.test('TTLs of a cached answer count down', async (t) => {
  const { server } = await start(t, ({ name }) => ({ answers: [a(name, '192.0.2.1', 100)] }))
  t.match(await ask('open.test', 'A', { port: server.port }), { answers: [{ ttl: 100 }] })
  await sleep(1_100)
  t.match(await ask('open.test', 'A', { port: server.port }), { answers: [{ ttl: 99 }] })
})

t.test('an answer whose TTL has run out is asked for again', async (t) => {
  const { server, fake } = await start(t, ({ name }) => ({ answers: [a(name, '192.0.2.1', 1)] }))
  await ask('open.test', 'A', { port: server.port })
  await sleep(1_100)
  await ask('open.test', 'A', { port: server.port })
  t.equal(fake.asked.length, 2)
})

t.test('negative answers are kept, failures for a moment', async (t) => {
  const { server, fake } = await start(t, ({ name }) =>
    name.startsWith('gone') ? { flags: 0x0183, authorities: [soa('test', 60)] } : { flags: 0x0182 },
  )
  for (const name of ['gone.test', 'gone.test'])
    t.equal(rcodeOf(await ask(name, 'A', { port: server.port })), 3)
  t.equal(fake.asked.length, 1)
  t.equal(rcodeOf(await ask('broken.test', 'A', { port: server.port })), 2)
  const before = fake.asked.length
  t.equal(rcodeOf(await ask('broken.test', 'A', { port: server.port })), 2)
  t.equal(fake.asked.length, before)
  await sleep(2_100)
  t.equal(rcodeOf(await ask('broken.test', 'A', { port: server.port })), 2)
  t.ok(fake.asked.length > before, 'it is asked again when that is over')
})

t.test(
  'one cached answer, two groups, two verdicts; and a reload counts for what is cached',
  async (t) => {
    const rules = makeRules([['tracker.test', 'contact.social']])
    const policies = [
      makePolicy('pupils', { 'contact.social': 'block' }),
      makePolicy('staff', { 'contact.social': 'allow' }, { kind: 'staff' }),
    ]
    const script: Script = ({ name }) => ({
      answers: [cname(name, 'x.tracker.test'), a('x.tracker.test', '192.0.2.2')],
    })
    const { server, fake } = await start(t, script, {
      rules,
      policies,
      networks: { '127.0.0.0/8': 'staff', '::1/128': 'pupils' },
    })
    const asStaff = { port: server.port, address: '127.0.0.1' }
    const asPupil = { port: server.port, address: '::1' }
    t.equal(rcodeOf(await ask('site.test', 'A', asStaff)), 0)
    t.equal(rcodeOf(await ask('site.test', 'A', asPupil)), 3)
    t.equal(rcodeOf(await ask('site.test', 'A', asStaff)), 0)
    t.equal(fake.asked.length, 1, 'one question upstream for all of them')
    server.use(makeRules([['x.tracker.test', 'harm.gore']]), [
      makePolicy('pupils', { 'harm.gore': 'allow' }),
      makePolicy('staff', { 'harm.gore': 'block' }, { kind: 'staff' }),
    ])
    t.equal(rcodeOf(await ask('site.test', 'A', asStaff)), 3)
    t.equal(rcodeOf(await ask('site.test', 'A', asPupil)), 0)
    t.equal(fake.asked.length, 1)
  },
)

t.test('a harmless name in the chain does not excuse a blocked one', async (t) => {
  const rules = makeRules([
    ['cdn.test', 'core.infra'],
    ['bad.test', 'adult.porn'],
  ])
  const script: Script = ({ name }) => ({
    answers: [
      cname(name, 'a.cdn.test'),
      cname('a.cdn.test', 'x.bad.test'),
      a('x.bad.test', '192.0.2.3'),
    ],
  })
  const { server } = await start(t, script, { rules })
  t.equal(rcodeOf(await ask('site.test', 'A', { port: server.port })), 3)
})

t.test('what the school allows covers its own hops, but nothing lifts a locked name', async (t) => {
  const rules = makeRules([
    ['allowed.test', { kind: 'school-allow', groups: 'all' }],
    ['ads.test', 'prod.ads'],
    ['illegal.test', 'illegal.csam'],
    ['help.test', 'protected.help'],
  ])
  const script: Script = ({ name }) => ({
    answers: [cname(name, name.startsWith('locked') ? 'x.illegal.test' : 'x.ads.test')],
  })
  const policies = [makePolicy('pupils', { 'prod.ads': 'block' })]
  const { server } = await start(t, script, { rules, policies })
  const rcode = async (name: string): Promise<number> =>
    rcodeOf(await ask(name, 'A', { port: server.port }))
  t.equal(await rcode('other.test'), 3)
  t.equal(await rcode('www.allowed.test'), 0)
  t.equal(await rcode('www.help.test'), 0)
  t.equal(await rcode('locked.allowed.test'), 3)
})

t.test(
  'safe search: CNAME and addresses for A and AAAA, nothing else, and only where it is on',
  async (t) => {
    const rules = makeRules([
      [
        'www.search.test',
        { kind: 'rewrite', service: 'safesearch', target: domainName('safe.search.test') },
        'exact',
      ],
    ])
    const script: Script = ({ name, type }) =>
      type === 'AAAA'
        ? { answers: [{ type: 'AAAA', name, ttl: 900, data: '2001:db8::5' }] }
        : { answers: [cname(name, 'edge.test', 900), a('edge.test', '192.0.2.5', 900)] }
    const policies = [
      makePolicy('pupils'),
      makePolicy('staff', {}, { kind: 'staff', safeSearch: false }),
    ]
    const { server } = await start(t, script, {
      rules,
      policies,
      networks: { '127.0.0.0/8': 'pupils', '::1/128': 'staff' },
    })
    const port = server.port
    t.match(await ask('WWW.search.test', 'A', { port }), {
      questions: [{ name: 'WWW.search.test' }],
      answers: [
        { type: 'CNAME', name: 'WWW.search.test', data: 'safe.search.test', ttl: 300 },
        { type: 'A', name: 'safe.search.test', data: '192.0.2.5', ttl: 300 },
      ],
    })
    t.match(await ask('www.search.test', 'AAAA', { port, transport: 'tcp' }), {
      answers: [{ type: 'CNAME' }, { type: 'AAAA', data: '2001:db8::5' }],
    })
    for (const type of ['TYPE65', 'TYPE64', 'TXT']) {
      const reply = await ask('www.search.test', type, { port })
      t.same([rcodeOf(reply), reply.answers?.length], [0, 0], type)
    }
    const staff = await ask('www.search.test', 'A', { port, address: '::1' })
    t.equal(staff.answers?.[0]?.name, 'www.search.test')
    t.not(staff.answers?.[0], 'safe.search.test')
  },
)

t.test('safe search that cannot be reached is a failure, never the engine itself', async (t) => {
  const rules = makeRules([
    [
      'www.search.test',
      { kind: 'rewrite', service: 'safesearch', target: domainName('safe.search.test') },
      'exact',
    ],
  ])
  const { server } = await start(
    t,
    ({ name }) =>
      name === 'safe.search.test'
        ? undefined
        : plain({ name, type: 'A', transport: 'udp' }, Buffer.alloc(0)),
    { rules },
  )
  t.equal(rcodeOf(await ask('www.search.test', 'A', { port: server.port })), 2)
})

t.test('names that must not leave the site do not, and .test does', async (t) => {
  const { server, fake } = await start(t, plain)
  const rcode = async (name: string, type = 'A'): Promise<number> =>
    rcodeOf(await ask(name, type, { port: server.port }))
  for (const name of [
    'a.invalid',
    'x.onion',
    'printer.local',
    'x.alt',
    'nas.home.arpa',
    '1.2.168.192.in-addr.arpa',
    '4.3.31.172.in-addr.arpa',
    '9.0.d.f.ip6.arpa',
  ])
    t.equal(await rcode(name), 3, name)
  t.equal(await rcode('_dns.resolver.arpa', 'TYPE64'), 0, 'designated resolvers: none')
  t.match(await ask('ipv4only.arpa', 'A', { port: server.port }), {
    answers: [{ data: '192.0.0.170' }, { data: '192.0.0.171' }],
  })
  t.same(fake.asked, [])
  t.equal(await rcode('host.test'), 0)
  t.equal(await rcode('4.3.32.172.in-addr.arpa', 'PTR'), 0)
  t.equal(fake.asked.length, 2)
})

t.test(
  'ANY, transfers, other classes, opcodes and versions get the answers the RFCs name',
  async (t) => {
    const { server } = await start(t, plain)
    const { port } = server
    t.match(await ask('open.test', 'ANY', { port }), { answers: [{ type: 'HINFO' }] })
    t.equal(rcodeOf(await ask('open.test', 'AXFR', { port, transport: 'tcp' })), 5)
    const query = encode({
      type: 'query',
      id: 9,
      flags: 0x0100,
      questions: [{ type: 'A', name: 'open.test' }],
    })
    const changed = async (change: (bytes: Buffer) => void): Promise<number | undefined> => {
      const bytes = Buffer.from(query)
      change(bytes)
      const reply = await askRaw(bytes, { port, timeoutMs: 400 })
      return reply && reply.readUInt16BE(2) & 0xf
    }
    t.equal(await changed((bytes) => bytes.writeUInt16BE(3, bytes.length - 2)), 5, 'class CH')
    t.equal(await changed((bytes) => bytes.writeUInt16BE(0x2100, 2)), 4, 'NOTIFY')
    t.equal(await changed((bytes) => bytes.writeUInt16BE(2, 4)), 1, 'two questions')
    t.equal(
      await changed((bytes) => bytes.writeUInt16BE(0x8180, 2)),
      undefined,
      'an answer is not answered',
    )
    const version = Buffer.concat([query, Buffer.from('0000291000000100000000', 'hex')])
    version.writeUInt16BE(1, 10)
    const reply = await askRaw(version, { port })
    t.equal(reply?.at(-6), 1, 'BADVERS: the upper rcode bits in OPT')
  },
)

t.test('an answer that does not fit comes truncated over UDP and whole over TCP', async (t) => {
  const many: Script = ({ name, transport }) =>
    transport === 'udp'
      ? { flags: 0x0380 }
      : { answers: Array.from({ length: 90 }, (_, i) => a(name, `192.0.2.${i}`)) }
  const { server } = await start(t, many)
  const udp = await ask('open.test', 'A', { port: server.port })
  t.ok(udp.flag_tc)
  t.equal(udp.answers?.length, 0)
  t.ok(udp.bytes.length < 512)
  const tcp = await ask('open.test', 'A', { port: server.port, transport: 'tcp' })
  t.notOk(tcp.flag_tc)
  t.equal(tcp.answers?.length, 90)
})

t.test('illegal names leave the pipeline as hashes, help sites not at all', async (t) => {
  const rules = makeRules([
    ['illegal.test', 'illegal.csam'],
    ['help.test', 'protected.help'],
  ])
  const { server } = await start(t, plain, { rules })
  await ask('secret.illegal.test', 'A', { port: server.port })
  await ask('www.help.test', 'A', { port: server.port })
  t.match(server.recorded, [{ category: 'illegal.csam', name: { form: 'hash' } }])
  t.equal(server.recorded.length, 1)
  t.notOk(JSON.stringify(server.recorded).includes('secret'))
})

t.test('an upstream that is gone is SERVFAIL with the reason, soon', async (t) => {
  const { server } = await start(t, () => undefined)
  const before = Date.now()
  const reply = await ask('open.test', 'A', { port: server.port })
  t.equal(rcodeOf(reply), 2)
  t.ok(Date.now() - before < 2_000)
  t.equal(decode(reply.bytes).additionals?.[0]?.type, 'OPT')
})
