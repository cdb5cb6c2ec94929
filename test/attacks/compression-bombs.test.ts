/**
 * Messages that are short and long to read, from clients and from upstreams (CVE-2024-8508, CVE-2026-44390, CVE-2026-41292): each gets its
 * answer, and whoever asks beside it does not notice. What one costs to read is measured in test/wire/codec-limits.test.ts as well.
 */

import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import {
  AT_QUESTION,
  optionOf,
  optOf,
  queryOf,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  TYPE,
  u16,
} from '#test/rfc/raw-message.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'
import { QueryView } from '#wire/query-view.ts'
import { readAnswer } from '#wire/stored-answer.ts'
import { readTrimmed } from '#wire/trim-answer.ts'
import { underWitness } from './witness.ts'

const CPU_MS_MAX = 2
/** The median of so many, each of so many in a row: the clock of a thread goes in steps of milliseconds. */
const RUNS = 7
const TIMES = 30
const NAMES_MAX = 128
const QUERY_BYTES_MAX = 4_096
const FREE = { clientQueriesPerSecond: 1_000_000, clientQueryBurst: 1_000_000 }

function medianMs(work: () => unknown): number {
  for (let i = 0; i < TIMES; i++) work()
  const took = Array.from({ length: RUNS }, () => {
    const before = cpuMs()
    for (let i = 0; i < TIMES; i++) work()
    return (cpuMs() - before) / TIMES
  })
  return took.toSorted((a, b) => a - b)[RUNS >> 1] ?? Number.POSITIVE_INFINITY
}

const READERS = [
  (message: Buffer) => readAnswer(message),
  (message: Buffer) => readTrimmed(message, { keepsAd: false }),
]

const times = (count: number, made: (i: number) => Buffer): Buffer[] =>
  Array.from({ length: count }, (_, i) => made(i))

/** Pointers from `at` on, the first to `target` and each other to the one before it. */
function ladder(at: number, rungs: number, target = 12): Buffer {
  return u16(
    ...Array.from({ length: rungs }, (_, i) => 0xc000 | (i === 0 ? target : at + 2 * i - 2)),
  )
}

/** One label and a pointer each: names of up to 127 labels that share all but the first. */
function staircase(at: number, steps: number): Buffer {
  return Buffer.concat(
    times(steps, (i) =>
      Buffer.concat([Buffer.of(1, 0x61), u16(0xc000 | (i === 0 ? 12 : at + 4 * i - 4))]),
    ),
  )
}

const manyOptions = (count: number, code: number): Buffer =>
  optOf({ options: times(count, () => optionOf(code)) })

const question = queryOf({ name: wireName('a.test') })
/** Where what follows the question begins, and where the data of a first record with a pointer for its owner does. */
const BEHIND = question.length
const DATA_AT = BEHIND + 12

const QUERIES: readonly (readonly [title: string, bytes: Buffer])[] = [
  ['1,000 options', queryOf({ name: wireName('localhost'), opt: manyOptions(1_000, 65_001) })],
  ['300 cookies', queryOf({ name: wireName('localhost'), opt: manyOptions(300, 10) })],
  ['a ladder for a name', Buffer.concat([u16(1, 0x0100, 1, 0, 0, 0), ladder(12, 2_000, 14)])],
  [
    'a ladder behind the question',
    Buffer.concat([u16(1, 0x0100, 1, 0, 0, 1), question.subarray(12), ladder(BEHIND, 2_000)]),
  ],
  [
    'a staircase for the owner of a record',
    Buffer.concat([u16(1, 0x0100, 1, 2, 0, 0), question.subarray(12), staircase(BEHIND, 1_000)]),
  ],
  [
    'more records than there are',
    Buffer.concat([u16(1, 0x0100, 1, 0xffff, 0xffff, 0xffff), question.subarray(12)]),
  ],
]

