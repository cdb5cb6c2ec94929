import t from 'tap'
import { until } from '../outbox/outbox-support.ts'
import { startPort, startResolver, watch } from './link-support.ts'

t.test('any answer with the right id counts, whatever it says; a wrong id does not', async (t) => {
  const good = await startResolver()
  const wrong = await startResolver((query, reply) => {
    const message = Buffer.from(query)
    message.writeUInt16BE(0x8180, 2)
    message.writeUInt16BE((query.readUInt16BE(0) + 1) % 0x10000, 0)
    reply(message)
    reply(query)
    reply(Buffer.from([1, 2, 3]))
  })
  const { monitor, changes } = watch({
    upstreams: [
      { address: '127.0.0.1', port: good.port },
      { address: '127.0.0.1', port: wrong.port },
    ],
  })
  t.teardown(() => monitor.close())
  t.teardown(good.close)
  t.teardown(wrong.close)
  await until('degraded', () => changes().includes('degraded/upstream'))
  t.match(monitor.status().upstreams, [
    { state: 'up', lossRatio: 0 },
    { state: 'down', lossRatio: 1 },
  ])
  t.ok((monitor.status().upstreams[0]?.rttMs ?? -1) >= 0)
})

t.test('the query asks for the NS of the configured name', async (t) => {
  let seen: Buffer | undefined
  const resolver = await startResolver((query) => {
    seen = query
  })
  const { monitor } = watch({
    upstreams: [{ address: '127.0.0.1', port: resolver.port }],
    probeName: 'probe.example.org',
  })
  t.teardown(() => monitor.close())
  t.teardown(resolver.close)
  await until('a query', () => seen !== undefined)
  t.equal(
    seen?.subarray(2).toString('latin1'),
    '\x01\0\0\x01\0\0\0\0\0\0\x05probe\x07example\x03org\0\0\x02\0\x01',
  )
  t.throws(() => watch({ probeName: `${'x'.repeat(64)}.test` }), { code: 'EDGE_PROBE_NAME' })
})

t.test('an upstream that dies is told, and since when', async (t) => {
  const resolver = await startResolver()
  const upstreams = [{ address: '127.0.0.1', port: resolver.port }]
  const seen: string[] = []
  const { monitor, changes, bodies } = watch({
    upstreams,
    onChange: ({ state }) => seen.push(state),
  })
  t.teardown(() => monitor.close())
  await until('up', () => changes().length === 1)
  const diedAt = Date.now()
  await resolver.close()
  await until('down', () => changes().at(-1) === 'down/upstream')
  const { from, since } = bodies('link-changed').at(-1) ?? {}
  t.equal(from, 'up')
  t.ok(Math.abs((since ?? 0) - diedAt) < 500, 'since it died, not since it was believed')
  t.same(seen, ['up', 'down'])
})

t.test('one lost packet is no alarm', async (t) => {
  let queries = 0
  const resolver = await startResolver((query, reply) => {
    if (++queries === 10) return
    const message = Buffer.from(query)
    message.writeUInt16BE(0x8180, 2)
    reply(message)
  })
  const { monitor, changes } = watch(
    { upstreams: [{ address: '127.0.0.1', port: resolver.port }] },
    { reprobeMs: 20 },
  )
  t.teardown(() => monitor.close())
  t.teardown(resolver.close)
  await until('twenty probes', () => queries > 20)
  t.same(changes(), ['up/none'])
  t.match(monitor.readings(), [{ probe: 'dns', lost: 1 }])
})

t.test('loss and slowness degrade the link', async (t) => {
  let queries = 0
  const resolver = await startResolver((query, reply) => {
    if (++queries > 10 && queries % 3 === 0) return
    const message = Buffer.from(query)
    message.writeUInt16BE(0x8180, 2)
    setTimeout(() => reply(message), 30)
  })
  const upstreams = [{ address: '127.0.0.1', port: resolver.port }]
  const lossy = watch({ upstreams, intervalMs: 20 }, { reprobeMs: 10 })
  t.teardown(() => lossy.monitor.close())
  t.teardown(resolver.close)
  await until('lossy', () => lossy.changes().includes('degraded/upstream'))
  t.match(lossy.monitor.status().detail, /lost in the last minute/)
  queries = -100_000
  const slow = watch({ upstreams }, { rttMsMax: 20 })
  t.teardown(() => slow.monitor.close())
  await until('slow', () => slow.changes().includes('degraded/upstream'))
  t.match(slow.monitor.status().detail, /answers take \d+ ms/)
})

