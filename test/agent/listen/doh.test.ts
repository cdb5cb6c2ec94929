/** DNS over HTTPS (RFC 8484): what HTTP says, over real sessions, with messages made byte by byte. */

import { once } from 'node:events'
import { type ClientHttp2Session, constants } from 'node:http2'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { ConnectionGate } from '#agent/listen/connection-gate.ts'
import { listenDoh } from '#agent/listen/doh/doh.ts'
import { DOH_LIMITS } from '#agent/listen/doh/doh-limits.ts'
import type { TlsListener } from '#agent/listen/dot.ts'
import { makeQueryPool } from '#agent/listen/query-pool.ts'
import type { Resolve } from '#agent/stage.ts'
import { optRecord, rawQuery } from '#test/fuzz/raw-query.ts'
import {
  DNS_MESSAGE,
  DNS_PATH,
  getPath,
  type HttpGot,
  type HttpSent,
  openSession,
  sendHttp2,
} from '#test/support/doh-client.ts'
import { a, soa, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeKeyPair } from '#test/support/key-pair.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

/** 120 addresses with their names in full. */
const LARGE_BLOCKS = Math.ceil((12 + 16 + 120 * 26 + 15) / 468)

function query(name: string, type = 1, id = 0, opt?: Buffer): Buffer {
  const { bytes } = rawQuery(wireName(name), type, opt)
  bytes.writeUInt16BE(id, 0)
  return bytes
}

async function open(t: Test, port: number): Promise<ClientHttp2Session> {
  const session = await openSession(port)
  t.teardown(() => session.destroy())
  return session
}

function sendHttp1(
  port: number,
  { method = 'GET', path = DNS_PATH, body, type = DNS_MESSAGE }: HttpSent,
): Promise<HttpGot> {
  return new Promise((resolve, reject) => {
    const out = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        rejectUnauthorized: false,
        agent: false,
        headers: body ? { 'content-type': type } : {},
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts),
          }),
        )
      },
    )
    out.on('error', reject)
    out.end(body)
  })
}

async function startServer(t: Test): Promise<number> {
  const fake = await startFakeUpstream(({ name, type }) => {
    if (name === 'nothing.test')
      return { flags: 0x0183, answers: [], authorities: [soa('test', 900, 40)] }
    if (name === 'broken.test') return { flags: 0x0182 }
    const large = Array.from({ length: 120 }, (_, i) => a(name, `198.51.100.${i + 1}`, 90))
    if (name === 'large.test') return { answers: large }
    return { answers: type === 'A' ? [a(name, '192.0.2.1', 300), a(name, '192.0.2.2', 77)] : [] }
  })
  const rules = makeRules([['blocked.test', 'harm.gore']])
  const server = await startPipelineServer({ rules, upstreamPort: fake.port, encrypted: true })
  t.teardown(() => Promise.all([server.close(), fake.close()]))
  return server.ports.doh
}

/** A listener of its own, over whatever answers. */
async function startListener(
  t: Test,
  resolve: Resolve,
  limits: { readonly idleMs?: number; readonly connectionsMax?: number } = {},
): Promise<TlsListener & { readonly gate: ConnectionGate }> {
  const { idleMs = 5_000, connectionsMax = 100 } = limits
  const gate = new ConnectionGate('doh', { connectionsMax, connectionsPerClientMax: 100 })
  const listener = await listenDoh({
    address: '127.0.0.1',
    port: 0,
    resolve,
    queries: makeQueryPool(),
    gate,
    limits: { idleMs, queriesPerConnectionMax: 1_000, queryBytesMax: 4_096 },
    mayShakeHands: () => true,
  })
  listener.useKeyPair(makeKeyPair())
  t.teardown(() => listener.close())
  return { ...listener, gate }
}

t.test(
  'RFC 8484 section 4.1: GET and POST, HTTP/2 and 1.1: the same answer, with the id that was sent, 0 too',
  async (t) => {
    const port = await startServer(t)
    const session = await open(t, port)
    const message = query('www.test')
    const answers = [
      await sendHttp2(session, { body: message }),
      await sendHttp2(session, { path: getPath(message) }),
      await sendHttp2(session, { body: message, type: 'Application/DNS-Message; x=y' }),
      await sendHttp1(port, { method: 'POST', body: message }),
      await sendHttp1(port, { path: getPath(message) }),
    ]
    for (const { status, headers, body } of answers) {
      t.equal(status, 200)
      t.equal(headers['content-type'], DNS_MESSAGE)
      t.equal(headers['cache-control'], 'private, max-age=77', 'the least TTL')
      t.equal(headers['content-length'], String(body.length))
      t.equal(body.readUInt16BE(0), 0)
      t.equal(body.readUInt16BE(6), 2)
      t.ok(body.includes(Buffer.of(192, 0, 2, 1)))
    }
    const other = await sendHttp2(session, { body: query('www.test', 1, 0xabcd) })
    t.equal(other.body.readUInt16BE(0), 0xabcd)
  },
)

