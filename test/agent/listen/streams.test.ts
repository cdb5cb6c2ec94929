/** DNS over TCP (RFC 7766) and over TLS (RFC 7858) to the letter: the same connection, so the same tests, with bytes made here. */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { ConnectionGate } from '#agent/listen/connection-gate.ts'
import { listenDot, type TlsListenOptions } from '#agent/listen/dot.ts'
import type { Listener } from '#agent/listen/listener.ts'
import { makeQueryPool } from '#agent/listen/query-pool.ts'
import { listenTcp } from '#agent/listen/tcp.ts'
import type { Resolve } from '#agent/stage.ts'
import { optRecord, rawQuery } from '#test/fuzz/raw-query.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeKeyPair } from '#test/support/key-pair.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

type Kind = 'tcp' | 'dot'
const KINDS: readonly Kind[] = ['tcp', 'dot']
const PADDING = Buffer.of(0, 12, 0, 0)
const KEEPALIVE = Buffer.of(0, 11, 0, 0)
const FORMERR = 1

function framed(name: string, id: number, options?: Buffer): Buffer {
  const opt = options && optRecord(1232, 0, options)
  const { bytes } = rawQuery(wireName(name), 1, opt)
  bytes.writeUInt16BE(id, 0)
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes])
}

async function open(t: Test, kind: Kind, port: number): Promise<Socket> {
  const at = { port, host: '127.0.0.1', allowHalfOpen: true }
  const socket =
    kind === 'tcp' ? connect(at) : connectTls({ ...at, rejectUnauthorized: false } as never)
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, kind === 'tcp' ? 'connect' : 'secureConnect')
  return socket
}

/** Reads messages until `count` have come or the connection ends. */
async function read(socket: Socket, count: number): Promise<readonly Buffer[]> {
  const messages: Buffer[] = []
  let received = Buffer.alloc(0)
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        messages.push(received.subarray(2, end))
        received = received.subarray(end)
      }
      if (messages.length >= count) break
    }
  } catch {
    return messages // A reset is an end as well.
  }
  return messages
}

const idsOf = (messages: readonly Buffer[]): readonly number[] =>
  messages.map((message) => message.readUInt16BE(0))

async function startServer(t: Test): Promise<Readonly<Record<Kind, number>>> {
  const fake = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const rules = makeRules([['blocked.test', 'harm.gore']])
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, encrypted: true })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server.ports
}

interface Settings {
  readonly idleMs?: number
  readonly connectionsMax?: number
  readonly connectionsPerClientMax?: number
  readonly mayShakeHands?: () => boolean
}

/** A listener of its own that answers each query with its own bytes. */
async function startListener(
  t: Test,
  kind: Kind,
  settings: Settings = {},
  resolve: Resolve = echo,
): Promise<Listener & { readonly gate: ConnectionGate }> {
  const { idleMs = 5_000, connectionsMax = 50, connectionsPerClientMax = 50 } = settings
  const gate = new ConnectionGate(kind, { connectionsMax, connectionsPerClientMax })
  const options = {
    address: '127.0.0.1',
    port: 0,
    resolve,
    queries: makeQueryPool(),
    gate,
    limits: { idleMs, queriesPerConnectionMax: 1_000, queryBytesMax: 4_096 },
    mayShakeHands: settings.mayShakeHands ?? (() => true),
  }
  const listener = kind === 'tcp' ? await listenTcp(options) : await listenWithKey(options)
  t.teardown(() => listener.close())
  return { ...listener, gate }
}

async function listenWithKey(options: TlsListenOptions): Promise<Listener> {
  const listener = await listenDot(options)
  listener.useKeyPair(makeKeyPair())
  return listener
}

const echo: Resolve = (query) => {
  const { view, answer } = query
  view.parse(view.bytes, view.start, view.length)
  return view.length < 12
    ? answer.setNone()
    : answer.setWritten(view.length, Buffer.from(view.bytes))
}

/** Waits for something, a second at most. */
async function until(isSo: () => boolean): Promise<boolean> {
  for (let i = 0; i < 100 && !isSo(); i++) await sleep(10)
  return isSo()
}

