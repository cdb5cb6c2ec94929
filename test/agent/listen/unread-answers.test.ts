import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ConnectionGate } from '#agent/listen/connection-gate.ts'
import type { Listener } from '#agent/listen/listener.ts'
import { makeQueryPool } from '#agent/listen/query-pool.ts'
import { listenTcp } from '#agent/listen/tcp.ts'
import type { Resolve } from '#agent/stage.ts'

const QUERIES = 2_000
const ANSWER_BYTES = 60_000
/** What the kernel may hold of one connection, sender and receiver together, and as much again for a slow machine. */
const KERNEL_BYTES_MAX = 2 * 10 * 1_048_576
const QUERY = Buffer.from('000000010000000000000000', 'hex')

async function start(t: Test, resolve: Resolve, idleMs = 5_000): Promise<Listener> {
  const gate = new ConnectionGate('tcp', { connectionsMax: 10, connectionsPerClientMax: 10 })
  const limits = {
    idleMs,
    queriesPerConnectionMax: QUERIES,
    queryBytesMax: 4_096,
  }
  const queries = makeQueryPool()
  const options = { address: '127.0.0.1', port: 0, resolve, queries, limits, gate }
  const listener = await listenTcp(options)
  t.teardown(() => listener.close())
  return listener
}

async function sendQueries(t: Test, { port }: Listener, count: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  const framed = Buffer.concat([Buffer.of(0, QUERY.length), QUERY])
  socket.write(Buffer.concat(Array.from({ length: count }, () => framed)))
  return socket
}

/** Reads from now on; tells how many bytes have come. */
function readAll(socket: Socket): () => number {
  let received = 0
  socket.on('data', (chunk) => {
    received += chunk.length
  })
  socket.resume()
  return () => received
}

/** Waits until `count` stands still. */
async function settled(count: () => number): Promise<number> {
  for (let last = -1; last !== count(); ) {
    last = count()
    await sleep(150)
  }
  return count()
}

t.test('a client that does not read its answers is not read either, until it does', async (t) => {
  const large = Buffer.alloc(ANSWER_BYTES)
  let asked = 0
  const listener = await start(t, (query) => {
    asked++
    return query.answer.setWritten(large.length, large)
  })
  const socket = await sendQueries(t, listener, QUERIES)
  const heldBytes = (await settled(() => asked)) * ANSWER_BYTES
  t.ok(heldBytes < KERNEL_BYTES_MAX, `${heldBytes} bytes of ${QUERIES * ANSWER_BYTES}`)
  const received = readAll(socket)
  await once(socket, 'end')
  t.equal(received(), QUERIES * (ANSWER_BYTES + 2), 'and then gets every one')
})

t.test('a client that never reads its answers is let go after the idle time', async (t) => {
  const large = Buffer.alloc(ANSWER_BYTES)
  const listener = await start(t, (query) => query.answer.setWritten(large.length, large), 300)
  const socket = await sendQueries(t, listener, QUERIES)
  await sleep(1_500)
  const received = readAll(socket)
  await once(socket, 'close')
  t.ok(received() < QUERIES * ANSWER_BYTES, 'what the kernel held, no more')
})

t.test('the queries of one connection that wait for an upstream are bounded', async (t) => {
  const waiting: (() => void)[] = []
  let asked = 0
  const listener = await start(t, (query) => {
    asked++
    return new Promise((resolve) => {
      waiting.push(() => resolve(query.answer.setWritten(QUERY.length, QUERY)))
    })
  })
  const socket = await sendQueries(t, listener, 200)
  t.equal(await settled(() => asked), 64)
  const received = readAll(socket)
  for (let answered = 0; answered < 200; answered++) {
    waiting.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await sleep(100)
  t.equal(received(), 200 * (QUERY.length + 2), 'all are answered in the end')
})

t.test('a client that half-closes behind a full pipe still gets every answer', async (t) => {
  const listener = await start(t, async (query) => {
    await sleep(1)
    return query.answer.setWritten(QUERY.length, QUERY)
  })
  const socket = await sendQueries(t, listener, 500)
  socket.end()
  const received = readAll(socket)
  await once(socket, 'end')
  t.equal(received(), 500 * (QUERY.length + 2))
})