t.test(
  'RFC 8484 section 5.1: an answer is fresh for its least TTL, "no" for as long as it holds, an error not at all',
  async (t) => {
    const session = await open(t, await startServer(t))
    const freshOf = async (message: Buffer): Promise<readonly unknown[]> => {
      const { status, headers, body } = await sendHttp2(session, { body: message })
      return [status, body.readUInt16BE(2) & 0xf, headers['cache-control']]
    }
    t.same(await freshOf(query('nothing.test')), [200, 3, 'private, max-age=40'])
    t.same(await freshOf(query('broken.test')), [200, 2, 'private, max-age=0'])
    t.same(await freshOf(query('localhost')), [200, 0, 'private, max-age=3600'])
    const blocked = await sendHttp2(session, { body: query('blocked.test') })
    const ttl = blocked.body.readUInt32BE(blocked.body.length - 4)
    t.equal(blocked.headers['cache-control'], `private, max-age=${ttl}`, 'of a block its TTL')
    t.ok(ttl < 600)
    const badVersion = query('www.test', 1, 0, optRecord(1232, 0x0001_0000))
    t.same(await freshOf(badVersion), [200, 0, 'private, max-age=0'], 'BADVERS')
    const twice = query('www.test')
    twice.writeUInt16BE(2, 4)
    t.same(await freshOf(twice), [200, 1, 'private, max-age=0'], 'FORMERR')
  },
)

t.test('RFC 8484 section 6: an answer too large for UDP comes whole', async (t) => {
  const session = await open(t, await startServer(t))
  const { body } = await sendHttp2(session, { body: query('large.test') })
  t.equal(body.readUInt16BE(6), 120)
  t.equal(body.readUInt16BE(2) & 0x0200, 0)
})

t.test(
  'RFC 8484 section 4.2.1: what is no question of DNS over HTTPS is told by status',
  async (t) => {
    const port = await startServer(t)
    const session = await open(t, port)
    const message = query('www.test')
    const reply = Buffer.from(message)
    reply.writeUInt16BE(0x8180, 2)
    const cases: readonly (readonly [number, string, HttpSent])[] = [
      [400, 'no dns=', { path: DNS_PATH }],
      [400, 'another parameter', { path: `${DNS_PATH}?name=www.test` }],
      [400, 'empty dns=', { path: `${DNS_PATH}?dns=` }],
      [400, 'padding', { path: `${DNS_PATH}?dns=${message.toString('base64')}==` }],
      [400, 'letters of base64', { path: `${DNS_PATH}?dns=ab+/` }],
      [400, 'one letter too many', { path: `${DNS_PATH}?dns=AAAAA` }],
      [400, 'not letters', { path: `${DNS_PATH}?dns=%00%ff` }],
      [400, 'twice', { path: `${getPath(message)}&dns=AAAA` }],
      [400, 'shorter than a header', { path: `${DNS_PATH}?dns=AAAA` }],
      [400, 'an empty body', { body: Buffer.alloc(0) }],
      [400, 'an answer', { body: reply }],
      [404, 'another path', { path: '/' }],
      [404, 'a longer path', { path: `${DNS_PATH}/?dns=AAAA` }],
      [404, 'a path in capitals', { path: '/DNS-QUERY' }],
      [405, 'PUT', { method: 'PUT', body: message }],
      [405, 'HEAD', { method: 'HEAD' }],
      [413, 'a long body', { body: Buffer.alloc(4_097) }],
      [414, 'a long parameter', { path: `${DNS_PATH}?dns=${'A'.repeat(5_600)}` }],
      [415, 'another type', { body: message, type: 'application/dns-json' }],
      [415, 'no type', { body: message, type: '' }],
    ]
    for (const [status, title, sent] of cases) {
      const got = await sendHttp2(session, sent)
      t.equal(got.status, status, title)
      t.not(got.headers['content-type'], DNS_MESSAGE, title)
      if (status === 405) t.equal(got.headers['allow'], 'GET, POST')
      const method = sent.method ?? (sent.body ? 'POST' : 'GET')
      t.equal((await sendHttp1(port, { ...sent, method })).status, status, `${title}, HTTP/1.1`)
    }
    t.equal(
      (await sendHttp2(session, { body: message })).status,
      200,
      'the session has lived through it',
    )
  },
)