for (const kind of KINDS) {
  t.test(`${kind}: 100 queries in one write are all answered, and out of order`, async (t) => {
    const socket = await open(t, kind, (await startServer(t))[kind])
    const queries = Array.from({ length: 100 }, (_, i) =>
      framed(i === 60 ? 'blocked.test' : `n${i}.test`, i),
    )
    socket.write(Buffer.concat(queries))
    const ids = idsOf(await read(socket, 100))
    t.equal(ids[0], 60, 'a block comes before what must be asked for')
    t.same(
      ids.toSorted((x, y) => x - y),
      queries.map((_, i) => i),
    )
  })

  t.test(`${kind}: a query may come one byte at a time, and two in three pieces`, async (t) => {
    const { port } = await startListener(t, kind)
    const socket = await open(t, kind, port)
    for (const byte of framed('open.test', 7)) {
      socket.write(Buffer.of(byte))
      await sleep(1)
    }
    t.same(idsOf(await read(await open(t, kind, port).then(twoInThree), 2)), [8, 9])
    t.same(idsOf(await read(socket, 1)), [7])
  })

  t.test(`${kind}: a client that half-closes gets its answers, then the end`, async (t) => {
    const socket = await open(t, kind, (await startServer(t))[kind])
    socket.end(Buffer.concat([framed('open.test', 1), framed('other.test', 2)]))
    t.same(idsOf(await read(socket, 3)).toSorted(), [1, 2])
  })

  t.test(
    `${kind}: length 0 is no query, 65,535 ends the connection, both cost nobody else`,
    async (t) => {
      const { port, gate } = await startListener(t, kind)
      const socket = await open(t, kind, port)
      socket.write(Buffer.concat([Buffer.of(0, 0), Buffer.of(0, 0), framed('open.test', 5)]))
      t.same(idsOf(await read(socket, 1)), [5])
      const large = await open(t, kind, port)
      large.write(Buffer.of(0xff, 0xff))
      t.same(await read(large, 1), [])
      t.ok(await until(() => gate.open <= 1))
      const other = await open(t, kind, port)
      other.write(framed('open.test', 6))
      t.same(idsOf(await read(other, 1)), [6])
    },
  )

  t.test(`${kind}: an idle connection ends, one that is used does not`, async (t) => {
    const { port } = await startListener(t, kind, { idleMs: 400 })
    const socket = await open(t, kind, port)
    const started = performance.now()
    const using = setInterval(() => socket.write(framed('open.test', 1)), 100)
    setTimeout(() => clearInterval(using), 1_000)
    await read(socket, 1_000)
    const lasted = performance.now() - started
    t.ok(lasted > 1_200 && lasted < 4_000, `${lasted} ms`)
  })

  t.test(`${kind}: connections up to the limit, over all and of one client`, async (t) => {
    for (const [reason, limits] of [
      ['total', { connectionsMax: 3 }],
      ['client', { connectionsPerClientMax: 3 }],
    ] as const) {
      const { port, gate } = await startListener(t, kind, limits)
      const held = [await open(t, kind, port), await open(t, kind, port), await open(t, kind, port)]
      for (const [i, socket] of held.entries()) {
        socket.write(framed('open.test', i))
        t.same(idsOf(await read(socket, 1)), [i], `${reason}: up to the limit`)
      }
      t.ok(await until(() => gate.open === 0))
      const again = [
        await open(t, kind, port),
        await open(t, kind, port),
        await open(t, kind, port),
      ]
      const over = connect({ port, host: '127.0.0.1' })
      over.on('error', () => undefined)
      await new Promise<void>((resolve) => over.resume().once('close', () => resolve()))
      t.equal(gate.refused[reason], 1)
      t.equal(gate.open, 3)
      again[0]?.destroy()
      t.ok(await until(() => gate.open === 2))
      const next = await open(t, kind, port)
      next.write(framed('open.test', 9))
      t.same(idsOf(await read(next, 1)), [9], `${reason}: room again`)
    }
  })

  t.test(
    `${kind}: keepalive is told to who asks, in units of 100 ms; 0 where it is crowded`,
    async (t) => {
      const { port } = await startListener(t, kind, { idleMs: 5_000, connectionsMax: 5 }, withOpt)
      const ask = async (options?: Buffer): Promise<Buffer | undefined> => {
        const socket = await open(t, kind, port)
        socket.write(framed('open.test', 1, options))
        const [message] = await read(socket, 1)
        return message
      }
      t.ok((await ask(KEEPALIVE))?.includes(Buffer.of(0, 11, 0, 2, 0, 50)))
      t.notOk((await ask(Buffer.alloc(0)))?.includes(Buffer.of(0, 11, 0, 2)), 'not asked for')
      t.notOk((await ask())?.includes(Buffer.of(0, 11, 0, 2)), 'no EDNS')
      for (let i = 0; i < 4; i++) await open(t, kind, port)
      t.ok((await ask(KEEPALIVE))?.includes(Buffer.of(0, 11, 0, 2, 0, 0)), 'the fifth of five')
    },
  )

  t.test(`${kind}: a keepalive that names a time is a format error`, async (t) => {
    const socket = await open(t, kind, (await startServer(t))[kind])
    socket.write(framed('open.test', 1, Buffer.of(0, 11, 0, 2, 0, 9)))
    const [message] = await read(socket, 1)
    t.equal((message?.readUInt16BE(2) ?? 0) & 0xf, FORMERR)
  })

  t.test(`${kind}: padding ${kind === 'dot' ? 'in blocks of 468 bytes' : 'is none'}`, async (t) => {
    const ports = await startServer(t)
    const lengthOf = async (options: Buffer): Promise<number> => {
      const socket = await open(t, kind, ports[kind])
      socket.write(framed('open.test', 1, options))
      return (await read(socket, 1))[0]?.length ?? 0
    }
    const plain = await lengthOf(Buffer.alloc(0))
    t.not(plain, 468)
    t.equal(await lengthOf(PADDING), kind === 'dot' ? 468 : plain)
    const both = await lengthOf(Buffer.concat([KEEPALIVE, PADDING]))
    t.equal(both, kind === 'dot' ? 468 : plain + 6, 'with keepalive')
  })

  t.test(`${kind}: 1,000 idle connections take no more than the limit, and end`, async (t) => {
    const { port, gate } = await startListener(t, kind, { idleMs: 700, connectionsMax: 40 })
    const sockets = Array.from({ length: 1_000 }, () => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.on('error', () => undefined)
      return socket
    })
    t.teardown(() => sockets.map((socket) => socket.destroy()))
    let most = 0
    await until(() => {
      most = Math.max(most, gate.open)
      return gate.refused.total + gate.refused.client >= 950
    })
    t.ok(most > 0 && most <= 40, `${most} at once`)
    for (const socket of sockets) socket.destroy()
    t.ok(await until(() => gate.open === 0))
    const socket = await open(t, kind, port)
    socket.write(framed('open.test', 3))
    t.same(idsOf(await read(socket, 1)), [3])
  })
}

