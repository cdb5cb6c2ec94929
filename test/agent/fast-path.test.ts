/** The batch listener seen from outside: what it answers, from where, and what its worker's death costs. */
import { createSocket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { LookupFold } from '#agent/fastpath/lookup-fold.ts'
import { LookupRing } from '#agent/fastpath/lookup-ring.ts'
import type { BlockedLookup } from '#agent/signals/blocked-lookup.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { ask, askRaw, rcodeOf } from '#test/support/dns-client.ts'
import { a, type FakeUpstream, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type PipelineServer, startPipelineServer } from '#test/support/pipeline-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'

const skip = loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi'
const NXDOMAIN = 3
const rules = makeRules([
  ['blocked.test', 'harm.selfharm'],
  ['search.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
])

async function start(
  t: Test,
  udp: 'batch' | 'node',
): Promise<{ server: PipelineServer; fake: FakeUpstream }> {
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, udp })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return { server, fake }
}

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: forwarded, cached, blocked, rewritten and malformed`, { skip }, async (t) => {
    const { server, fake } = await start(t, udp)
    // Once by whoever stands in until a worker is ready, then by the worker.
    for (const waitMs of [0, 700]) {
      await sleep(waitMs)
      for (const address of ['127.0.0.1', '::1']) {
        const at = { port: server.port, address }
        t.match((await ask('Www.open.test', 'A', at)).answers, [{ data: '192.0.2.1' }])
        t.match((await ask('www.OPEN.test', 'A', at)).answers, [{ data: '192.0.2.1' }])
        t.equal(rcodeOf(await ask('x.blocked.test', 'A', at)), NXDOMAIN)
        t.match((await ask('search.test', 'A', at)).answers, [{ data: 'safe.test' }, {}])
        const reply = await askRaw(Buffer.from('12340100000100000000', 'hex'), {
          ...at,
          timeoutMs: 150,
        })
        t.equal(reply, undefined, 'less than a header gets silence')
        const garbage = await askRaw(Buffer.from('123401000001000000000000ff', 'hex'), at)
        t.equal(garbage && garbage.readUInt16BE(2) & 0xf, 1)
      }
    }
    const asked = fake.asked.filter(({ name }) => name === 'www.open.test').length
    t.equal(asked, 1, 'asked upstream once')
    await sleep(500)
    t.ok(server.recorded.some(({ category }) => category === 'harm.selfharm'))
    const { recorded } = server
    t.equal(
      recorded.reduce((sum, { count = 1 }) => sum + count, 0),
      4,
      'every blocked lookup is counted',
    )
    t.same(server.faults, [])
  })

const NAME_EACH = /where there are several, name each under listen\.dns/
const ASKED = ['127.0.0.1', '127.0.0.53', '127.9.8.7']

// Only the worker is told to which address a datagram went; node:dgram needs a socket on each.
for (const [udp, addresses] of [
  ['batch', ['0.0.0.0']],
  ['node', ASKED],
] as const)
  t.test(
    `RFC 2181 section 4: an answer leaves from the address and port asked, UDP by ${udp}`,
    { skip: udp === 'batch' && skip },
    async (t) => {
      const agent = await startAgentProcess({
        folder: shortFolder(t),
        udp,
        upstreamPorts: [],
        addresses,
        config: { networks: [{ cidr: '127.0.0.0/8', group: 'staff' }] },
      })
      t.teardown(() => agent.stop())
      for (const asked of ASKED)
        t.equal(await answersFrom(asked, agent.port), `${asked} ${agent.port}`)
      t.notMatch(agent.log(), NAME_EACH)
    },
  )

t.test('UDP by node on every address says that it cannot choose where answers leave', async (t) => {
  const folder = shortFolder(t)
  const agent = await startAgentProcess({
    folder,
    udp: 'node',
    upstreamPorts: [],
    addresses: ['0.0.0.0'],
  })
  t.teardown(() => agent.stop())
  t.match(agent.log(), NAME_EACH)
})

/** Address and port from which an answer comes. */
function answersFrom(asked: string, at: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    const timer = setTimeout(() => reject(new Error(`no answer from ${asked}`)), 3_000)
    socket.on('message', (_, { address, port }) => {
      clearTimeout(timer)
      socket.close()
      resolve(`${address} ${port}`)
    })
    const query = '123401000001000000000000096c6f63616c686f73740000010001'
    socket.send(Buffer.from(query, 'hex'), at, asked)
  })
}

t.test(
  'twenty deaths of the worker: every query is answered on its first or second try',
  { skip, timeout: 60_000 },
  async (t) => {
    const { server } = await start(t, 'batch')
    await ask('www.open.test', 'A', server)
    let unanswered = 0
    let slowestMs = 0
    const over = new AbortController()
    const asking = (async () => {
      for (let i = 0; !over.signal.aborted; i++) {
        const name = i % 2 === 0 ? 'www.open.test' : 'x.blocked.test'
        const startedAt = performance.now()
        const first = await ask(name, 'A', { ...server, timeoutMs: 300 }).catch(() => undefined)
        const reply =
          first ?? (await ask(name, 'A', { ...server, timeoutMs: 300 }).catch(() => undefined))
        if (!reply || rcodeOf(reply) !== (i % 2 === 0 ? 0 : NXDOMAIN)) unanswered += 1
        else slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      }
    })()
    for (let death = 0; death < 20; death++) {
      await server.killWorker()
      await sleep(150)
    }
    over.abort()
    await asking
    t.equal(unanswered, 0)
    t.ok(slowestMs < 700, `the slowest took ${slowestMs.toFixed(0)} ms`)
  },
)

t.test('lookups go through the ring as they are, and one that finds no room is refused', (t) => {
  const ring = new LookupRing()
  const lookup: BlockedLookup = {
    client: '192.0.2.7',
    group: 'ks3',
    category: 'harm.selfharm',
    theme: 'self-harm',
    severity: 'high',
    name: { form: 'clear', name: 'a\\.b.example.test' },
    list: 'some-list',
    count: 3,
  }
  const hashed = { ...lookup, name: { form: 'hash', hash: 'abc' } } as const
  const found: BlockedLookup[] = []
  for (let round = 0; round < 5_000; round++) {
    if (!ring.push(lookup) || !ring.push(hashed)) t.fail(`no room in round ${round}`)
    if (round % 700 === 0) ring.drain((one) => found.push(one))
  }
  ring.drain((one) => found.push(one))
  t.equal(found.length, 10_000)
  t.match(found.at(-1), { ...hashed, theme: found[0]?.theme ?? '' })
  let pushed = 0
  while (ring.push(lookup)) pushed += 1
  t.ok(pushed > 1_000 && pushed < 10_000, `${pushed} find room`)
  t.end()
})

t.test('lookups of one client in one category fold into two', (t) => {
  const told: BlockedLookup[] = []
  const fold = new LookupFold((lookup) => told.push(lookup))
  const client = { key: '192.0.2.7' } as Parameters<LookupFold['isFolded']>[0]
  const lookup = { client: '192.0.2.7', category: 'harm.selfharm', list: 'some' } as BlockedLookup
  t.equal(fold.isFolded(client, 'harm.selfharm', 'some'), false)
  fold.open(lookup)
  for (let i = 0; i < 9; i++) t.equal(fold.isFolded(client, 'harm.selfharm', 'some'), true)
  t.equal(fold.isFolded(client, 'harm.suicide', 'some'), false)
  fold.look(10_000)
  t.match(told, [{}, { count: 9 }])
  t.equal(fold.isFolded(client, 'harm.selfharm', 'some'), false, 'the next one is told again')
  fold.open({ ...lookup, list: CANARIES_LIST })
  t.equal(fold.isFolded(client, 'harm.selfharm', CANARIES_LIST), true)
  t.equal(fold.isFolded(client, 'harm.selfharm', 'some'), false, 'a trial stands for no real one')
  fold.open(lookup)
  t.equal(fold.isFolded(client, 'harm.selfharm', 'some'), true)
  fold.look(20_000)
  t.match(told.slice(2), [
    { list: CANARIES_LIST },
    { list: 'some' },
    { list: 'some', count: 1 },
    { list: CANARIES_LIST, count: 1 },
  ])
  t.end()
})

t.test(
  'drops by the kernel and the size of its buffer are told',
  { skip: skip || (existsSync('/proc/net/udp') ? false : 'needs /proc/net/udp') },
  async (t) => {
    const agent = await startAgentProcess({ folder: shortFolder(t), upstreamPorts: [] })
    t.teardown(() => agent.stop())
    const metrics = await metricsOf(agent)
    const most = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
    const given = Number(/^edge_udp_receive_buffer_bytes (\d+)$/m.exec(metrics)?.[1])
    const without = Math.min(most, 8_388_608)
    t.ok([without, 8_388_608].includes(given), `${given} bytes: what was asked for, or ${without}`)
    t.equal(/"askedBytes":8388608,"givenBytes":/.test(agent.log()), given < 8_388_608)
    t.match(metrics, /^edge_udp_kernel_drops_total 0$/m)
    t.match(metrics, /^edge_fast_path_replaced_total 0$/m)
  },
)

t.test('`udp: node` has no batch listener, and answers all the same', async (t) => {
  const agent = await startAgentProcess({ folder: shortFolder(t), upstreamPorts: [], udp: 'node' })
  t.teardown(() => agent.stop())
  t.equal(rcodeOf(await ask('localhost', 'A', agent)), 0)
  t.notMatch(await metricsOf(agent), /^edge_fast_path_/m)
})
