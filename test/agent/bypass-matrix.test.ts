/**
 * {block, safe search, canary} x {ways round} x {UDP, TCP, TLS, HTTPS by POST and by GET}: no way leads to what the policy keeps back. Each cell asks
 * the agent as a client would, with bytes of its own making, and looks for anything that the open name would have given.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { decode, type Packet } from 'dns-packet'
import t from 'tap'
import type { AnswerSettings } from '#agent/answer-policy.ts'
import { readyBlock } from '#agent/policy/ready-block.ts'
import { askRaw } from '#test/support/dns-client.ts'
import {
  a,
  cname,
  type Script,
  startFakeUpstream,
  wantsSignatures,
} from '#test/support/fake-upstream.ts'
import { keepConnection } from '#test/support/kept-connection.ts'
import { lockedNamesOf } from '#test/support/locked-bundle.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { addresses, https, rrsig } from '#test/support/service-record.ts'
import { domainName, makePolicy, makeRules, type TestRule } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const NXDOMAIN = 3
const TYPE = {
  A: 1,
  CNAME: 5,
  TXT: 16,
  AAAA: 28,
  DNAME: 39,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
} as const
const TRANSPORTS = ['udp', 'tcp', 'dot', 'doh', 'doh-get'] as const

function portOf({ ports }: PipelineServer, transport: (typeof TRANSPORTS)[number]): number {
  return ports[transport === 'doh-get' ? 'doh' : transport]
}

/** What only an answer that came through holds. */
const SECRET = '203.0.113.77'
const SECRET_6 = '2001:db8:5ec::7'
const FORBIDDEN = [addresses(SECRET), addresses(SECRET_6), Buffer.from('open-secret')]

const BLOCKED = 'bad.test'
const ENGINE = 'www.search.test'
const CANARY = 'mask.relay.test'
const SIGNED = 'www.signed.test'
/** In the list as people write it. */
const IDN = 'b\u00fccher.test'
const IDN_ASKED = 'xn--bcher-kva.test'
const RULES: readonly TestRule[] = [
  [BLOCKED, 'adult.porn'],
  [IDN, 'adult.porn'],
  [CANARY, 'bypass.doh'],
  [ENGINE, { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }, 'exact'],
  [SIGNED, { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }, 'exact'],
]

/** Gives every name what must not come through, by every record that could carry it. */
const upstream: Script = ({ name, type }, query) => {
  // Names with a dot in a label are beyond dns-packet, which would answer to another name.
  const lower = Buffer.from(query.toString('latin1').toLowerCase(), 'latin1')
  if (!lower.includes(wireName(name))) return noRecords(query)
  if (name === 'safe.test') return { answers: [a(name, '192.0.2.20')] }
  const signature = name === SIGNED && wantsSignatures(query) ? [rrsig(name, 1)] : []
  const [way = '', rest = ''] =
    /^(cname|dname|https|svcb|twice|addr|hint)\.(.*)\.front\.example$/.exec(name)?.slice(1) ?? []
  // Of the type that is asked for: anything else an upstream adds reaches nobody.
  const secret = (owner: string) =>
    type === 'AAAA'
      ? ({ type: 'AAAA', name: owner, ttl: 300, data: SECRET_6 } as const)
      : a(owner, SECRET)
  if (way === 'cname') return { answers: [cname(name, rest), secret(rest)] }
  if (way === 'twice')
    return { answers: [cname(name, 'mid.test'), cname('mid.test', rest), secret(rest)] }
  // Without the CNAME that goes with it (RFC 6672 section 3.1): the DNAME alone must count.
  if (way === 'dname')
    return {
      answers: [
        { type: 'DNAME', name: 'front.example', ttl: 300, data: rest } as never,
        secret(name),
      ],
    }
  if (way === 'https' || way === 'svcb')
    return {
      answers: [
        https(
          name,
          { ipv4hint: addresses(SECRET) },
          { target: rest, type: way === 'svcb' ? 64 : 65 },
        ),
      ],
    }
  if (way === 'hint') return { answers: [https(name, { ipv4hint: addresses(SECRET) })] }
  if (type === 'AAAA') return { answers: [{ type: 'AAAA', name, ttl: 300, data: SECRET_6 }] }
  if (type === 'UNKNOWN_65') return { answers: [https(name, { ipv4hint: addresses(SECRET) })] }
  if (type === 'TXT') return { answers: [{ type: 'TXT', name, ttl: 300, data: 'open-secret' }] }
  return { answers: [a(name, SECRET), ...signature] }
}

