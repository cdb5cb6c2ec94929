import { createSocket } from 'node:dgram'
import t from 'tap'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { a, respond, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { freePort } from '#test/support/pipeline-server.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'

const QUESTION = {
  name: Buffer.from('\x03www\x07example\x04test\0', 'latin1'),
  type: 1,
  isDnssecOk: false,
  isCheckingDisabled: false,
}
const SETTINGS = {
  timeoutMs: 200,
  triesMax: 3,
  strategy: 'in-order',
  mark: new Uint8Array(8),
} as const

function poolOf(...ports: number[]): UpstreamPool {
  return new UpstreamPool(ports.map(plainUpstream), SETTINGS, systemClock)
}

t.test('a truncated answer is asked for again over TCP', async (t) => {
  const fake = await startFakeUpstream(({ name, transport }) =>
    transport === 'udp' ? { flags: 0x0380 } : { answers: [a(name, '192.0.2.1')] },
  )
  t.teardown(() => fake.close())
  const stored = await poolOf(fake.port).ask(QUESTION)
  t.match(stored, { rcode: 0, ttlSeconds: 300 })
  t.same(
    fake.asked.map(({ transport }) => transport),
    ['udp', 'tcp'],
  )
})

t.test('silence, a closed port and SERVFAIL each lead to the next upstream', async (t) => {
  const silent = await startFakeUpstream(() => undefined)
  const failing = await startFakeUpstream(() => ({ flags: 0x0182 }))
  const good = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  t.teardown(() => Promise.all([silent.close(), failing.close(), good.close()]))
  for (const bad of [silent.port, failing.port, await freePort()])
    t.match(await poolOf(bad, good.port).ask(QUESTION), { rcode: 0 }, `after port ${bad}`)
})

t.test('an upstream that keeps failing is asked last, until it has rested', async (t) => {
  const silent = await startFakeUpstream(() => undefined)
  const good = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  t.teardown(() => Promise.all([silent.close(), good.close()]))
  const pool = poolOf(silent.port, good.port)
  for (let i = 0; i < 6; i++) await pool.ask(QUESTION)
  t.equal(silent.asked.length, 3, 'three failures in a row are enough')
  t.equal(good.asked.length, 6)
})

t.test('no more messages than allowed go out for one question', async (t) => {
  const silent = await startFakeUpstream(() => undefined)
  t.teardown(() => silent.close())
  const outcome = await poolOf(silent.port).ask(QUESTION)
  t.ok(isFailure(outcome))
  t.equal(silent.asked.length, 3)
})

t.test('without upstreams the failure says so', async (t) => {
  t.match(await poolOf().ask(QUESTION), { failure: 'no-upstream' })
})

t.test(
  'answers with a wrong id, question or source are ignored and the right one counts',
  async (t) => {
    const stranger = createSocket('udp4')
    t.teardown(() => stranger.close())
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))
    t.teardown(() => socket.close())
    socket.on('message', (query, { port, address }) => {
      const good = respond(query, { answers: [a('www.example.test', '192.0.2.1')] })
      const wrongId = Buffer.from(good)
      wrongId.writeUInt16BE(wrongId.readUInt16BE(0) ^ 1, 0)
      const wrongQuestion = Buffer.from(good)
      wrongQuestion[13] = 0x78
      const notAnAnswer = Buffer.from(good)
      notAnAnswer[2] = 0x01
      stranger.send(
        respond(query, { answers: [a('www.example.test', '198.51.100.1')] }),
        port,
        address,
      )
      for (const bad of [wrongId, wrongQuestion, notAnAnswer, Buffer.from('ff', 'hex')])
        socket.send(bad, port, address)
      setTimeout(() => socket.send(good, port, address), 30)
    })
    const pool = poolOf(socket.address().port)
    const stored = await pool.ask(QUESTION)
    if (isFailure(stored)) throw new Error(stored.detail)
    t.ok(stored.wire.includes(Buffer.from([192, 0, 2, 1])))
    t.equal(pool.upstreams[0]?.counts.mismatched, 4)
  },
)

t.test('RFC 5452 section 9.2: ids and ports differ from query to query', async (t) => {
  const ids = new Set<number>()
  const ports = new Set<number>()
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))
  t.teardown(() => socket.close())
  socket.on('message', (query, { port, address }) => {
    ids.add(query.readUInt16BE(0))
    ports.add(port)
    socket.send(respond(query, { answers: [a('www.example.test', '192.0.2.1')] }), port, address)
  })
  const pool = poolOf(socket.address().port)
  for (let i = 0; i < 200; i++) await pool.ask(QUESTION)
  t.ok(ids.size > 190, `${ids.size} ids`)
  t.ok(ports.size > 150, `${ports.size} ports`)
  t.notOk(ids.has(0))
})

t.test('an address that cannot be reached at all is a failure, at once', async (t) => {
  // Refused by the kernel before any packet: broadcast needs a permission that the socket has not.
  const upstreams = [{ ...plainUpstream(53), address: '255.255.255.255' }]
  const pool = new UpstreamPool(upstreams, SETTINGS, systemClock)
  t.match(await pool.ask(QUESTION), { failure: 'unreachable' })
})
