import t from 'tap'
import { optRecord, rawQuery, record } from '#test/fuzz/raw-query.ts'
import { wireName } from '#test/support/wire-name.ts'
import { ADDED_BYTES_MAX, addOptions } from '#wire/answer-options.ts'
import { freshSeconds } from '#wire/fresh-seconds.ts'
import { NO_OPTION, QueryView } from '#wire/query-view.ts'

const question = Buffer.concat([wireName('www.test'), Buffer.of(0, 1, 0, 1)])

function parsed(options: Buffer): QueryView {
  const view = new QueryView()
  const { bytes } = rawQuery(wireName('www.test'), 1, optRecord(1232, 0, options))
  t.equal(view.parse(bytes, 0, bytes.length), 'ok')
  return view
}

function answer(counts: readonly number[], ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(0x8180, 2)
  for (const [i, count] of [1, ...counts].entries()) head.writeUInt16BE(count, 4 + 2 * i)
  return Buffer.concat([head, question, ...parts])
}

function withOptions(
  message: Buffer,
  keepalive: number | undefined,
  isPadded: boolean,
  bytesMax = 65_535,
): Buffer {
  const out = Buffer.concat([message, Buffer.alloc(ADDED_BYTES_MAX)])
  return out.subarray(0, addOptions(out, message.length, { keepalive, isPadded }, bytesMax))
}

t.test('the options of a query are noted, and forgotten with the next', (t) => {
  const padded = parsed(Buffer.of(0, 12, 0, 2, 0, 0))
  t.same([padded.hasPadding, padded.keepaliveBytes], [true, NO_OPTION])
  const asking = parsed(Buffer.of(0, 11, 0, 0))
  t.same([asking.hasPadding, asking.keepaliveBytes], [false, 0])
  t.equal(parsed(Buffer.of(0, 11, 0, 0, 0, 11, 0, 2, 0, 1, 0, 11, 0, 0)).keepaliveBytes, 2)
  const { bytes } = rawQuery(wireName('www.test'), 1)
  asking.parse(bytes, 0, bytes.length)
  t.same([asking.hasPadding, asking.keepaliveBytes], [false, NO_OPTION])
  t.end()
})

t.test('answers of every length are padded to whole blocks, keepalive within', (t) => {
  for (let length = 0; length < 1_000; length++) {
    const text = record(wireName('www.test'), 16, Buffer.alloc(length))
    const message = answer([1, 0, 1], text, optRecord())
    const padded = withOptions(message, 7, true)
    if (padded.length % 468 !== 0) t.fail(`${length}: ${padded.length}`)
    const optAt = message.length - 11
    if (padded.readUInt16BE(optAt + 9) !== padded.length - message.length)
      t.fail(`${length}: RDLENGTH`)
    if (padded.length - message.length > ADDED_BYTES_MAX) t.fail(`${length}: too much`)
  }
  t.end()
})

t.test('nothing is added beyond 65,535 bytes, without an OPT, or to what is cut off', (t) => {
  const near = (free: number): Buffer =>
    answer(
      [1, 0, 1],
      record(Buffer.of(0), 16, Buffer.alloc(65_535 - 12 - question.length - 11 - 11 - free)),
      optRecord(),
    )
  for (const [free, keepalive, padded] of [
    [0, 0, 0],
    [4, 0, 4],
    [6, 6, 4],
    [100, 6, 4],
  ] as const) {
    t.equal(withOptions(near(free), 1, false).length - near(free).length, keepalive)
    const got = withOptions(near(free), undefined, true).length - near(free).length
    t.ok(got >= padded && got <= free, `${free}: ${got}`)
  }
  const plain = answer([1, 0, 0], record(wireName('www.test'), 1, Buffer.of(192, 0, 2, 1)))
  t.same(withOptions(plain, 1, true), plain)
  const first = answer([0, 0, 2], optRecord(), record(Buffer.of(0), 16, Buffer.alloc(1)))
  t.same(withOptions(first, 1, true), first)
  const whole = answer(
    [1, 0, 1],
    record(wireName('www.test'), 1, Buffer.of(192, 0, 2, 1)),
    optRecord(),
  )
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.subarray(0, length)
    t.equal(withOptions(cut, 1, true).length, length)
    freshSeconds(cut)
  }
  t.end()
})

t.test(
  'an answer is fresh for its least TTL; "no" for the less of TTL and MINIMUM of its SOA',
  (t) => {
    const a = (ttl: number): Buffer =>
      record(wireName('www.test'), 1, Buffer.of(192, 0, 2, 1), { ttl })
    const soa = (ttl: number, minimum: number): Buffer => {
      const data = Buffer.alloc(22)
      data.writeUInt32BE(minimum, 18)
      return record(wireName('test'), 6, data, { ttl })
    }
    t.equal(freshSeconds(answer([2, 1, 1], a(300), a(20), a(1), optRecord())), 20)
    t.equal(
      freshSeconds(
        answer(
          [0, 2, 1],
          record(wireName('test'), 2, wireName('ns.test'), { ttl: 1 }),
          soa(900, 60),
          optRecord(),
        ),
      ),
      60,
    )
    t.equal(freshSeconds(answer([0, 1, 0], soa(30, 60))), 30)
    t.equal(freshSeconds(answer([0, 0, 1], optRecord(1232, 0x00ff_ffff))), 0, 'no SOA, no time')
    const failed = answer([1, 0, 0], a(300))
    failed.writeUInt16BE(0x8182, 2)
    t.equal(freshSeconds(failed), 0)
    t.end()
  },
)