t.test('RFC 8484 section 5.2: 90 streams at once are answered out of order', async (t) => {
  const session = await open(t, await startServer(t))
  const order: number[] = []
  const all = Array.from({ length: 90 }, async (_, i) => {
    const { body } = await sendHttp2(session, {
      body: query(i === 89 ? 'localhost' : `n${i}.test`, 1, i),
    })
    order.push(body.readUInt16BE(0))
  })
  await Promise.all(all)
  t.equal(order.length, 90)
  t.ok(order.indexOf(89) < 89, 'what is known here does not wait for the others')
})

t.test(
  'RFC 8467 section 4.1: large answers too in blocks of 468 bytes for who pads, none for others',
  async (t) => {
    const session = await open(t, await startServer(t))
    const padded = optRecord(1232, 0, Buffer.of(0, 12, 0, 3, 0, 0, 0))
    for (const [name, blocks] of [
      ['www.test', 1],
      ['blocked.test', 1],
      ['large.test', LARGE_BLOCKS],
    ] as const) {
      const { body } = await sendHttp2(session, { body: query(name, 1, 0, padded) })
      t.equal(body.length, blocks * 468, name)
      const plain = await sendHttp2(session, { body: query(name, 1, 0, optRecord()) })
      t.ok(
        plain.body.length < body.length && plain.body.length % 468 !== 0,
        `${name}, not asked for`,
      )
    }
  },
)

t.test('the address of the socket counts, whatever a header says', async (t) => {
  let asked = ''
  const { port } = await startListener(t, (one) => {
    asked = one.clientAddress
    return one.answer.setNone()
  })
  const session = await open(t, port)
  const stream = session.request({
    ':path': getPath(query('www.test')),
    'x-forwarded-for': '192.0.2.9',
    forwarded: 'for=192.0.2.9',
    'x-real-ip': '192.0.2.9',
  })
  stream.resume()
  await once(stream, 'close')
  t.equal(asked, '127.0.0.1')
})

t.test('a client that gives its streams up in numbers loses its session', async (t) => {
  const waiting: (() => void)[] = []
  let asked = 0
  const listener = await startListener(
    t,
    (one) =>
      new Promise((resolve) => {
        asked++
        waiting.push(() => resolve(one.answer.setNone()))
      }),
  )
  const session = await open(t, listener.port)
  const closed = new Promise<void>((resolve) => session.once('close', () => resolve()))
  for (let i = 0; i < 400 && !session.destroyed; i++) {
    const stream = session.request({ ':path': getPath(query('www.test')) })
    stream.on('error', () => undefined)
    await sleep(1)
    if (!stream.destroyed) stream.close(constants.NGHTTP2_CANCEL)
  }
  await closed
  t.equal(listener.gate.refused['reset-flood'], 1)
  t.ok(asked <= DOH_LIMITS.streams, `${asked} queries wait at most`)
  for (const answer of waiting) answer()
  await sleep(50)
  t.equal(listener.gate.open, 0)
})

t.test('a session that is idle ends, and so does one that never speaks', async (t) => {
  const listener = await startListener(t, (one) => one.answer.setNone(), { idleMs: 300 })
  const session = await open(t, listener.port)
  await sendHttp2(session, { path: '/' })
  for (const protocol of ['h2', 'http/1.1']) {
    const socket = connectTls({
      port: listener.port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: [protocol],
    })
    socket.on('error', () => undefined)
    t.teardown(() => socket.destroy())
    await once(socket, 'secureConnect')
    await once(socket.resume(), 'close')
  }
  await sleep(200)
  t.equal(listener.gate.open, 0)
  t.ok(session.destroyed || session.closed)
})

t.test('HTTP/1.1 headers that come a byte at a time do not hold a connection', async (t) => {
  const listener = await startListener(t, (one) => one.answer.setNone(), { idleMs: 600 })
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', rejectUnauthorized: false })
  socket.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  socket.write(`GET ${DNS_PATH} HTTP/1.1\r\nx: `)
  const slowly = setInterval(() => socket.write('a'), 50)
  t.teardown(() => clearInterval(slowly))
  const started = performance.now()
  await once(socket.resume(), 'close')
  t.ok(performance.now() - started < 3_000)
})

t.test('headers beyond their limit are refused and the others go on', async (t) => {
  const port = await startServer(t)
  const session = await open(t, port)
  const statusOf = (path: string, x: string): Promise<number> =>
    new Promise((resolve) => {
      const stream = session.request({ ':path': path, x })
      stream.once('response', (headers) => resolve(headers[':status'] ?? 0))
      stream.once('error', () => resolve(0))
      stream.resume()
    })
  t.equal(await statusOf(getPath(query('www.test')), 'y'.repeat(9_000)), 431)
  t.equal(await statusOf(getPath(query('www.test')), 'y'.repeat(4_000)), 200)
  t.not(await statusOf(getPath(query('www.test')), 'y'.repeat(100_000)), 200)
  const other = await open(t, port)
  t.equal((await sendHttp2(other, { body: query('www.test') })).status, 200)
})