function withTtl(reply: Partial<Packet>, ttl: number): Partial<Packet> {
  const answers = reply.answers?.map((record) => ({ ...record, ttl }) as typeof record)
  return { ...reply, ...(answers && { answers }) }
}

function noRecords(query: Buffer): Buffer {
  const reply = Buffer.from(query)
  reply.writeUInt16BE(0x8180, 2)
  return reply
}

interface Probe {
  /** Wire form, as it stands in the question. */
  readonly name: Buffer
  readonly type?: number
  readonly isDo?: boolean
  readonly isCd?: boolean
  readonly edns?: boolean
  /** Options of its OPT, whole. */
  readonly options?: Buffer
  /** Recursion is not desired. */
  readonly isRdClear?: boolean
}

/** Of another network, a cookie, padding, and one that nobody knows: what could make a question look like another's (CVE-2026-42004). */
const OPTIONS = Buffer.from(
  '000800070001180020010d000a00080102030405060708000c000400000000fde900020000',
  'hex',
)

/** A way round, tried on one name. */
interface Way {
  readonly title: string
  readonly probes: (name: string) => readonly Probe[]
  /** Whether the name only leads to what is kept back, which says nothing of a search engine. */
  readonly isBehind?: boolean
}

const mixed = (name: string): Buffer =>
  Buffer.from(
    wireName(name).map((byte, i) =>
      byte >= 0x61 && byte <= 0x7a && i % 2 === 0 ? byte - 0x20 : byte,
    ),
  )
const everyType = Object.values(TYPE)

const WAYS: readonly Way[] = [
  {
    title: 'every type',
    probes: (name) => everyType.map((type) => ({ name: wireName(name), type })),
  },
  { title: 'without EDNS', probes: (name) => [{ name: wireName(name), edns: false }] },
  {
    title: 'case',
    probes: (name) => everyType.map((type) => ({ name: mixed(name), type })),
  },
  { title: 'trailing dot', probes: (name) => [{ name: wireName(`${name}.`) }] },
  {
    title: 'DO',
    probes: (name) => everyType.map((type) => ({ name: wireName(name), type, isDo: true })),
  },
  {
    title: 'CD',
    probes: (name) => everyType.map((type) => ({ name: wireName(name), type, isCd: true })),
  },
  {
    title: 'DO and CD',
    probes: (name) =>
      everyType.map((type) => ({ name: wireName(name), type, isDo: true, isCd: true })),
  },
  { title: 'ANY', probes: (name) => [{ name: wireName(name), type: TYPE.ANY }] },
  { title: 'options', probes: (name) => [{ name: wireName(name), options: OPTIONS }] },
  { title: 'no recursion desired', probes: (name) => [{ name: wireName(name), isRdClear: true }] },
  { title: 'CNAME', isBehind: true, probes: (name) => behind('cname', name) },
  { title: 'CNAME, two hops', isBehind: true, probes: (name) => behind('twice', name) },
  { title: 'DNAME', isBehind: true, probes: (name) => behind('dname', name) },
  { title: 'HTTPS', isBehind: true, probes: (name) => behind('https', name, TYPE.HTTPS) },
  { title: 'SVCB', isBehind: true, probes: (name) => behind('svcb', name, TYPE.SVCB) },
]

function behind(way: string, name: string, type?: number): readonly Probe[] {
  const types = type === undefined ? [TYPE.A, TYPE.AAAA] : [type]
  return types.flatMap((one) => [
    { name: wireName(`${way}.${name}.front.example`), type: one },
    { name: mixed(`${way}.${name}.front.example`), type: one, isDo: true },
    { name: wireName(`${way}.${name}.front.example`), type: one, isCd: true },
  ])
}

