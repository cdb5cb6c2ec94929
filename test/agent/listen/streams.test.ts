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
import { makeKeyPair } from '#test/support/key-pair.ts'
import {
  framed,
  idsOf,
  openStream,
  readStream,
  STREAM_KINDS,
  type StreamKind,
} from '#test/support/stream-client.ts'
import { wireName } from '#test/support/wire-name.ts'

const KEEPALIVE = Buffer.of(0, 11, 0, 0)

function asking(name: string, id: number, options?: Buffer): Buffer {
  const opt = options && optRecord(1232, 0, options)
  const { bytes } = rawQuery(wireName(name), 1, opt)
  bytes.writeUInt16BE(id, 0)
  return framed(bytes)
}

const open = openStream
const read = async (socket: Socket, count: number): Promise<readonly Buffer[]> =>
  (await readStream(socket, count)).messages

interface Settings {
  readonly idleMs?: number
  readonly connectionsMax?: number
  readonly connectionsPerClientMax?: number
  readonly mayShakeHands?: () => boolean
}

/** A listener of its own that answers each query with its own bytes. */
async function startListener(
  t: Test,
  kind: StreamKind,
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

for (const kind of STREAM_KINDS) {
  t.test(
    `RFC 7766 section 8: over ${kind} length 0 is no query, 65,535 ends the connection, both cost nobody else`,
    async (t) => {
      const { port, gate } = await startListener(t, kind)
      const socket = await open(t, kind, port)
      socket.write(Buffer.concat([Buffer.of(0, 0), Buffer.of(0, 0), asking('open.test', 5)]))
      t.same(idsOf(await read(socket, 1)), [5])
      const large = await open(t, kind, port)
      large.write(Buffer.of(0xff, 0xff))
      t.same(await read(large, 1), [])
      t.ok(await until(() => gate.open <= 1))
      const other = await open(t, kind, port)
      other.write(asking('open.test', 6))
      t.same(idsOf(await read(other, 1)), [6])
    },
  )

  t.test(
    `RFC 9210 section 4.2: over ${kind} an idle connection ends, one that is used does not`,
    async (t) => {
      const { port } = await startListener(t, kind, { idleMs: 400 })
      const socket = await open(t, kind, port)
      const started = performance.now()
      const using = setInterval(() => socket.write(asking('open.test', 1)), 100)
      setTimeout(() => clearInterval(using), 1_000)
      await read(socket, 1_000)
      const lasted = performance.now() - started
      t.ok(lasted > 1_200 && lasted < 4_000, `${lasted} ms`)
    },
  )

  t.test(
    `RFC 9210 section 4.2: over ${kind} connections up to the limit, over all and of one client`,
    async (t) => {
      for (const [reason, limits] of [
        ['total', { connectionsMax: 3 }],
        ['client', { connectionsPerClientMax: 3 }],
      ] as const) {
        const { port, gate } = await startListener(t, kind, limits)
        const held = [
          await open(t, kind, port),
          await open(t, kind, port),
          await open(t, kind, port),
        ]
        for (const [i, socket] of held.entries()) {
          socket.write(asking('open.test', i))
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
        next.write(asking('open.test', 9))
        t.same(idsOf(await read(next, 1)), [9], `${reason}: room again`)
      }
    },
  )

  t.test(
    `RFC 7828 section 3.3.2: over ${kind} keepalive is told to who asks, in units of 100 ms; 0 where it is crowded`,
    async (t) => {
      const { port } = await startListener(t, kind, { idleMs: 5_000, connectionsMax: 5 }, withOpt)
      const ask = async (options?: Buffer): Promise<Buffer | undefined> => {
        const socket = await open(t, kind, port)
        socket.write(asking('open.test', 1, options))
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

  t.test(
    `RFC 9210 section 4.2: over ${kind} 1,000 idle connections take no more than the limit, and end`,
    async (t) => {
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
      socket.write(asking('open.test', 3))
      t.same(idsOf(await read(socket, 1)), [3])
    },
  )
}

t.test(
  'RFC 9210 section 4.1: a handshake that does not go on ends in time, and counts until then',
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
  'RFC 7858 section 3.1: bytes that are no handshake, TLS 1.1 and another ALPN are refused and counted',
  async (t) => {
    const { port, gate } = await startListener(t, 'dot')
    const attempts: readonly (() => Socket)[] = [
      () => {
        const socket = connect({ port, host: '127.0.0.1' })
        socket.write(asking('open.test', 1))
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
      socket.write(asking('open.test', 2))
      t.same(idsOf(await read(socket, 1)), [2], version)
    }
  },
)

t.test('RFC 7858 section 3.4: a session is taken up again by its ticket', async (t) => {
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

/** As the pipeline would, an answer with an OPT record where the query has one. */
const withOpt: Resolve = (query) => {
  const { view, answer } = query
  view.parse(view.bytes, view.start, view.length)
  const opt = Buffer.of(0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0)
  const head = Buffer.from(view.bytes.subarray(0, view.questionEnd))
  const bytes = Buffer.concat([head, ...(view.hasEdns ? [opt] : [])])
  return answer.setWritten(bytes.length, bytes)
}
