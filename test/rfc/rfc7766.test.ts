/** RFC 7766: DNS over TCP, from the client's side of the connection. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { AT_QUESTION, queryOf, recordOf, replyTo, TYPE, u16 } from './raw-message.ts'
import { startRfcServers } from './rfc-server.ts'

const SLOW_MS = 400
const framed = (message: Buffer): Buffer => Buffer.concat([u16(message.length), message])

const upstream = await startRawUpstream(({ message, name, reply }) => {
  const answer = recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))
  const waitMs = name.toLowerCase().startsWith('slow') ? SLOW_MS : 0
  setTimeout(() => reply(replyTo(message, { answers: [answer] })), waitMs)
})
t.teardown(() => upstream.close())
const servers = await startRfcServers(t, { upstreamPort: upstream.port })
const port =
  typeof servers === 'string'
    ? 0
    : (servers.find(({ transport }) => transport === 'tcp')?.server.port ?? 0)

async function open(t: Test): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Ids of the answers, in the order in which they come, until there are so many or the other side has ended. */
async function idsOf(socket: Socket, count: number): Promise<readonly number[]> {
  const ids: number[] = []
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      ids.push(received.readUInt16BE(2))
      received = received.subarray(2 + received.readUInt16BE(0))
    }
    if (ids.length >= count) break
  }
  return ids
}

const query = (id: number, name: string): Buffer => framed(queryOf({ id, name: wireName(name) }))

t.test('section 6.2.1.1: pipelined queries are answered as they are ready', async (t) => {
  const socket = await open(t)
  socket.write(
    Buffer.concat([query(1, 'slow.test'), query(2, 'quick.test'), query(3, 'localhost')]),
  )
  t.same(await idsOf(socket, 3), [3, 2, 1])
})

t.test('section 8: any segmentation is taken, and an answer leaves in one', async (t) => {
  const socket = await open(t)
  socket.setNoDelay(true)
  for (const byte of query(7, 'localhost')) {
    socket.write(Buffer.of(byte))
    await sleep(1)
  }
  const [chunk] = await once(socket, 'data')
  t.ok(Buffer.isBuffer(chunk) && chunk.length === 2 + chunk.readUInt16BE(0), 'length and message')
})

t.test(
  'section 6.2.4: a client that has said all still gets its answers, then the end',
  async (t) => {
    const socket = await open(t)
    socket.end(Buffer.concat([query(1, 'slow2.test'), query(2, 'localhost')]))
    t.same(await idsOf(socket, 3), [2, 1])
  },
)

t.test('section 6.2.1: a connection serves one query after another', async (t) => {
  const socket = await open(t)
  for (let id = 1; id < 20; id++) {
    socket.write(query(id, 'localhost'))
    const [chunk] = await once(socket, 'data')
    t.equal(Buffer.isBuffer(chunk) && chunk.readUInt16BE(2), id)
  }
})