t.test('samples hold what was sent and lost, aligned; closing tells the last one', async (t) => {
  const resolver = await startResolver()
  const port = await startPort()
  const { monitor, bodies } = watch(
    {
      upstreams: [{ address: '127.0.0.1', port: resolver.port }],
      targets: [{ host: '127.0.0.1', port: port.port }],
      intervalMs: 30,
    },
    { sampleMs: 400 },
  )
  t.teardown(resolver.close)
  t.teardown(port.close)
  await until('samples', () => bodies('link-sampled').length >= 3)
  await monitor.close()
  const samples = bodies('link-sampled')
  for (const sample of samples.slice(1, -1)) {
    t.equal(sample.from % 400, 0)
    t.equal(sample.to - sample.from, 400)
    t.match(sample.probes, [
      { probe: 'dns', lost: 0 },
      { probe: 'tcp', lost: 0 },
    ])
    for (const { sent, rttMs } of sample.probes) {
      t.ok(sent >= 3)
      t.ok(rttMs && rttMs.min <= rttMs.mean && rttMs.mean <= rttMs.max)
    }
  }
  const total = samples.flatMap(({ probes }) => probes).reduce((sum, { sent }) => sum + sent, 0)
  t.equal(
    total,
    monitor.readings().reduce((sum, { sent }) => sum + sent, 0),
    'no probe is in no sample',
  )
})

t.test(
  'a run that ended without warning is told as the agent’s own outage, before anything is measured',
  async (t) => {
    const resolver = await startResolver()
    const lastAliveAt = Date.now() - 60_000
    const upstreams = [{ address: '127.0.0.1', port: resolver.port }]
    const { monitor, bodies } = watch({ upstreams, previousRun: { stop: 'unclean', lastAliveAt } })
    t.teardown(() => monitor.close())
    t.teardown(resolver.close)
    await until('up', () => bodies('link-changed').length === 2)
    t.match(bodies('link-changed'), [
      { from: 'unknown', to: 'unknown', cause: 'agent', since: lastAliveAt },
      { from: 'unknown', to: 'up', cause: 'none' },
    ])
    for (const stop of ['clean', 'first-start'] as const) {
      const other = watch({ upstreams, previousRun: { stop } })
      await until('up', () => other.changes().length === 1)
      t.same(other.changes(), ['up/none'])
      await other.monitor.close()
    }
  },
)

t.test('a live query that failed brings the next round forward', async (t) => {
  const resolver = await startResolver()
  const upstreams = [{ address: '127.0.0.1', port: resolver.port }]
  const { monitor, changes } = watch({ upstreams, intervalMs: 60_000 })
  t.teardown(() => monitor.close())
  await until('up', () => changes().length === 1)
  await resolver.close()
  const startedMs = performance.now()
  monitor.observe(false)
  await until('down', () => changes().at(-1) === 'down/upstream')
  t.ok(performance.now() - startedMs < 2000)
})

t.test(
  'a target by name is asked of the upstreams, and not probed while it has no address',
  async (t) => {
    const port = await startPort()
    const withA = (query: Buffer): Buffer => {
      const message = Buffer.concat([
        query.subarray(0, query.length),
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]),
      ])
      message.writeUInt16BE(0x8180, 2)
      message.writeUInt16BE(1, 6)
      return message
    }
    const resolver = await startResolver((query, reply) => {
      const type = query.readUInt16BE(query.length - 4)
      const empty = Buffer.from(query)
      empty.writeUInt16BE(0x8180, 2)
      const name = query.subarray(12).toString('latin1')
      reply(type === 1 && name.includes('target') ? withA(query) : empty)
    })
    const { monitor } = watch({
      upstreams: [{ address: '127.0.0.1', port: resolver.port }],
      targets: [
        { host: 'target.example.org', port: port.port },
        { host: 'missing.example.org', port: port.port },
      ],
    })
    t.teardown(() => monitor.close())
    t.teardown(resolver.close)
    t.teardown(port.close)
    const sentTo = (name: string): number =>
      monitor.readings().find(({ target }) => target.startsWith(name))?.sent ?? -1
    await until('the named target is probed', () => sentTo('target') > 3)
    t.equal(sentTo('missing'), 0)
    t.equal(monitor.status().state, 'up', 'a name that does not resolve is no outage')
  },
)

t.test('nothing to probe is said, not guessed', async (t) => {
  const { monitor, events } = watch({})
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.match(monitor.status(), { state: 'unknown', cause: 'none', upstreams: [] })
  await monitor.close()
  t.same(events, [])
})
