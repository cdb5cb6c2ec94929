/**
 * DNSBomb (CVE-2024-33655): an upstream that holds answers and releases them at once makes no pulse of the box; and what happens where the time of a
 * stale answer and the end of waiting come together (CVE-2026-56444). In raw bytes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  AT_QUESTION,
  optOf,
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
import { addressesOf, cannotTry, PATHS, startPath } from './both-paths.ts'

const ASKED = 1_500
/** Of one client. */
const WAITING_MAX = 1_000
/** After so long nobody is answered any more, and a moment more for a slow machine. */
const TOO_LATE_MS = 3_000
/** Bytes out for bytes in. */
const RATIO_MAX = 3
const STALE_NAMES = 200

function answer({ message, reply }: RawQuery, last: number, ttl: number): void {
  const data = Buffer.of(192, 0, 2, last)
  reply(replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, ttl, data)] }))
}

/** Each in a zone of its own, so that no zone's limit is met. */
function queries(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, i) =>
    queryOf({ name: wireName(`n.z${i}.test`), opt: optOf() }),
  )
}

function bytesOf(messages: readonly { readonly length: number }[]): number {
  return messages.reduce((sum, { length }) => sum + length, 0)
}

for (const { path, udp } of PATHS)
  for (const isInTime of [true, false])
    t.test(
      `${path}: answers released at once ${isInTime ? 'in time' : 'when nobody waits any more'}`,
      { skip: cannotTry(udp) },
      async (t) => {
        const held: RawQuery[] = []
        let atOnce = 0
        let firstMs = 0
        const seen = new Set<string>()
        const upstream = await startRawUpstream((query) => {
          held.push(query)
          if (firstMs === 0) firstMs = performance.now()
          seen.add(query.name.toLowerCase())
          // Nobody can have been told of any before.
          if (performance.now() - firstMs < 1_500) atOnce = seen.size
        })
        t.teardown(() => upstream.close())
        // The limits of the product.
        const server = await startPath(t, udp, { upstreamPort: upstream.port, limits: {} })
        const client = await startFloodClient({ port: server.port, from: '127.0.7.1' })
        t.teardown(() => client.close())
        const sent = queries(ASKED)
        for (let from = 0; from < sent.length; from += 100) {
          client.send(sent.slice(from, from + 100))
          await sleep(10)
        }
        const until = isInTime ? 300 : TOO_LATE_MS
        // A machine that is busy may not have taken them all by then.
        await sleep(until)
        const due = isInTime ? 0 : ASKED
        for (let waitedMs = 0; client.replies.length < due && waitedMs < 12_000; waitedMs += 100)
          await sleep(100)
        const before = client.replies.length
        const names = new Set(held.map(({ name }) => name.toLowerCase()))
        t.ok(names.size >= 100, `${names.size} questions`)
        t.ok(atOnce <= WAITING_MAX, 'so many of one client wait, and no more')
        if (!isInTime) t.equal(before, ASKED, 'everybody has been told by then')
        for (const query of held.splice(0)) answer(query, 1, 300)
        for (let waitedMs = 0; client.replies.length < ASKED && waitedMs < 5_000; waitedMs += 20)
          await sleep(20)
        await sleep(200)
        const replies = client.replies.map(({ bytes }) => readReply(bytes))
        t.equal(replies.length, ASKED, 'one answer for each question')
        const good = replies.filter((reply) => addressesOf(reply).length > 0).length
        t.equal(good, isInTime ? names.size : 0, `${good} with what was held`)
        t.ok(replies.every(({ rcode }) => rcode === RCODE.NOERROR || rcode === RCODE.SERVFAIL))
        const burst = bytesOf(client.replies.slice(before).map(({ bytes }) => bytes))
        const ratio = burst / bytesOf(sent)
        t.ok(ratio <= (isInTime ? RATIO_MAX : 0), `${ratio.toFixed(2)} bytes out for one in`)
      },
    )

for (const { path, udp } of PATHS)
  t.test(
    `${path}: a stale answer and a late one meet: one answer for each question`,
    { skip: cannotTry(udp) },
    async (t) => {
      const state = { isSlow: false, answered: 0 }
      const upstream = await startRawUpstream((query) => {
        if (!state.isSlow) return answer(query, 1, 1)
        // Around both: 1.8 s, when what is stale serves, and 1.9 s, when nothing is sent any more.
        setTimeout(() => answer(query, 2, 300), 1_700 + (state.answered++ % 7) * 50)
      })
      t.teardown(() => upstream.close())
      const server = await startPath(t, udp, {
        upstreamPort: upstream.port,
        upstreamTimeoutMs: 5_000,
      })
      const client = await startFloodClient({ port: server.port, from: '127.0.7.1' })
      t.teardown(() => client.close())
      await client.askAll(queries(STALE_NAMES), 0)
      await sleep(1_200)
      state.isSlow = true
      const replies = await client.askAll(queries(STALE_NAMES), 0)
      await sleep(1_000)
      t.equal(client.replies.length, 2 * STALE_NAMES, 'none twice, none missing')
      for (const { bytes } of replies)
        if (!/^192\.0\.2\.[12]$/.test(addressesOf(readReply(bytes)).join())) t.fail('no address')
      t.equal(server.faults.length, 0)
      const asked = upstream.asked.length
      const again = await client.askAll(queries(STALE_NAMES), 0)
      t.ok(again.every(({ bytes }) => addressesOf(readReply(bytes)).join() === '192.0.2.2'))
      t.equal(upstream.asked.length, asked, 'what came late is of use to the next')
    },
  )
