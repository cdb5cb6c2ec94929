/** What a forger or a broken upstream sends, in raw bytes (RFC 5452; TuDoor; SAD DNS). */
import t, { type Test } from 'tap'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { record } from '#test/fuzz/raw-query.ts'
import { freePort } from '#test/support/pipeline-server.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'
import {
  type AnswerTcp,
  type RawQuery,
  type RawUpstream,
  startRawUpstream,
} from '#test/support/raw-upstream.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'

const SETTINGS = {
  timeoutMs: 1_000,
  triesMax: 3,
  strategy: 'in-order',
  mark: new Uint8Array(8),
} as const
const GOOD = [192, 0, 2, 1] as const
const EVIL = [203, 0, 113, 66] as const
const POINTER = Buffer.from([0xc0, 12])

function question(label = 'www') {
  const text = `${String.fromCharCode(label.length)}${label}\x07example\x04test\0`
  const name = Buffer.from(text, 'latin1')
  return { name, type: 1, isDnssecOk: false, isCheckingDisabled: false }
}

/** The question's header and name as they came, with one A record. */
function answer(query: Buffer, address: readonly number[], flags = 0x8180): Buffer {
  const end = query.indexOf(0, 12) + 5
  const head = Buffer.from(query.subarray(0, end))
  head.writeUInt16BE(flags, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(1, 6)
  head.writeUInt32BE(0, 8)
  return Buffer.concat([head, record(POINTER, 1, Buffer.from(address))])
}

function changed(message: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(message)
  change(copy)
  return copy
}

async function start(
  t: Test,
  take: (query: RawQuery) => void,
  answerTcp?: AnswerTcp,
): Promise<{ upstream: RawUpstream; pool: UpstreamPool }> {
  const upstream = await startRawUpstream(take, answerTcp)
  const pool = poolOf(t, upstream.port)
  t.teardown(() => upstream.close())
  return { upstream, pool }
}

function poolOf(t: Test, ...ports: readonly number[]): UpstreamPool {
  const pool = new UpstreamPool(ports.map(plainUpstream), SETTINGS, systemClock)
  t.teardown(() => pool.close())
  return pool
}

function addressIn(outcome: StoredAnswer | Failure): string {
  return isFailure(outcome) ? outcome.detail : outcome.wire.subarray(-4).join('.')
}

const FORGERIES: Readonly<Record<string, (good: Buffer, query: RawQuery) => Buffer>> = {
  'wrong id': (good) => changed(good, (copy) => copy.writeUInt16BE(copy.readUInt16BE(0) ^ 0x55, 0)),
  'id 0': (good) => changed(good, (copy) => copy.writeUInt16BE(0, 0)),
  'QR=0': (good) => changed(good, (copy) => copy.writeUInt16BE(0x0100, 2)),
  'another opcode': (good) => changed(good, (copy) => copy.writeUInt16BE(0xa180, 2)),
  'another name': (good) => changed(good, (copy) => copy.write('x', 14)),
  'another type': (good) =>
    changed(good, (copy) => copy.writeUInt16BE(28, good.indexOf(0, 12) + 1)),
  'another class': (good) =>
    changed(good, (copy) => copy.writeUInt16BE(3, good.indexOf(0, 12) + 3)),
  'another case': (good) => changed(good, (copy) => copy.writeUInt8(copy[13]! ^ 0x20, 13)),
  'no question': (good) => changed(good, (copy) => copy.writeUInt16BE(0, 4)),
  'cut short': (good) => good.subarray(0, 14),
  nothing: () => Buffer.alloc(0),
}

for (const [what, forge] of Object.entries(FORGERIES))
  t.test(`RFC 5452 section 9.1: ${what}, a thousand times, before the answer`, async (t) => {
    const { upstream, pool } = await start(t, (query) => {
      const forged = forge(answer(query.message, EVIL), query)
      for (let i = 0; i < 1_000; i++) query.reply(forged)
      setTimeout(() => query.reply(answer(query.message, GOOD)), 200)
    })
    const outcome = await pool.ask(question())
    t.equal(addressIn(outcome), GOOD.join('.'))
    const [one] = pool.upstreams
    t.ok((one?.counts.mismatched ?? 0) > 0, 'counted')
    t.equal(one?.health.isResting, false)
    t.ok(upstream.asked.length <= 2, `${upstream.asked.length} messages over UDP`)
  })

t.test('the first that matches nothing starts TCP, and the sooner answer wins', async (t) => {
  const { upstream, pool } = await start(
    t,
    (query) => {
      for (let i = 0; i < 100; i++)
        query.reply(changed(answer(query.message, EVIL), (copy) => copy.writeUInt16BE(i, 0)))
    },
    (message) => answer(message, GOOD),
  )
  const startedMs = performance.now()
  t.equal(addressIn(await pool.ask(question())), GOOD.join('.'))
  t.ok(performance.now() - startedMs < 300, 'without waiting for the time limit')
  t.equal(upstream.askedByTcp.length, 1, 'once')
  t.equal(upstream.asked.length, 1)
  t.equal(pool.upstreams[0]?.counts.tcpFallbacks, 1)
})

t.test(
  'RFC 5452 section 9.1: an answer from another port, or address, does not count',
  async (t) => {
    const { pool } = await start(t, (query) => {
      for (let i = 0; i < 100; i++) query.forge(answer(query.message, EVIL))
      setTimeout(() => query.reply(answer(query.message, GOOD)), 50)
    })
    t.equal(addressIn(await pool.ask(question())), GOOD.join('.'))
    t.equal(pool.upstreams[0]?.counts.mismatched, 0, 'the kernel lets none in')
  },
)

t.test('forged answers without end put no upstream to rest', async (t) => {
  const { pool } = await start(t, (query) => {
    for (let i = 0; i < 20; i++)
      query.reply(changed(answer(query.message, EVIL), (copy) => copy.writeUInt16BE(i, 0)))
    setTimeout(() => query.reply(answer(query.message, GOOD)), 20)
  })
  for (let i = 0; i < 10; i++) t.equal(addressIn(await pool.ask(question(`n${i}`))), GOOD.join('.'))
  t.equal(pool.upstreams[0]?.health.isResting, false)
})

t.test('a truncated answer goes on over TCP; without TCP it is no answer', async (t) => {
  const truncate = (query: RawQuery): void => query.reply(answer(query.message, EVIL, 0x8380))
  const { pool, upstream } = await start(t, truncate, (message) => answer(message, GOOD))
  t.equal(addressIn(await pool.ask(question())), GOOD.join('.'))
  t.equal(upstream.asked.length + upstream.askedByTcp.length, 2)
  const without = await start(t, truncate)
  t.ok(isFailure(await without.pool.ask(question())))
  t.ok(without.upstream.asked.length <= 3)
})

t.test('a port where nobody listens is left at once', async (t) => {
  const { upstream } = await start(t, (query) => query.reply(answer(query.message, GOOD)))
  const pool = poolOf(t, await freePort(), upstream.port)
  const startedMs = performance.now()
  t.equal(addressIn(await pool.ask(question())), GOOD.join('.'))
  t.ok(performance.now() - startedMs < 200, 'sooner than a hedge')
})

t.test('never more than three messages, whatever goes wrong', async (t) => {
  const cases: Readonly<Record<string, (query: RawQuery) => void>> = {
    silence: () => undefined,
    SERVFAIL: (query) => query.reply(answer(query.message, EVIL, 0x8182)),
    REFUSED: (query) => query.reply(answer(query.message, EVIL, 0x8185)),
    truncated: (query) => query.reply(answer(query.message, EVIL, 0x8380)),
    forged: (query) => {
      for (let i = 0; i < 5; i++)
        query.reply(changed(answer(query.message, EVIL), (copy) => copy.writeUInt16BE(i, 0)))
    },
    'another case': (query) =>
      query.reply(
        changed(answer(query.message, EVIL), (copy) => copy.writeUInt8(copy[13]! ^ 0x20, 13)),
      ),
  }
  for (const [what, take] of Object.entries(cases)) {
    for (const answerTcp of [undefined, () => undefined]) {
      const first = await start(t, take, answerTcp)
      const second = await start(t, take, answerTcp)
      const pool = poolOf(t, first.upstream.port, second.upstream.port)
      const startedMs = performance.now()
      await pool.ask(question())
      t.ok(performance.now() - startedMs < 2_100, `${what}: in time`)
      const sent = [first, second].reduce(
        (sum, { upstream }) => sum + upstream.asked.length + upstream.askedByTcp.length,
        0,
      )
      t.ok(sent <= 3, `${what}: ${sent} messages`)
    }
  }
})

t.test('an answer after 1.9 s is nobody’s any more', async (t) => {
  const { upstream } = await start(t, (query) => {
    setTimeout(() => query.reply(answer(query.message, GOOD)), 2_100)
  })
  const slow = { ...SETTINGS, timeoutMs: 5_000 }
  const pool = new UpstreamPool([plainUpstream(upstream.port)], slow, systemClock)
  t.teardown(() => pool.close())
  const startedMs = performance.now()
  t.match(await pool.ask(question()), { failure: 'timeout' })
  const tookMs = performance.now() - startedMs
  t.ok(tookMs > 1_850 && tookMs < 2_050, `${Math.round(tookMs)} ms`)
})

t.test('a thousand who ask the same cost one message', async (t) => {
  const { upstream, pool } = await start(t, (query) => {
    setTimeout(() => query.reply(answer(query.message, GOOD)), 100)
  })
  const asked = Array.from({ length: 1_000 }, () => pool.ask(question()))
  for (const outcome of await Promise.all(asked))
    if (addressIn(outcome) !== GOOD.join('.')) t.fail(addressIn(outcome))
  t.equal(upstream.asked.length, 1)
  await Promise.all([
    pool.ask(question()),
    pool.ask({ ...question(), isDnssecOk: true }),
    pool.ask({ ...question(), isCheckingDisabled: true }),
    pool.ask({ ...question(), type: 28 }),
  ])
  t.equal(upstream.asked.length, 5, 'type, DO and CD make another question')
})

t.test('the letters of a name are in a case of chance while the upstream keeps it', async (t) => {
  const { upstream, pool } = await start(t, (query) => query.reply(answer(query.message, GOOD)))
  for (let i = 0; i < 40; i++) await pool.ask(question(`abcdefghijkl${i}`))
  const spelt = upstream.asked.map(({ name }) => name.slice(0, 12))
  t.ok(new Set(spelt).size > 35, `${new Set(spelt).size} spellings`)
})