function message(probe: Probe): Buffer {
  const { name, type = TYPE.A, isDo = false, isCd = false, edns = true } = probe
  const { options = Buffer.alloc(0), isRdClear = false } = probe
  const flags = [isRdClear ? 0 : 1, isCd ? 0x10 : 0]
  const head = Buffer.from([0x12, 0x34, ...flags, 0, 1, 0, 0, 0, 0, 0, edns ? 1 : 0])
  const opt = Buffer.from([0, 0, 41, 4, 0xd0, 0, 0, isDo ? 0x80 : 0, 0, 0, options.length])
  const rest = edns ? [opt, options] : []
  return Buffer.concat([head, name, Buffer.from([0, type, 0, 1]), ...rest])
}

interface Asked {
  readonly server: PipelineServer
  readonly address?: string
}

/** What is wrong with the answers to a name; nothing where every cell holds. */
async function leaks(
  ways: readonly Way[],
  name: string,
  mayBeEmpty: boolean,
  { server, address = '127.0.0.1' }: Asked,
): Promise<readonly string[]> {
  const wrong: string[] = []
  const kept = {
    dot: keepConnection('dot', server.ports.dot, address),
    doh: keepConnection('doh', server.ports.doh, address),
    'doh-get': keepConnection('doh-get', server.ports.doh, address),
  }
  const { port } = server
  for (const way of ways)
    for (const transport of TRANSPORTS)
      for (const probe of way.probes(name)) {
        const reply =
          transport === 'udp' || transport === 'tcp'
            ? await askRaw(message(probe), { port, transport, address })
            : await kept[transport].ask(message(probe))
        const title = `${way.title}, ${transport}, type ${probe.type ?? 1}`
        if (!reply) wrong.push(`${title}: no answer`)
        else {
          if (FORBIDDEN.some((bytes) => reply.includes(bytes))) wrong.push(`${title}: came through`)
          const rcode = reply.readUInt16BE(2) & 0xf
          if (!mayBeEmpty && rcode !== NXDOMAIN) wrong.push(`${title}: rcode ${rcode}`)
        }
      }
  for (const connection of Object.values(kept)) connection.close()
  return wrong
}

const policies = [
  makePolicy('pupils'),
  makePolicy(
    'staff',
    { 'adult.porn': 'allow', 'bypass.doh': 'allow' },
    { kind: 'staff', safeSearch: false },
  ),
]
const networks = { '127.0.0.0/8': 'pupils', '::1/128': 'staff' }

async function start(
  t: { teardown: (f: () => unknown) => void },
  answers: Partial<AnswerSettings> = {},
  rules = RULES,
  script: Script = upstream,
): Promise<PipelineServer> {
  const fake = await startFakeUpstream(script)
  const server = await startPipelineServer({
    rules: makeRules(rules),
    policies,
    networks,
    upstreamPort: fake.port,
    answers,
    udp: 'batch',
    encrypted: true,
  })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server
}

const NAMES = [
  { what: 'block', name: BLOCKED, isEngine: false },
  { what: 'block below', name: `a.b.${BLOCKED}`, isEngine: false },
  { what: 'block by an internationalised name', name: IDN_ASKED, isEngine: false },
  { what: 'canary', name: CANARY, isEngine: false },
  { what: 'safe search', name: ENGINE, isEngine: true },
  { what: 'safe search, signed zone', name: SIGNED, isEngine: true },
] as const

