import t, { type Test } from 'tap'
import type { AnswerSettings } from '#agent/answer-policy.ts'
import type { AddressRule } from '#agent/policy/ready-config.ts'
import { TRANSPORTS } from '#agent/query.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { over, type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { addresses, HTTPS, https } from '#test/support/service-record.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const rules = makeRules([
  ['allowed.test', { kind: 'school-allow', groups: 'all' }],
  ['core.test', 'core.infra'],
  ['help.test', 'protected.help'],
])
const policies = [makePolicy('pupils'), makePolicy('staff', {}, { kind: 'staff' })]
const networks = { '127.0.0.0/8': 'pupils', '::1/128': 'staff' }

function deny(cidr: string, groups: AddressRule['groups'] = 'all'): AddressRule {
  const network = parseCidr(cidr)
  if (!network) throw new Error(cidr)
  return { network, reason: 'a test', author: '', groups }
}

interface Setup {
  readonly server: PipelineServer
  readonly fake: FakeUpstream
  /** What becomes of each name over every transport, asked twice: fresh and cached. */
  readonly codes: (name: string, type?: string, address?: string) => Promise<string>
}

/** An upstream whose names say what they lead to: `a-10.0.0.1.test`, `hint4-...`, `hint6-...`, `aaaa-...`, `alias-...`. */
async function start(t: Test, answers: Partial<AnswerSettings> = {}): Promise<Setup> {
  const fake = await startFakeUpstream(({ name }) => {
    const [, kind = '', place = ''] = /^([a-z0-9]+)-(.*?)\.[a-z.]*test$/.exec(name) ?? []
    const data = place.replaceAll('_', ':')
    switch (kind) {
      case 'a':
        return { answers: [a(name, data)] }
      case 'alias':
        return { answers: [cname(name, 'end.test'), a('end.test', data)] }
      case 'extra':
        return { answers: [a(name, '192.0.2.1')], additionals: [a('end.test', data)] }
      case 'aaaa':
        return { answers: [{ type: 'AAAA', name, ttl: 300, data }] }
      case 'hint4':
        return { answers: [https(name, { ipv4hint: addresses('192.0.2.1', data) })] }
      case 'hint6':
        return { answers: [https(name, { ipv6hint: addresses('2001:db8::9', data) })] }
      default:
        return { answers: [a(name, '192.0.2.1')] }
    }
  })
  const server = await startPipelineServer({
    rules,
    policies,
    networks,
    upstreamPort: fake.port,
    answers,
    encrypted: true,
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const codes: Setup['codes'] = async (name, type = 'A', address = '127.0.0.1') => {
    const seen = new Set<string>()
    for (const transport of [...TRANSPORTS, ...TRANSPORTS]) {
      const reply = await ask(name, type, { ...over(server, transport), address })
      const { code, text } = ednsError(reply) ?? { code: -1, text: '' }
      seen.add(code < 0 ? `${rcodeOf(reply)}` : `${rcodeOf(reply)} EDE ${code} ${text}`)
    }
    return [...seen].join(' | ')
  }
  return { server, fake, codes }
}

const DENIED = '3 EDE 17 leads to an address that the school denies, list deny-addresses'
const PRIVATE = '3 EDE 15 a public name with a private address'

t.test(
  'RFC 9460 section 7.3: an answer that leads to a denied address is blocked, by a hint of HTTPS as by A and AAAA',
  async (t) => {
    const { codes } = await start(t, {
      denyAddresses: [deny('203.0.113.0/24'), deny('2001:db8:bad::/48'), deny('198.51.100.7/32')],
    })
    t.equal(await codes('a-203.0.113.9.test'), DENIED)
    t.equal(await codes('alias-203.0.113.255.test'), DENIED)
    t.equal(await codes('extra-203.0.113.1.test'), '0', 'what nobody asked for is left out')
    t.equal(await codes('aaaa-2001_db8_bad__1.test', 'AAAA'), DENIED)
    t.equal(await codes('aaaa-__ffff_cb00_7101.test', 'AAAA'), DENIED, 'mapped')
    t.equal(await codes('aaaa-64_ff9b__cb00_7101.test', 'AAAA'), DENIED, 'NAT64')
    t.equal(await codes('hint4-198.51.100.7.test', HTTPS), DENIED)
    t.equal(await codes('hint6-2001_db8_bad__1.test', HTTPS), DENIED)
    for (const name of ['a-203.0.112.9.test', 'a-198.51.100.8.test', 'alias-192.0.2.3.test'])
      t.equal(await codes(name), '0', name)
    t.equal(await codes('aaaa-2001_db8_bae__1.test', 'AAAA'), '0')
    t.equal(await codes('hint4-198.51.100.8.test', HTTPS), '0')
  },
)

t.test(
  'denied addresses: for their groups, and not for what the school or the core allows',
  async (t) => {
    const { codes, fake, server } = await start(t, {
      denyAddresses: [deny('203.0.113.0/24', ['staff']), deny('198.51.100.0/24', ['pupils'])],
    })
    t.equal(await codes('a-203.0.113.1.test'), '0')
    t.equal(await codes('a-203.0.113.1.test', 'A', '::1'), DENIED, 'cached by another group')
    t.equal(await codes('a-198.51.100.1.test', 'A', '::1'), '0')
    t.equal(await codes('a-198.51.100.1.test'), DENIED, 'cached by another group')
    t.equal(fake.asked.length, 2, 'one question upstream for each')
    for (const zone of ['allowed', 'core', 'help'])
      t.equal(await codes(`a-198.51.100.1.${zone}.test`), '0', zone)
    server.use(rules, policies, { denyAddresses: [deny('203.0.113.0/24')] })
    t.equal(await codes('a-203.0.113.1.test'), DENIED, 'cached before the reload')
    t.equal(await codes('a-198.51.100.1.test'), '0')
  },
)

t.test(
  'RFC 9460 section 7.3: a public name never leads to a private address, by a hint as little as by A and AAAA, but in a zone that may',
  async (t) => {
    const { codes, server } = await start(t, {
      rebinding: { enabled: true, allowZones: [domainName('intranet.test')] },
    })
    const blocked = [
      ['a-10.0.0.1.test'],
      ['a-0.0.0.0.test'],
      ['a-127.0.0.1.test'],
      ['a-169.254.169.254.test'],
      ['alias-192.168.1.1.test'],
      ['a-10.0.0.1.core.test'],
      ['a-10.0.0.1.allowed.test'],
      ['aaaa-fd00__1.test', 'AAAA'],
      ['aaaa-fe80__1.test', 'AAAA'],
      ['aaaa-__1.test', 'AAAA'],
      ['aaaa-__.test', 'AAAA'],
      ['aaaa-__ffff_a00_1.test', 'AAAA'],
      ['aaaa-64_ff9b__a00_1.test', 'AAAA'],
      ['hint4-10.0.0.1.test', HTTPS],
      ['hint4-0.0.0.0.test', HTTPS],
      ['hint6-fd00__1.test', HTTPS],
      ['hint6-__ffff_7f00_1.test', HTTPS],
    ] as const
    for (const [name, type] of blocked) t.equal(await codes(name, type), PRIVATE, name)
    t.equal(await codes('a-192.0.2.1.test'), '0')
    t.equal(await codes('extra-172.16.0.1.test'), '0', 'what nobody asked for is left out')
    t.equal(await codes('a-10.0.0.1.help.test'), '0', 'protected help is not inspected')
    t.equal(await codes('A-10.0.0.1.Intranet.test'), '0')
    t.equal(await codes('a-10.0.0.1.notintranet.test'), PRIVATE)
    t.ok(server.counted.includes('udp blocked rebinding'))
    t.same(server.recorded, [], 'no event of anybody')
    server.use(rules, policies, { rebinding: { enabled: false, allowZones: [] } })
    t.equal(await codes('a-10.0.0.1.test'), '0', 'switched off')
  },
)

t.test('an allowed zone is no way in for a foreign name that leads to it', async (t) => {
  const fake = await startFakeUpstream(({ name }) => ({
    answers: [cname(name, 'box.intranet.test'), a('box.intranet.test', '10.0.0.5')],
  }))
  const server = await startPipelineServer({
    rules,
    upstreamPort: fake.port,
    answers: { rebinding: { enabled: true, allowZones: [domainName('intranet.test')] } },
    encrypted: true,
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  for (const transport of TRANSPORTS) {
    const at = over(server, transport)
    t.equal(rcodeOf(await ask('attacker.test', 'A', at)), NXDOMAIN)
    t.equal(rcodeOf(await ask('www.intranet.test', 'A', at)), 0)
  }
})

t.test('a safe search name with a private address is blocked and not passed on', async (t) => {
  const search = makeRules([
    [
      'www.search.test',
      { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') },
    ],
  ])
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '10.0.0.1')] }))
  const server = await startPipelineServer({ rules: search, upstreamPort: fake.port })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const reply = await ask('www.search.test', 'A', { port: server.port })
  t.same([rcodeOf(reply), ednsError(reply)?.code], [NXDOMAIN, 15])
})

t.test(
  'who asks for help leaves no trace, even where its answer leads to what is locked',
  async (t) => {
    const fake = await startFakeUpstream(({ name }) => ({
      answers: [cname(name, 'edge.locked.test'), a('edge.locked.test', '192.0.2.1')],
    }))
    const server = await startPipelineServer({
      rules: makeRules([
        ['help.test', 'protected.help'],
        ['locked.test', 'illegal.csam'],
      ]),
      upstreamPort: fake.port,
      encrypted: true,
    })
    t.teardown(() => Promise.all([server.close(), fake.close()]))
    for (const transport of TRANSPORTS)
      for (const name of ['help.test', 'www.help.test'])
        t.equal(rcodeOf(await ask(name, 'A', over(server, transport))), NXDOMAIN)
    t.same(server.recorded, [])
    await ask('plain.test', 'A', server)
    t.match(server.recorded, [{ category: 'illegal.csam' }], 'anybody else is told of')
  },
)
