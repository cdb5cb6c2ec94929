import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { decode, encode } from 'dns-packet'
import t from 'tap'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'

function framed(name: string, id: number): Buffer {
  const message = encode({ type: 'query', id, flags: 0x0100, questions: [{ type: 'A', name }] })
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}

async function setup(t: { teardown: (f: () => unknown) => void }): Promise<number> {
  const slow = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  t.teardown(() => slow.close())
  const rules = makeRules([['blocked.test', 'harm.gore']])
  const server = await startPipelineServer({ rules, upstreamPort: slow.port })
  t.teardown(() => server.close())
  return server.port
}

async function open(t: { teardown: (f: () => unknown) => void }, port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Reads messages until `count` have come or the connection ends. */
async function readIds(socket: Socket, count: number): Promise<number[]> {
  const ids: number[] = []
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      ids.push(decode(received.subarray(2, end)).id ?? -1)
      received = received.subarray(end)
    }
    if (ids.length >= count) break
  }
  return ids
}

t.test('queries may come one byte at a time', async (t) => {
  const socket = await open(t, await setup(t))
  for (const byte of framed('open.test', 7)) socket.write(Buffer.of(byte))
  t.same(await readIds(socket, 1), [7])
})

t.test(
  'many queries in one segment are all answered, a block before what must be asked',
  async (t) => {
    const socket = await open(t, await setup(t))
    const queries = Array.from({ length: 50 }, (_, i) =>
      framed(i === 49 ? 'blocked.test' : `n${i}.test`, i),
    )
    socket.write(Buffer.concat(queries))
    const ids = await readIds(socket, 50)
    t.equal(ids[0], 49, 'out of order')
    t.same(
      ids.toSorted((x, y) => x - y),
      queries.map((_, i) => i),
    )
  },
)

t.test('a client that half-closes still gets its answers, then the end', async (t) => {
  const socket = await open(t, await setup(t))
  socket.end(Buffer.concat([framed('open.test', 1), framed('other.test', 2)]))
  t.same((await readIds(socket, 3)).toSorted(), [1, 2])
})

t.test(
  'a connection ends after its limit of queries, after an oversized one, and when idle',
  async (t) => {
    const port = await setup(t)
    const many = await open(t, port)
    many.write(Buffer.concat(Array.from({ length: 150 }, (_, i) => framed('blocked.test', i))))
    t.equal((await readIds(many, 150)).length, 100)
    const large = await open(t, port)
    large.write(Buffer.from('ffff', 'hex'))
    t.same(await readIds(large, 1).catch(() => []), [])
    const idle = await open(t, port)
    const started = Date.now()
    await readIds(idle, 1).catch(() => [])
    t.ok(Date.now() - started < 4_000)
  },
)

t.test('one client cannot take all connections', async (t) => {
  const port = await setup(t)
  const sockets = await Promise.all(Array.from({ length: 25 }, () => open(t, port)))
  await sleep(100)
  t.equal(sockets.filter((socket) => !socket.destroyed && socket.readable).length <= 20, true)
})