t.test(
  'a handshake that does not go on ends in time, and counts until then',
  { timeout: 20_000 },
  async (t) => {
    const { port, gate } = await startListener(t, 'dot', { idleMs: 60_000 })
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    // The head of a record of TLS, and then a byte now and then.
    socket.write(Buffer.of(22, 3, 1, 1, 0))
    const slowly = setInterval(() => socket.write(Buffer.of(1)), 300)
    t.teardown(() => clearInterval(slowly))
    t.ok(await until(() => gate.open === 1))
    const started = performance.now()
    await new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))
    t.ok(performance.now() - started < 8_000)
    t.equal(gate.refused['slow-handshake'], 1)
    t.ok(await until(() => gate.open === 0))
  },
)

t.test(
  'handshakes: bytes that are none, TLS 1.1 and another ALPN are refused and counted',
  async (t) => {
    const { port, gate } = await startListener(t, 'dot')
    const attempts: readonly (() => Socket)[] = [
      () => {
        const socket = connect({ port, host: '127.0.0.1' })
        socket.write(framed('open.test', 1))
        return socket
      },
      () =>
        connectTls({
          port,
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      () =>
        connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }),
    ]
    for (const [i, attempt] of attempts.entries()) {
      const socket = attempt()
      socket.on('error', () => undefined)
      await new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))
      t.ok(await until(() => gate.refused.handshake === i + 1), `attempt ${i}`)
    }
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = connectTls({
        port,
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: ['dot'],
        minVersion: version,
        maxVersion: version,
      })
      t.teardown(() => socket.destroy())
      await once(socket, 'secureConnect')
      t.equal(socket.alpnProtocol, 'dot')
      socket.write(framed('open.test', 2))
      t.same(idsOf(await read(socket, 1)), [2], version)
    }
  },
)

t.test('a session is taken up again by its ticket', async (t) => {
  const { port } = await startListener(t, 'dot')
  const at = { port, host: '127.0.0.1', rejectUnauthorized: false }
  const first = connectTls(at)
  t.teardown(() => first.destroy())
  const [session] = (await once(first.resume(), 'session')) as [Buffer]
  const second = connectTls({ ...at, session })
  t.teardown(() => second.destroy())
  await once(second, 'secureConnect')
  t.ok(second.isSessionReused())
})

t.test('too many handshakes are refused before they cost anything', async (t) => {
  let left = 2
  const { port, gate } = await startListener(t, 'dot', { mayShakeHands: () => left-- > 0 })
  await open(t, 'dot', port)
  await open(t, 'dot', port)
  const third = connect({ port, host: '127.0.0.1' })
  third.on('error', () => undefined)
  await new Promise<void>((resolve) => third.resume().once('close', () => resolve()))
  t.equal(gate.refused['handshake-rate'], 1)
})

function twoInThree(socket: Socket): Socket {
  const both = Buffer.concat([framed('open.test', 8), framed('other.test', 9)])
  socket.write(both.subarray(0, 5))
  setTimeout(() => socket.write(both.subarray(5, 40)), 20)
  setTimeout(() => socket.write(both.subarray(40)), 40)
  return socket
}

/** As the pipeline would, an answer with an OPT record where the query has one. */
const withOpt: Resolve = (query) => {
  const { view, answer } = query
  view.parse(view.bytes, view.start, view.length)
  const opt = Buffer.of(0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0)
  const head = Buffer.from(view.bytes.subarray(0, view.questionEnd))
  const bytes = Buffer.concat([head, ...(view.hasEdns ? [opt] : [])])
  return answer.setWritten(bytes.length, bytes)
}
