/** Fragments can be exchanged on the way by who guesses 16 bits: nothing that could have come in any is sent or believed (flag day 2020, RFC 9715). */
import t from 'tap'
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
} from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { addressesOf, cannotTry, lookUp, PATHS, startPath } from './both-paths.ts'

const GOOD = Buffer.of(192, 0, 2, 1)
const EVIL = Buffer.of(203, 0, 113, 66)
const BYTES_MAX = 1_232
const TOO_LONG = [BYTES_MAX + 1, 1_400, 1_472, 1_536, 1_537, 4_096, 9_000]

/** An answer of so many bytes: a record of another type fills it up. */
function answerOf(query: Buffer, bytes: number, address: Buffer): Buffer {
  const asked = recordOf(AT_QUESTION, TYPE.A, 300, address)
  const bare = replyTo(query, {
    answers: [asked, recordOf(AT_QUESTION, 65_280, 300, Buffer.alloc(0))],
  })
  const filling = recordOf(AT_QUESTION, 65_280, 300, Buffer.alloc(bytes - bare.length))
  return replyTo(query, { answers: [asked, filling] })
}

for (const { path, udp } of PATHS)
  for (const hasTcp of [true, false])
    t.test(
      `${path}: an answer longer than 1,232 bytes is not believed, ${hasTcp ? 'TCP is asked' : 'nor is there another'}`,
      { skip: cannotTry(udp) },
      async (t) => {
        const answerTcp = (message: Buffer): Buffer =>
          replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, GOOD)] })
        const upstream = await startRawUpstream(
          ({ message, name, reply }) => {
            const bytes = Number(name.split('.')[0])
            if (bytes > 0) return reply(answerOf(message, bytes, bytes > BYTES_MAX ? EVIL : GOOD))
            const cut = replyTo(message, {
              flags: 0x8380,
              answers: [recordOf(AT_QUESTION, TYPE.A, 300, EVIL)],
            })
            reply(cut)
          },
          hasTcp ? answerTcp : undefined,
        )
        t.teardown(() => upstream.close())
        const server = await startPath(t, udp, { upstreamPort: upstream.port })
        t.same(
          addressesOf(await lookUp(server, `${BYTES_MAX}.test`)),
          [GOOD.join('.')],
          'so long it may be',
        )
        t.equal(upstream.askedByTcp.length, 0)
        for (const bytes of [...TOO_LONG, 0]) {
          const before = upstream.asked.length + upstream.askedByTcp.length
          const reply = await lookUp(server, `${bytes}.test`)
          const what = bytes > 0 ? `${bytes} bytes` : 'TC'
          if (hasTcp) t.same(addressesOf(reply), [GOOD.join('.')], what)
          else t.same([reply.rcode, addressesOf(reply)], [RCODE.SERVFAIL, []], what)
          const sent = upstream.asked.length + upstream.askedByTcp.length - before
          t.ok(sent <= (hasTcp ? 2 : 3), `${what}: ${sent} messages`)
        }
      },
    )

for (const { path, udp } of PATHS)
  t.test(`${path}: no query to an upstream is long`, { skip: cannotTry(udp) }, async (t) => {
    const upstream = await startRawUpstream(({ message, reply }) =>
      reply(replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, GOOD)] })),
    )
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, { upstreamPort: upstream.port })
    const longest = [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.')
    const options = [
      optionOf(10, Buffer.alloc(40)),
      optionOf(65_001, Buffer.alloc(24)),
      optionOf(12, Buffer.alloc(900)),
    ]
    for (const list of [[], ...options.map((one) => [one])]) {
      const query = queryOf({
        name: wireName(longest),
        opt: optOf({ size: 65_535, options: list }),
      })
      const reply = await askRaw(query, { port: server.port })
      t.ok(reply && readReply(reply))
    }
    t.ok(upstream.asked.length > 0)
    for (const { message } of upstream.asked) {
      t.ok(message.length <= 400, `${message.length} bytes`)
      const size = message.readUInt16BE(message.indexOf(Buffer.from([0, 0, 41])) + 3)
      t.equal(size, BYTES_MAX, 'nor is a longer answer asked for')
    }
  })
