/**
 * Connections that are held, flooded or never finished, over TCP, TLS and HTTPS: whoever asks over UDP meanwhile is answered as before, and
 * what is held ends in its time and stays within its limits.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { residentBytes } from '#test/fuzz/process-facts.ts'
import { queryOf, readReply, u16 } from '#test/rfc/raw-message.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { keepConnection } from '#test/support/kept-connection.ts'
import { wireName } from '#test/support/wire-name.ts'
import { connectionsOpen, lasts, open, openRaw, type Stream } from './held-connections.ts'
import { dataOf, FRAME, headOf, PING, PREFACE, postOf, SETTINGS } from './http2-frames.ts'
import { underWitness, type WitnessReport } from './witness.ts'

const MIB = 1_048_576
const IDLE_MS = 1_000
/** For what ends in its time; time enough on a busy machine, and a small part of for ever. */
const PATIENCE_MS = 12_000
const TCP_OPEN_MAX = 500
const OF_CLIENT_MAX = 20
const QUERIES_MAX = 1_000
/** A handshake that is never finished ends after five seconds. */
const HALF_HANDSHAKES = 400
/** UDP is read by a thread of its own, which a flood of connections leaves as it is: what else the machine does must not count. */
const SLOWER = { times: 20, orMs: 100 } as const
const STREAMS: readonly Stream[] = ['tcp', 'dot', 'http/1.1', 'h2']
const ALL = { unanswered: 0, empty: 0 } as const

const agent = await startEncryptedAgent(t, { config: { limits: { 'tcp-idle-ms': IDLE_MS } } })
const { port, pid } = agent
const NAMES = ['known.example.org', 'localhost']
await askRaw(queryOf({ name: wireName('known.example.org') }), { port })
const quiet = await underWitness(port, NAMES, () => sleep(1_000))

function expectUnmoved(t: Test, felt: WitnessReport): void {
  t.match(felt, ALL, `every query over UDP is answered, of ${felt.sent}`)
  const told = `median ${quiet.p50Ms.toFixed(2)} ms before, ${felt.p50Ms.toFixed(2)} ms`
  t.ok(felt.p50Ms <= Math.max(SLOWER.orMs, SLOWER.times * quiet.p50Ms), told)
  t.comment(`p99 ${quiet.p99Ms.toFixed(1)} ms before, ${felt.p99Ms.toFixed(1)} ms`)
}

const HEADERS_BEGUN = headOf(4_000, FRAME.headers, 0, 1)

interface Dribble {
  readonly title: string
  readonly kind: Stream
  readonly first: Buffer
  /** Sent again and again. */
  readonly again: Buffer
}

const begun = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)))
const DRIBBLES: readonly Dribble[] = [
  { title: 'a query', kind: 'tcp', first: u16(4_000), again: Buffer.alloc(1) },
  { title: 'a query', kind: 'dot', first: u16(4_000), again: Buffer.alloc(1) },
  {
    title: 'headers',
    kind: 'http/1.1',
    first: begun('GET /dns-query HTTP/1.1\r\nx: '),
    again: begun('a'),
  },
  {
    title: 'a body',
    kind: 'http/1.1',
    first: begun(
      'POST /dns-query HTTP/1.1\r\ncontent-type: application/dns-message\r\ncontent-length: 4000\r\n\r\n',
    ),
    again: Buffer.alloc(1),
  },
  {
    title: 'chunks of a body',
    kind: 'http/1.1',
    first: begun(
      'POST /dns-query HTTP/1.1\r\ncontent-type: application/dns-message\r\ntransfer-encoding: chunked\r\n\r\n',
    ),
    again: begun('1\r\na\r\n'),
  },
  {
    title: 'headers',
    kind: 'h2',
    first: begun(PREFACE, SETTINGS, HEADERS_BEGUN),
    again: Buffer.of(0x40),
  },
  { title: 'pings', kind: 'h2', first: begun(PREFACE, SETTINGS), again: PING },
  { title: 'settings', kind: 'h2', first: begun(PREFACE, SETTINGS), again: SETTINGS },
]

t.test('slow loris: what comes byte by byte and never ends is let go', async (t) => {
  const felt = await underWitness(port, NAMES, async () => {
    await Promise.all(
      DRIBBLES.map(async ({ title, kind, first, again }, i) => {
        const socket = await open(agent, kind, `127.0.7.${i + 1}`)
        t.ok(socket, `${kind} is open`)
        if (!socket) return
        socket.write(first)
        const dribbling = setInterval(() => socket.write(again), 100)
        const lasted = await lasts(socket, PATIENCE_MS)
        clearInterval(dribbling)
        t.ok(lasted !== undefined, `${kind}, ${title}: ${lasted?.toFixed(0)} ms`)
      }),
    )
  })
  expectUnmoved(t, felt)
})

t.test('a body over HTTP/2 that comes byte by byte is refused in its time', async (t) => {
  const socket = await open(agent, 'h2', '127.0.7.50')
  if (!socket) throw new Error('refused')
  const parts: Buffer[] = []
  socket.on('data', (part: Buffer) => parts.push(part))
  socket.write(begun(PREFACE, SETTINGS, postOf(1)))
  const dribbling = setInterval(() => socket.write(dataOf(1, Buffer.alloc(1), false)), 100)
  const lasted = await lasts(socket, 2 * PATIENCE_MS)
  clearInterval(dribbling)
  t.ok(lasted !== undefined, `${lasted?.toFixed(0)} ms`)
  t.ok(Buffer.concat(parts).includes('the body did not come in time'), 'after it has been told')
})

