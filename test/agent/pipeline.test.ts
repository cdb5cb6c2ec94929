import type { OptAnswer } from 'dns-packet'
import t from 'tap'
import { UNLIMITED } from '#agent/limits/unlimited.ts'
import { type AskOptions, ask, askRaw, dnssecQuery, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { https } from '#test/support/service-record.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const FORMERR = 1
const REFUSED = 5
const SERVFAIL = 2
const ECH = Buffer.from('a key of a test')

const rules = makeRules([
  ['blocked.test', 'harm.selfharm'],
  [
    'search.test',
    { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') },
    'exact',
  ],
  [
    'listed-data.test',
    { kind: 'local-data', records: [{ kind: 'data', type: 1, data: 'c0000237' }] },
  ],
])

/** One thing that each stage does, seen from outside. True when it is done. */
interface StageCheck {
  readonly stage: string
  readonly does: string
  readonly isUdpOnly?: true
  readonly holds: (
    at: AskOptions,
    server: PipelineServer,
    upstream: FakeUpstream,
  ) => Promise<boolean>
}

let serial = 0
const fresh = (name: string): string => `n${++serial}.${name}`

const QUERY = Buffer.from(
  '0001010000010000000000000562616467650474657374000001 0001'.replace(' ', ''),
  'hex',
)

/** The cookie of the answer to a query with a client's. */
async function askWithCookie(at: AskOptions): Promise<Buffer> {
  const options = [{ code: 10, data: Buffer.from('0123456789abcdef', 'hex') }]
  const additionals = [{ ...dnssecQuery({}).additionals?.[0], options } as OptAnswer]
  const reply = await ask(fresh('open.test'), 'A', { ...at, packet: { additionals } })
  const opt = reply.additionals?.find((record): record is OptAnswer => record.type === 'OPT')
  const found = opt?.options.find(({ code }) => String(code) === '10')
  return found && 'data' in found && Buffer.isBuffer(found.data) ? found.data : Buffer.alloc(0)
}

const CHECKS: readonly StageCheck[] = [
  {
    stage: 'observe',
    does: 'counts a query',
    holds: async (at, { counted }) => {
      const before = counted.length
      await ask(fresh('open.test'), 'A', at)
      return counted.length === before + 1
    },
  },
  {
    stage: 'refuse-malformed',
    does: 'answers garbage with FORMERR',
    holds: async (at) => {
      const reply = await askRaw(Buffer.from('123401000001000000000000ff', 'hex'), {
        ...at,
        timeoutMs: 400,
      })
      return reply !== undefined && (reply.readUInt16BE(2) & 0xf) === FORMERR
    },
  },
  {
    stage: 'exchange-cookies',
    does: 'gives a client that shows its own cookie one of ours',
    holds: async (at) => (await askWithCookie(at)).length === 24,
  },
  {
    stage: 'limit-clients',
    does: 'truncates or drops what is too much',
    isUdpOnly: true,
    holds: async (at) => {
      const some = Array.from({ length: 8 }, () =>
        askRaw(QUERY, { ...at, timeoutMs: 400 }).then((reply) => reply && reply[2]! & 0x02),
      )
      const flags = await Promise.all(some)
      return flags.includes(undefined) && flags.includes(2) && flags.includes(0)
    },
  },
  {
    stage: 'record-event',
    does: 'tells of a blocked lookup in an alerting category',
    holds: async (at, { recorded }) => {
      const name = fresh('blocked.test')
      await ask(name, 'A', at)
      return recorded.some((one) => one.name.form === 'clear' && one.name.name === name)
    },
  },
  {
    stage: 'identify-client',
    does: 'finds the group, without which nothing is answered',
    holds: async (at) => {
      const reply = await ask(fresh('open.test'), 'A', { ...at, timeoutMs: 400 }).catch(
        () => undefined,
      )
      return reply?.answers?.length === 1
    },
  },
  {
    stage: 'decide-by-policy',
    does: 'blocks A, AAAA and HTTPS of a blocked name',
    holds: async (at) => {
      const replies = await Promise.all(
        ['A', 'AAAA', 'TYPE65'].map((type) =>
          ask('www.blocked.test', type, { ...at, timeoutMs: 400 }).catch(() => undefined),
        ),
      )
      return replies.every((reply) => reply && rcodeOf(reply) === NXDOMAIN)
    },
  },
  {
    stage: 'rewrite-name',
    does: 'leads a search engine to its safe name',
    holds: async (at) => {
      const { answers = [] } = await ask('search.test', 'A', at)
      return answers[0]?.type === 'CNAME' && answers[1]?.name === 'safe.test'
    },
  },
  {
    stage: 'answer-local',
    does: 'answers localhost itself',
    holds: async (at) => {
      const { answers = [] } = await ask('localhost', 'A', at)
      return answers[0]?.type === 'A' && answers[0].data === '127.0.0.1'
    },
  },
  {
    stage: 'answer-list-data',
    does: 'answers with the records of a list',
    holds: async (at) => {
      const { answers = [] } = await ask(fresh('listed-data.test'), 'A', at)
      return answers.length === 1 && answers[0]?.type === 'A' && answers[0].data === '192.0.2.55'
    },
  },
  {
    stage: 'withhold-ech',
    does: 'takes ech out of HTTPS records',
    holds: async (at) => {
      const { answers = [], bytes } = await ask(fresh('ech.test'), 'TYPE65', at)
      return answers.length === 1 && !bytes.includes(ECH)
    },
  },
  {
    stage: 'inspect-answer',
    does: 'blocks a name that leads to a blocked one, fresh and cached',
    holds: async (at) => {
      const name = fresh('cloaked.test')
      const first = await ask(name, 'A', at)
      const second = await ask(name, 'A', at)
      return rcodeOf(first) === NXDOMAIN && rcodeOf(second) === NXDOMAIN
    },
  },
  {
    stage: 'answer-from-cache',
    does: 'asks the upstream once for a question asked twice',
    holds: async (at, _server, { asked }) => {
      const name = fresh('open.test')
      await ask(name, 'A', at)
      await ask(name.toUpperCase(), 'A', at)
      return asked.filter((one) => one.name === name).length === 1
    },
  },
]

const TRANSPORTS: readonly (Omit<AskOptions, 'port'> & { readonly title: string })[] = [
  { title: 'UDP over IPv4', transport: 'udp', address: '127.0.0.1' },
  { title: 'UDP over IPv6', transport: 'udp', address: '::1' },
  { title: 'TCP over IPv4', transport: 'tcp', address: '127.0.0.1' },
  { title: 'TCP over IPv6', transport: 'tcp', address: '::1' },
]

function upstream(): Promise<FakeUpstream> {
  return startFakeUpstream(({ name }) => {
    if (name.endsWith('cloaked.test'))
      return {
        answers: [cname(name, 'tracker.blocked.test'), a('tracker.blocked.test', '192.0.2.9')],
      }
    if (name.endsWith('ech.test')) return { answers: [https(name, { ech: ECH })] }
    return { answers: [a(name, '192.0.2.1')] }
  })
}

for (const { stage, does, holds, isUdpOnly } of CHECKS)
  t.test(`${stage} ${does}, on every transport, and nothing else does`, async (t) => {
    const fake = await upstream()
    t.teardown(() => fake.close())
    const limits = isUdpOnly ? { clientQueriesPerSecond: 1, clientQueryBurst: 4 } : {}
    const options = { rules, upstreamPort: fake.port, limits }
    const whole = await startPipelineServer(options)
    const without = await startPipelineServer({ ...options, without: stage })
    t.teardown(() => Promise.all([whole.close(), without.close()]))
    for (const { title, ...transport } of TRANSPORTS) {
      if (isUdpOnly && transport.transport !== 'udp') continue
      t.ok(await holds({ ...transport, port: whole.port }, whole, fake), `${title}: with the stage`)
      t.notOk(
        await holds({ ...transport, port: without.port }, without, fake),
        `${title}: not without it`,
      )
    }
  })

t.test('every stage of the list has such a check', async (t) => {
  const fake = await upstream()
  const server = await startPipelineServer({ rules, upstreamPort: fake.port })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  const { makeStages } = await import('#agent/stage-list.ts')
  const names = makeStages({
    ...UNLIMITED,
    policy: server.policy,
    cache: server.cache,
    count: () => undefined,
    clock: { wallMs: () => 0, monotonicMs: () => 0 },
    record: () => undefined,
    hashName: () => '',
  }).map(({ name }) => name)
  t.same(names.toSorted(), CHECKS.map(({ stage }) => stage).toSorted())
})

t.test('a stage that throws costs its query a SERVFAIL, and nothing else', async (t) => {
  const fake = await upstream()
  t.teardown(() => fake.close())
  const server = await startPipelineServer({
    rules,
    upstreamPort: fake.port,
    throwOn: 'harm.selfharm',
  })
  t.teardown(() => server.close())
  for (const { title, ...transport } of TRANSPORTS) {
    const at = { ...transport, port: server.port }
    t.equal(rcodeOf(await ask('blocked.test', 'A', at)), SERVFAIL, title)
    t.equal(rcodeOf(await ask(fresh('open.test'), 'A', at)), 0, `${title}: the next one`)
  }
  t.equal(server.faults.length, TRANSPORTS.length)
})

t.test('beyond the limit of waiting queries the rest fail at once, and blocks go on', async (t) => {
  const silent = await startFakeUpstream(() => undefined)
  t.teardown(() => silent.close())
  const server = await startPipelineServer({ rules, upstreamPort: silent.port })
  t.teardown(() => server.close())
  const at = { port: server.port }
  const startedAt = performance.now()
  const waiting = Array.from({ length: 130 }, () => ask(fresh('open.test'), 'A', at))
  t.equal(rcodeOf(await ask('blocked.test', 'A', at)), NXDOMAIN)
  await Promise.any(waiting)
  t.ok(performance.now() - startedAt < 280, 'before any upstream could time out')
  const rcodes = (await Promise.all(waiting)).map(rcodeOf)
  t.ok(rcodes.every((rcode) => rcode === SERVFAIL))
  t.equal(server.counted.filter((one) => one === 'udp failed').length, 130)
})

t.test(
  'a foreign address is REFUSED, a local one in no network gets the strictest group',
  async (t) => {
    const fake = await upstream()
    const server = await startPipelineServer({
      rules,
      upstreamPort: fake.port,
      networks: {},
      policies: [makePolicy('strictest')],
    })
    t.teardown(() => Promise.all([server.close(), fake.close()]))
    const { clients } = server.policy.current
    t.equal(clients.find('10.20.30.40')?.group, 'strictest')
    t.equal(clients.find('fd00::7')?.group, 'strictest')
    t.equal(clients.find('203.0.113.9'), undefined)
    t.equal(clients.find('2001:db8::9'), undefined)
    server.policy.current = {
      ...server.policy.current,
      clients: Object.assign(Object.create(Object.getPrototypeOf(clients)), {
        of: () => undefined,
      }),
    }
    t.equal(rcodeOf(await ask('open.test', 'A', { port: server.port })), REFUSED)
  },
)
