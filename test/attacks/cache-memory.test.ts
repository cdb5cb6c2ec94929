/** Answers that are many, or long, take no more memory than they may (CVE-2024-25590 and its like). */

import t from 'tap'
import { AnswerCache } from '#agent/cache/answer-cache.ts'
import { isFailure } from '#domain/failure.ts'
import {
  AT_QUESTION,
  optOf,
  queryOf,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  TYPE,
  u32,
} from '#test/rfc/raw-message.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'
import { readAnswer } from '#wire/stored-answer.ts'

const NAMES = 3_000
const AT_ONCE = 90
/** What the server of the test may keep. */
const ENTRIES_MAX = 1_000
const BYTES_MAX = 1_000_000
const EVICTIONS = 30_000
const LONG_TEXTS = Array.from({ length: 230 }, () => 'x'.repeat(250))

const FREE = {
  clientQueriesPerSecond: 1_000_000,
  clientQueryBurst: 1_000_000,
  zoneMissesPerSecond: 1_000_000,
  zoneQuestionsInFlight: 1_000,
}

t.test('unique names push out older ones; 64 KiB pass and are not kept', async (t) => {
  const upstream = await startFakeUpstream(({ name, transport }) => {
    if (!name.startsWith('long'))
      return { answers: [{ type: 'TXT', name, ttl: 300, data: 'x'.repeat(200) }] }
    return transport === 'udp'
      ? { flags: 0x0380 }
      : { answers: LONG_TEXTS.map((data) => ({ type: 'TXT', name, ttl: 300, data })) }
  })
  const options = { rules: makeRules([]), upstreamPort: upstream.port, limits: FREE }
  const server = await startPipelineServer({ ...options, upstreamTimeoutMs: 3_000 })
  t.teardown(() => Promise.all([server.close(), upstream.close()]))
  const client = await startFloodClient({ port: server.port, from: '127.0.5.1' })
  t.teardown(() => client.close())
  for (let from = 0; from < NAMES; from += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, i) => wireName(`n${from + i}.unique.test`))
    await client.askAll(
      names.map((name) => queryOf({ name, type: 16, opt: optOf() })),
      0,
    )
    t.ok(server.cache.size <= ENTRIES_MAX)
    t.ok(server.cache.sizeBytes <= BYTES_MAX)
  }
  t.equal(client.replies.length, Math.ceil(NAMES / AT_ONCE) * AT_ONCE, 'all answered')
  const before = server.cache.sizeBytes
  for (let i = 0; i < 20; i++) {
    const query = queryOf({ name: wireName(`long${i}.test`), type: 16 })
    const reply = await askRaw(query, { port: server.port, transport: 'tcp', timeoutMs: 5_000 })
    const { rcode, answers } = readReply(reply ?? query)
    t.equal(rcode, RCODE.NOERROR)
    t.equal(answers.length, LONG_TEXTS.length)
  }
  t.ok(server.cache.sizeBytes <= before, 'none of them is kept')
})

/** An RRset of so many addresses. */
function setOf(query: Buffer, count: number): Buffer {
  const answers = Array.from({ length: count }, (_, i) =>
    recordOf(AT_QUESTION, TYPE.A, 300, u32(0xc000_0200 + i)),
  )
  return replyTo(query, { answers })
}

for (const udp of ['batch', 'node'] as const)
  t.test(
    `${udp}: a set of 4,000 records is refused; one of 1,900 passes and is not kept`,
    async (t) => {
      const truncated = (message: Buffer): Buffer => replyTo(message, { flags: 0x8380 })
      const upstream = await startRawUpstream(
        ({ message, reply }) => reply(truncated(message)),
        (message) => setOf(message, message.includes('huge') ? 4_000 : 1_900),
      )
      const rules = makeRules([])
      const options = { rules, upstreamPort: upstream.port, upstreamTimeoutMs: 1_500, udp }
      const server = await startPipelineServer({ ...options, limits: FREE })
      t.teardown(() => Promise.all([server.close(), upstream.close()]))
      await server.workerUp()
      const before = server.cache.sizeBytes
      for (let i = 0; i < 5; i++)
        for (const [label, rcode, count] of [
          ['huge', RCODE.SERVFAIL, 0],
          ['large', RCODE.NOERROR, 1_900],
        ] as const) {
          const query = queryOf({ name: wireName(`${label}${i}.test`) })
          const at = { port: server.port, transport: 'tcp', timeoutMs: 5_000 } as const
          const reply = readReply((await askRaw(query, at)) ?? query)
          t.same([reply.rcode, reply.answers.length], [rcode, count], label)
          const short = readReply((await askRaw(query, { port: server.port })) ?? query)
          t.ok(short.bytes.length <= 512, `${label} over UDP`)
        }
      t.ok(server.cache.sizeBytes <= before, 'none is kept')
    },
  )

t.test('pushing an answer out takes as long in a cache of 64,000 as in one of 1,000', (t) => {
  const stored = readAnswer(setOf(queryOf({ name: wireName('x.test') }), 20))
  if (isFailure(stored)) throw new Error(stored.detail)
  const costOf = (entriesMax: number): number => {
    const cache = new AnswerCache({ entriesMax, bytesMax: 1_000_000_000 })
    const add = (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) cache.set(`key${i}`, cache.entryOf(stored, i))
    }
    add(0, entriesMax)
    const startedAt = cpuMs()
    add(entriesMax, EVICTIONS)
    t.equal(cache.size, entriesMax)
    return cpuMs() - startedAt
  }
  costOf(1_000)
  const [small, large] = [
    Math.min(costOf(1_000), costOf(1_000)),
    Math.min(costOf(64_000), costOf(64_000)),
  ]
  // A cache that is looked through for its oldest takes 64 times as long; the processor's own caches make a difference too.
  t.ok(large <= 6 * Math.max(small, 10), `${small.toFixed(0)} ms and ${large.toFixed(0)} ms`)
  t.end()
})

t.test('large answers push out so many that bytes stay within their limit', (t) => {
  const cache = new AnswerCache({ entriesMax: 1_000_000, bytesMax: BYTES_MAX })
  for (let i = 0; i < 3_000; i++) {
    const stored = readAnswer(setOf(queryOf({ name: wireName(`n${i}.test`) }), 1 + (i % 240)))
    if (isFailure(stored)) throw new Error(stored.detail)
    cache.set(`key${i}`, cache.entryOf(stored, i))
    if (cache.sizeBytes > BYTES_MAX) t.fail(`${cache.sizeBytes} bytes after ${i}`)
  }
  t.ok(cache.size > 100, `${cache.size} answers`)
  t.end()
})