for (const { what, name, isEngine } of NAMES) {
  const ways = WAYS.filter(({ isBehind = false }) => !isEngine || !isBehind)
  t.test(`${what}: no way round`, async (t) => {
    const server = await start(t)
    t.same(await leaks(ways, name, isEngine, { server }), [], 'fresh')
    t.same(await leaks(ways, name, isEngine, { server }), [], 'again, with what is cached')
  })

  t.test(`${what}: no way round through what another group has put into the cache`, async (t) => {
    const server = await start(t)
    const open = await leaks(ways, name, true, { server, address: '::1' })
    t.ok(
      open.some((line) => line.endsWith('came through')),
      'staff get it, so the test can fail',
    )
    t.same(await leaks(ways, name, isEngine, { server }), [])
  })

  t.test(`${what}: no way round through answers that are stale`, async (t) => {
    let isOut = false
    const server = await start(t, {}, RULES, (asked, query) => {
      const reply = isOut ? { flags: 0x0182 } : upstream(asked, query)
      return Buffer.isBuffer(reply) ? reply : reply && withTtl(reply, 1)
    })
    await leaks(ways, name, true, { server, address: '::1' })
    isOut = true
    await sleep(1_200)
    const open = await leaks(ways, name, true, { server, address: '::1' })
    t.ok(
      open.some((line) => line.endsWith('came through')),
      'staff get what is stale, so the test can fail',
    )
    await sleep(100)
    t.ok(server.counted.includes('udp stale'))
    t.same(await leaks(ways, name, isEngine, { server }), [])
  })

  t.test(`${what}: no way round after a reload that forbids what was open before`, async (t) => {
    const server = await start(t, {}, [['nothing.test', 'adult.porn']])
    const open = await leaks(ways, name, true, { server })
    t.ok(
      open.some((line) => line.endsWith('came through')),
      'open before',
    )
    server.use(makeRules(RULES))
    t.same(await leaks(ways, name, isEngine, { server }), [])
  })
}

t.test('a locked name: no way round for anybody, whatever else is said of it', async (t) => {
  const locked = 'locked.test'
  const rules: readonly TestRule[] = [
    [locked, 'protected.help'],
    [locked, { kind: 'school-allow', groups: 'all' }],
    // Of the names in whose answers it is hidden: help is not inspected for anything less.
    ['front.example', 'protected.help'],
  ]
  const server = await start(t, {}, rules)
  const everybody = ['127.0.0.1', '::1']
  for (const address of everybody) {
    const open = await leaks(WAYS, locked, true, { server, address })
    for (const { title } of WAYS.filter((way) => way.title !== 'ANY'))
      t.ok(
        open.some((line) => line.startsWith(`${title},`) && line.endsWith('came through')),
        `${title}: open before, so the test can fail`,
      )
  }
  server.useLocked(lockedNamesOf([`illegal.csam ${locked}`]))
  for (const address of everybody)
    for (const name of [locked, `a.b.${locked}`]) {
      t.same(await leaks(WAYS, name, false, { server, address }), [], `${name} for ${address}`)
      server.use(makeRules(rules))
      t.same(await leaks(WAYS, name, false, { server, address }), [], 'after a reload')
    }
})

t.test('what the law locks is not reached by being a safe name either', async (t) => {
  const server = await start(t)
  const at = { port: server.port }
  const open = await askRaw(message({ name: wireName(ENGINE) }), at)
  t.match(open && decode(open).answers, [{ data: 'safe.test' }])
  server.useLocked(lockedNamesOf(['illegal.other safe.test exact']))
  const reply = await askRaw(message({ name: wireName(ENGINE) }), at)
  t.same(reply && [reply.readUInt16BE(2) & 0xf, decode(reply).answers], [NXDOMAIN, []])
})

t.test(
  'a denied address: no way round by record, hint, CNAME, flags, cache or reload',
  async (t) => {
    const denied = {
      denyAddresses: [
        {
          network: { bytes: Uint8Array.of(203, 0, 113, 77), prefixLength: 32 },
          reason: 'r',
          author: '',
          groups: ['pupils'],
        },
        {
          network: { bytes: Uint8Array.from(addresses(SECRET_6)), prefixLength: 64 },
          reason: 'r',
          author: '',
          groups: ['pupils'],
        },
      ],
    }
    const ways: readonly Way[] = [
      ...[
        'addr.open.test.front.example',
        'cname.open.test.front.example',
        'twice.open.test.front.example',
        'dname.open.test.front.example',
      ].map(
        (name): Way => ({
          title: name,
          probes: () =>
            [TYPE.A, TYPE.AAAA]
              .flatMap((type) => flagged(wireName(name), type))
              .concat(flagged(mixed(name), TYPE.A)),
        }),
      ),
      {
        title: 'hint',
        probes: () => flagged(wireName('hint.open.test.front.example'), TYPE.HTTPS),
      },
      {
        title: 'https',
        probes: () => flagged(wireName('https.open.test.front.example'), TYPE.HTTPS),
      },
    ]
    const server = await start(t, denied)
    const open = await leaks(ways, '', true, { server, address: '::1' })
    t.ok(
      open.some((line) => line.endsWith('came through')),
      'staff get it, so the test can fail',
    )
    t.same(await leaks(ways, '', false, { server }), [], 'cached by another group')
    const later = await start(t)
    t.ok((await leaks(ways, '', true, { server: later })).length > 0, 'open before the reload')
    later.use(makeRules(RULES), policies, denied)
    t.same(await leaks(ways, '', false, { server: later }), [], 'after it')
  },
)

