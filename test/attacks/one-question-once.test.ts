/**
 * Kaminsky, birthday, RebirthDay (CVE-2025-5994), DNSpooq: whoever makes the box ask the same question many times at once has as many chances to
 * guess. So it is asked once, from one socket, whoever asks.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  AT_QUESTION,
  queryOf,
  RCODE,
  readReply,
  recordOf,
  replyTo,
  TYPE,
} from '#test/rfc/raw-message.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { type RawQuery, startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { cannotTry, PATHS, startPath } from './both-paths.ts'

const ADDRESSES = 20
const PER_ADDRESS = 50
/** Less than the time after which a question is asked again. */
const HELD_MS = 400
const GOOD = Buffer.of(192, 0, 2, 1)

function spelt(name: string, i: number): Buffer {
  return wireName([...name].map((c, at) => ((i >> (at % 10)) & 1 ? c.toUpperCase() : c)).join(''))
}

for (const { path, udp } of PATHS)
  t.test(
    `${path}: one message for a thousand who ask one name at once`,
    { skip: cannotTry(udp) },
    async (t) => {
      const held: RawQuery[] = []
      const upstream = await startRawUpstream((query) => held.push(query))
      t.teardown(() => upstream.close())
      const server = await startPath(t, udp, {
        upstreamPort: upstream.port,
        upstreamTimeoutMs: 10_000,
      })
      const clients = await Promise.all(
        Array.from({ length: ADDRESSES }, (_, i) =>
          startFloodClient({ port: server.port, from: `127.0.6.${i + 1}` }),
        ),
      )
      t.teardown(() => Promise.all(clients.map((client) => client.close())))
      for (const client of clients)
        client.send(
          Array.from({ length: PER_ADDRESS }, (_, i) =>
            queryOf({ name: spelt('www.example.org', i) }),
          ),
        )
      await sleep(HELD_MS)
      t.equal(held.length, 1, 'messages while all of them wait')
      for (const { message, reply } of held)
        reply(replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, GOOD)] }))
      const replies = clients.flatMap((client) => client.replies)
      for (
        let waitedMs = 0;
        count(clients) < ADDRESSES * PER_ADDRESS && waitedMs < 5_000;
        waitedMs += 20
      )
        await sleep(20)
      t.equal(replies.length, 0, 'nobody had an answer before')
      const answers = clients.flatMap((client) =>
        client.replies.map(({ bytes }) => readReply(bytes)),
      )
      t.equal(answers.length, ADDRESSES * PER_ADDRESS, 'all are answered')
      t.ok(
        answers.every(
          ({ rcode, answers: [one] }) => rcode === RCODE.NOERROR && one?.data.equals(GOOD),
        ),
      )
      t.equal(upstream.asked.length, 1, 'and still it was one message')
    },
  )

function count(clients: readonly { readonly replies: readonly unknown[] }[]): number {
  return clients.reduce((sum, { replies }) => sum + replies.length, 0)
}