t.test('queries without end whose answers nobody takes', async (t) => {
  const before = residentBytes(pid)
  const query = queryOf({ name: wireName('known.example.org') })
  const framed = Buffer.concat([u16(query.length), query])
  const block = Buffer.concat(Array.from({ length: 500 }, () => framed))
  const felt = await underWitness(port, NAMES, async () => {
    for (const kind of ['tcp', 'dot'] as const) {
      const sockets = await Promise.all(
        Array.from({ length: 40 }, (_, i) => open(agent, kind, `127.0.8.${i + 1}`)),
      )
      for (const socket of sockets) {
        socket?.pause()
        for (let i = 0; i < 20; i++) socket?.write(block)
      }
      await sleep(1_500)
      for (const socket of sockets) socket?.destroy()
    }
  })
  expectUnmoved(t, felt)
  const grown = residentBytes(pid) - before
  t.ok(grown < 96 * MIB, `${(grown / MIB).toFixed(1)} MiB more`)
})

t.test(`one connection has no more than ${QUERIES_MAX} queries (CVE-2025-30193)`, async (t) => {
  const query = queryOf({ name: wireName('localhost') })
  const framed = Buffer.concat([u16(query.length), query])
  for (const kind of ['tcp', 'dot'] as const) {
    const socket = await open(agent, kind, '127.0.0.1')
    if (!socket) throw new Error('refused')
    let received = 0
    socket.on('data', (part: Buffer) => {
      received += part.length
    })
    socket.write(Buffer.concat(Array.from({ length: 12_000 }, () => framed)))
    const lasted = await lasts(socket, PATIENCE_MS)
    t.ok(lasted !== undefined, `${kind}: it ends`)
    const reply = await askRaw(query, { port })
    t.equal(received, QUERIES_MAX * (2 + (reply?.length ?? 0)), `${kind}: answered until then`)
  }
})

t.test(`of one client ${OF_CLIENT_MAX} connections, of all ${TCP_OPEN_MAX}`, async (t) => {
  for (const [kind, endpoint] of [
    ['dot', agent.dotPort],
    ['doh', agent.dohPort],
  ] as const) {
    const one = Array.from({ length: 100 }, () => openRaw(endpoint, '127.0.9.1'))
    await sleep(500)
    const { [kind]: ofOne } = await connectionsOpen(agent)
    t.ok(ofOne > 0 && ofOne <= OF_CLIENT_MAX, `${kind}: ${ofOne} of one client`)
    const all = Array.from({ length: 2_500 }, (_, i) =>
      openRaw(endpoint, `127.0.10.${(i % 200) + 1}`),
    )
    const felt = await underWitness(port, NAMES, () => sleep(1_500))
    const { [kind]: open } = await connectionsOpen(agent)
    t.ok(open > OF_CLIENT_MAX && open <= TCP_OPEN_MAX, `${kind}: ${open} of all`)
    expectUnmoved(t, felt)
    for (const socket of [...one, ...all]) socket.destroy()
    for (let i = 0; i < 50 && (await connectionsOpen(agent))[kind] > 0; i++) await sleep(100)
    const again = keepConnection(kind, endpoint)
    const reply = await again.ask(queryOf({ name: wireName('localhost') }))
    t.equal(reply && readReply(reply).answers.length, 1, `${kind}: room again`)
    again.close()
  }
})

/** The head of a record of TLS with a ClientHello in it that is cut, of a wrong version, or noise. */
const HELLOS: readonly Buffer[] = [
  Buffer.from('16030102000100', 'hex'),
  Buffer.from('160301000401000000', 'hex'),
  Buffer.concat([Buffer.from('1603010200', 'hex'), Buffer.alloc(0x200, 0xff)]),
  Buffer.from('8080010301005700000020', 'hex'),
  Buffer.from('GET / HTTP/1.0\r\n\r\n'),
  Buffer.alloc(1_000),
]

t.test('floods of handshakes: whole, half and broken ones', async (t) => {
  const before = residentBytes(pid)
  const felt = await underWitness(port, NAMES, async () => {
    const half = Array.from({ length: HALF_HANDSHAKES }, (_, i) => {
      const socket = openRaw(i % 2 ? agent.dotPort : agent.dohPort, `127.0.11.${(i % 50) + 1}`)
      socket.write(HELLOS[i % HELLOS.length] ?? Buffer.alloc(0))
      return socket
    })
    for (let round = 0; round < 8; round++)
      await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const kind = STREAMS[1 + (i % 3)] ?? 'dot'
          const socket = await open(agent, kind, `127.0.12.${i + 1}`)
          socket?.destroy()
        }),
      )
    for (const socket of half) socket.destroy()
  })
  expectUnmoved(t, felt)
  const grown = residentBytes(pid) - before
  t.ok(grown < 96 * MIB, `${(grown / MIB).toFixed(1)} MiB more`)
  let reply: Buffer | undefined
  // The rate of handshakes over all clients comes back within two seconds.
  for (let i = 0; i < 20 && !reply; i++) {
    if (i > 0) await sleep(250)
    reply = await askRaw(queryOf({ name: wireName('localhost') }), {
      port: agent.dotPort,
      transport: 'dot',
    })
  }
  t.ok(reply, 'and who comes then is let in')
})