/** What an upstream might say to any question; its parts point into the question as it lies in `question`. */
const REPLIES: readonly (readonly [title: string, parts: Parameters<typeof replyTo>[1]])[] = [
  [
    'a ladder of 16 KiB',
    { answers: [recordOf(AT_QUESTION, TYPE.CNAME, 60, ladder(DATA_AT, 8_000))] },
  ],
  [
    'a ladder of 16 KiB, and 1,500 owners at its end',
    {
      answers: [
        recordOf(AT_QUESTION, TYPE.TXT, 60, ladder(DATA_AT, 8_000)),
        ...times(1_500, () =>
          recordOf(u16(0xc000 | (DATA_AT + 15_998)), TYPE.A, 60, Buffer.alloc(4)),
        ),
      ],
    },
  ],
  [
    '1,500 owners of 120 labels each, by steps of one',
    {
      answers: [
        recordOf(AT_QUESTION, TYPE.TXT, 60, staircase(DATA_AT, 120)),
        ...times(1_500, (i) =>
          recordOf(u16(0xc000 | (DATA_AT + 4 * (119 - (i % 8)))), TYPE.A, 60, Buffer.alloc(4)),
        ),
      ],
    },
  ],
  [
    '1,900 aliases, each to the next',
    {
      answers: times(1_900, (i) =>
        recordOf(
          i === 0 ? AT_QUESTION : wireName(`n${i}.test`),
          TYPE.CNAME,
          60,
          wireName(`n${i + 1}.test`),
        ),
      ),
    },
  ],
  [
    '1,900 aliases to itself',
    { answers: times(1_900, () => recordOf(AT_QUESTION, TYPE.CNAME, 60, AT_QUESTION)) },
  ],
  ['4,000 options', { additionals: [manyOptions(4_000, 65_001)] }],
  [
    '4,000 records',
    { answers: times(4_000, () => recordOf(AT_QUESTION, TYPE.A, 60, Buffer.alloc(4))) },
  ],
  [
    '1,000 other names behind one answer',
    {
      answers: [recordOf(AT_QUESTION, TYPE.A, 60, Buffer.of(192, 0, 2, 1))],
      additionals: times(1_000, (i) =>
        recordOf(wireName(`n${i}.test`), TYPE.A, 60, Buffer.alloc(4)),
      ),
    },
  ],
]

t.test('reading a query costs two milliseconds at most', (t) => {
  const view = new QueryView()
  for (const [title, bytes] of QUERIES) {
    const length = Math.min(bytes.length, QUERY_BYTES_MAX)
    const took = medianMs(() => view.parse(bytes, 0, length))
    t.ok(took <= CPU_MS_MAX, `${title}: ${took.toFixed(3)} ms`)
  }
  t.end()
})

t.test('reading an answer costs two milliseconds at most, and tracks 128 names at most', (t) => {
  for (const [title, parts] of REPLIES) {
    const message = replyTo(question, parts).subarray(0, 0xffff)
    for (const read of READERS) {
      const took = medianMs(() => read(message))
      t.ok(took <= CPU_MS_MAX, `${title}: ${took.toFixed(3)} ms`)
      const stored = read(message)
      if (isFailure(stored)) continue
      let names = 0
      for (let at = 0; at < stored.hopNames.length; at++) {
        while (stored.hopNames[at]) at += (stored.hopNames[at] ?? 0) + 1
        names++
      }
      t.ok(names <= NAMES_MAX, `${title}: ${names} names`)
    }
  }
  t.end()
})

for (const udp of ['batch', 'node'] as const)
  t.test(`${udp}: bombs from both sides: each is answered, and nobody beside waits`, async (t) => {
    let parts: Parameters<typeof replyTo>[1] = {}
    const upstream = await startRawUpstream(
      ({ message, name, reply }) => {
        const known = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))
        if (name.toLowerCase().startsWith('known')) reply(replyTo(message, { answers: [known] }))
        else reply(replyTo(message, { flags: 0x8380 }))
      },
      (message) => replyTo(message, parts).subarray(0, 0xffff),
    )
    const rules = makeRules([])
    const server = await startPipelineServer({
      rules,
      upstreamPort: upstream.port,
      upstreamTimeoutMs: 2_500,
      udp,
      limits: FREE,
    })
    t.teardown(() => Promise.all([server.close(), upstream.close()]))
    await server.workerUp()
    const { port } = server
    t.ok(await askRaw(queryOf({ name: wireName('known.test') }), { port }))
    const felt = await underWitness(port, ['known.test'], async () => {
      const client = await startFloodClient({ port, from: '127.0.6.1' })
      for (const [title, bytes] of QUERIES) {
        const message = bytes.subarray(0, QUERY_BYTES_MAX)
        const replies = await client.askAll(
          Array.from({ length: 200 }, () => message),
          0,
        )
        t.equal(replies.length, 200, title)
        const { rcode } = readReply(replies[0]?.bytes ?? message)
        t.ok(rcode === RCODE.NOERROR || rcode === RCODE.FORMERR, `${title}: ${rcode}`)
      }
      await client.close()
      for (const [i, [title, sent]] of REPLIES.entries()) {
        parts = sent
        // As long a name as the question that the bombs were made for.
        const query = queryOf({ name: wireName(`${'abcdefghij'[i]}.test`) })
        const reply = await askRaw(query, { port, transport: 'tcp', timeoutMs: 5_000 })
        const { rcode, bytes } = readReply(reply ?? query)
        t.ok(reply && bytes.length <= 0xffff, `${title}: answered`)
        t.ok(rcode === RCODE.NOERROR || rcode === RCODE.SERVFAIL, `${title}: ${rcode}`)
      }
    })
    t.match(felt, { unanswered: 0, empty: 0 })
    t.same(server.faults, [], 'no stage has thrown')
  })