function flagged(name: Buffer, type: number): Probe[] {
  return [
    { name, type },
    { name, type, isDo: true },
    { name, type, isCd: true },
    { name, type, edns: false },
  ]
}

t.test(
  'escapes: a dot inside a label is another name, and neither bypasses nor is blocked for it',
  async (t) => {
    const server = await start(t)
    const ask = async (name: Buffer, transport: (typeof TRANSPORTS)[number]): Promise<number> => {
      const port = portOf(server, transport)
      const reply = await askRaw(message({ name }), { port, transport })
      return (reply?.readUInt16BE(2) ?? 0xf) & 0xf
    }
    const label = (text: string): Buffer =>
      Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')])
    const root = Buffer.alloc(1)
    for (const transport of TRANSPORTS) {
      t.equal(
        await ask(Buffer.concat([label('a.b'), wireName(BLOCKED)]), transport),
        NXDOMAIN,
        'below',
      )
      t.equal(
        await ask(Buffer.concat([label('\u0000'), wireName(BLOCKED)]), transport),
        NXDOMAIN,
        'a zero byte below',
      )
      t.equal(
        await ask(Buffer.concat([label('bad.test'), root]), transport),
        0,
        'one label with a dot',
      )
      t.equal(
        await ask(Buffer.concat([label('x.bad'), label('test'), root]), transport),
        0,
        'a dot for a label',
      )
    }
  },
)

t.test('pointers: a name that ends elsewhere in the message is no way round', async (t) => {
  const server = await start(t)
  // To the name that is the data of an option, behind the question, and to what stands in the header.
  const tail = wireName('test')
  const option = Buffer.concat([Buffer.from('fde90006', 'hex'), tail])
  const at = 12 + 4 + 2 + 4 + 11 + 4
  for (const target of [at, 12, 0, 4])
    for (const transport of TRANSPORTS) {
      const name = Buffer.concat([Buffer.of(3), Buffer.from('bad'), Buffer.of(0xc0, target)])
      const port = portOf(server, transport)
      const reply = await askRaw(message({ name, options: option }), { port, transport })
      t.ok(!reply || (reply.readUInt16BE(2) & 0xf) === 1, `${transport}, to byte ${target}`)
      t.notOk(reply && FORBIDDEN.some((bytes) => reply.includes(bytes)))
    }
})

t.test('whatever form the blocked answer has, nothing comes through', async (t) => {
  const page = { v4: Uint8Array.of(192, 0, 2, 80), v6: undefined }
  for (const answer of ['nodata', 'null-address', 'refused', 'address'] as const) {
    const server = await start(t, { block: readyBlock({ answer, address: page }) })
    t.same(await leaks(WAYS, BLOCKED, true, { server }), [], answer)
  }
})

t.test(
  'safe search answers with the safe name for A, and never for a signed zone with DO or CD',
  async (t) => {
    const server = await start(t)
    for (const transport of TRANSPORTS) {
      const at = { port: portOf(server, transport), transport }
      const plain = await askRaw(message({ name: mixed(ENGINE) }), at)
      t.match(plain && decode(plain).answers, [
        { type: 'CNAME', data: 'safe.test' },
        { data: '192.0.2.20' },
      ])
      for (const flags of [{ isDo: true }, { isCd: true }]) {
        const whole = await askRaw(message({ name: wireName(ENGINE), ...flags }), at)
        t.equal(whole && decode(whole).answers?.length, 2)
        const signed = await askRaw(message({ name: wireName(SIGNED), ...flags }), at)
        t.same(signed && [signed.readUInt16BE(2) & 0xf, decode(signed).answers], [NXDOMAIN, []])
      }
    }
  },
)
