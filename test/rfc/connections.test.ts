/** Connections, from the client's side: what RFC 7766 and RFC 9210 say of TCP holds for TLS as well (RFC 7858 section 3.3). */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { askRaw } from '#test/support/dns-client.ts'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { framed, idsOf, openStream, readStream } from '#test/support/stream-client.ts'
import { wireName } from '#test/support/wire-name.ts'
import { AT_QUESTION, queryOf, recordOf, replyTo, TYPE } from './raw-message.ts'
import { type Asked, startRfcServers } from './rfc-server.ts'

const SLOW_MS = 400
/** Of one connection of the test's server. */
const QUERIES_MAX = 100

const upstream = await startRawUpstream(({ message, name, reply }) => {
  const answer = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))
  const waitMs = name.toLowerCase().startsWith('slow') ? SLOW_MS : 0
  setTimeout(() => reply(replyTo(message, { answers: [answer] })), waitMs)
})
t.teardown(() => upstream.close())
const servers = await startRfcServers(t, { upstreamPort: upstream.port })

const query = (id: number, name: string): Buffer => framed(queryOf({ id, name: wireName(name) }))
const ascending = (ids: readonly number[]): readonly number[] => ids.toSorted((x, y) => x - y)
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

if (typeof servers === 'string') t.plan(0, servers)
else {
  for (const { title, transport, server } of servers)
    if (transport === 'tcp' || transport === 'dot')
      testStream(title, (t) => openStream(t, transport, server.ports[transport]), transport)
  testBeside(servers)
}

function testStream(title: string, open: (t: Test) => Promise<Socket>, zone: string): void {
  t.test(`RFC 7766 section 7: answers come as they are ready, over ${title}`, async (t) => {
    const socket = await open(t)
    const names = [`slow.${zone}.test`, `quick.${zone}.test`, 'localhost']
    socket.write(Buffer.concat(names.map((name, i) => query(i, name))))
    t.same(idsOf((await readStream(socket, 3)).messages), [2, 1, 0])
  })

  t.test(
    `RFC 7766 section 6.2.1.1: pipelined queries are all answered, over ${title}`,
    async (t) => {
      const socket = await open(t)
      const ids = upTo(QUERIES_MAX - 1)
      const nameOf = (i: number): string => (i === 60 ? 'www.blocked.test' : `n${i}.${zone}.test`)
      socket.write(Buffer.concat(ids.map((i) => query(i, nameOf(i)))))
      const answered = idsOf((await readStream(socket, ids.length)).messages)
      t.equal(answered[0], 60, 'a block comes before what must be asked for')
      t.same(ascending(answered), ids)
    },
  )

  t.test(`RFC 7766 section 8: length and message leave in one, over ${title}`, async (t) => {
    const socket = await open(t)
    socket.write(query(7, 'localhost'))
    const [chunk] = await once(socket, 'data')
    t.ok(Buffer.isBuffer(chunk) && chunk.length === 2 + chunk.readUInt16BE(0))
  })

  t.test(`RFC 7766 section 8: any segmentation is taken, over ${title}`, async (t) => {
    const socket = await open(t)
    socket.setNoDelay(true)
    for (const byte of query(7, 'localhost')) {
      socket.write(Buffer.of(byte))
      await sleep(1)
    }
    t.same(idsOf((await readStream(socket, 1)).messages), [7])
    const other = await open(t)
    const both = Buffer.concat([query(8, 'localhost'), query(9, 'localhost')])
    for (const [from, to] of [
      [0, 5],
      [5, 40],
      [40, both.length],
    ] as const) {
      other.write(both.subarray(from, to))
      await sleep(20)
    }
    t.same(idsOf((await readStream(other, 2)).messages), [8, 9], 'two in three pieces')
  })

  t.test(
    `RFC 7766 section 6.2.4: who has said all still gets his answers, then the end, over ${title}`,
    async (t) => {
      const socket = await open(t)
      socket.end(Buffer.concat([query(1, `slow2.${zone}.test`), query(2, 'localhost')]))
      const { messages, end } = await readStream(socket, 3)
      t.same(idsOf(messages), [2, 1])
      t.equal(end, 'end')
    },
  )

  t.test(
    `RFC 7766 section 6.2.1: a connection serves one query after another, over ${title}`,
    async (t) => {
      const socket = await open(t)
      for (let id = 1; id < 20; id++) {
        socket.write(query(id, 'localhost'))
        const [chunk] = await once(socket, 'data')
        t.equal(Buffer.isBuffer(chunk) && chunk.readUInt16BE(2), id)
      }
    },
  )

  t.test(
    `RFC 9210 section 4.3: a connection that has served its share ends without a reset, over ${title}`,
    async (t) => {
      const socket = await open(t)
      // More than one read takes: what is not read when a connection is closed makes it a reset, which takes answers with it.
      const more = upTo(QUERIES_MAX + 6_000)
      socket.write(Buffer.concat(more.map((i) => query(i, 'www.blocked.test'))))
      const { messages, end } = await readStream(socket, more.length)
      t.same(idsOf(messages), upTo(QUERIES_MAX), 'every answer has come')
      t.equal(end, 'end')
    },
  )
}

/** Nothing switches TCP off: it is there on each address and port where UDP is. */
function testBeside(ways: readonly Asked[]): void {
  for (const { title, transport, server } of ways)
    if (transport === 'udp')
      t.test(`RFC 9210 section 3: TCP is there wherever UDP is, beside ${title}`, async (t) => {
        for (const address of ['127.0.0.1', '::1'])
          for (const one of ['udp', 'tcp'] as const) {
            const message = queryOf({ name: wireName('localhost') })
            const at = { port: server.port, address, transport: one }
            t.equal((await askRaw(message, at))?.readUInt16BE(6), 1, `${one}, ${address}`)
          }
      })
}
