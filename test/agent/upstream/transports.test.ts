/** Upstreams over TCP, TLS and HTTPS: real connections, certificates of the test's own authority. */
import { writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ReadyUpstream } from '#agent/policy/ready-config.ts'
import { UpstreamPool } from '#agent/upstream/upstream-pool.ts'
import { isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { a, respond } from '#test/support/fake-upstream.ts'
import { makeAuthority } from '#test/support/list-server.ts'
import { plainUpstream } from '#test/support/plain-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import {
  type AnswerBytes,
  startDohUpstream,
  startDotUpstream,
  type TlsUpstream,
} from '#test/support/tls-upstream.ts'

const folder = shortFolder(t)
const authority = makeAuthority(folder)
const stranger = makeAuthority(shortFolder(t))
const pair = authority.certify('dns.example.org')
const SETTINGS = {
  timeoutMs: 1_000,
  triesMax: 3,
  strategy: 'in-order',
  mark: new Uint8Array(8),
} as const
const WAYS = ['dot', 'doh'] as const

function question(label = 'www') {
  const name = Buffer.concat([Buffer.from([label.length]), Buffer.from(label), wireTest])
  return { name, type: 1, isDnssecOk: false, isCheckingDisabled: false }
}
const wireTest = Buffer.from('\x04test\0', 'latin1')

function good(query: Buffer): Buffer {
  return respond(query, { answers: [a(nameIn(query), '192.0.2.1')] })
}

/** Of messages made by us: labels of letters. */
function nameIn(query: Buffer): string {
  const labels: string[] = []
  for (let at = 12; query[at] !== 0; at += query[at]! + 1)
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]!))
  return labels.join('.')
}

function poolOf(t: Test, ...upstreams: readonly ReadyUpstream[]): UpstreamPool {
  const pool = new UpstreamPool(upstreams, SETTINGS, systemClock)
  t.teardown(() => pool.close())
  return pool
}

function over(
  transport: 'tcp' | 'dot' | 'doh',
  port: number,
  more: Partial<ReadyUpstream> = {},
): ReadyUpstream {
  const isTls = transport !== 'tcp'
  return {
    ...plainUpstream(port),
    transport,
    name: isTls ? 'dns.example.org' : '',
    path: transport === 'doh' ? '/dns-query' : '',
    caFile: isTls ? authority.caFile : undefined,
    ...more,
  }
}

async function start(
  t: Test,
  way: 'dot' | 'doh',
  answer: AnswerBytes = good,
  keys = pair,
): Promise<TlsUpstream> {
  const startIt = way === 'dot' ? startDotUpstream : startDohUpstream
  const upstream = await startIt(keys, answer)
  t.teardown(() => upstream.close())
  return upstream
}

for (const way of WAYS)
  t.test(
    `RFC 8467 section 4.1: over ${way} questions share a connection, padded to blocks of 128 bytes`,
    async (t) => {
      const upstream = await start(t, way)
      const pool = poolOf(t, over(way, upstream.port))
      const labels = Array.from({ length: 40 }, (_, i) => `n${i}`)
      for (const outcome of await Promise.all(labels.map((label) => pool.ask(question(label)))))
        t.match(outcome, { rcode: 0, ttlSeconds: 300 })
      t.equal(upstream.resumed.length, 1, 'connections')
      t.equal(upstream.asked.length, 40)
      t.ok(upstream.asked.every(({ length }) => length === 128))
      const ids = upstream.asked.map((query) => query.readUInt16BE(0))
      if (way === 'doh') t.ok(ids.every((id) => id === 0))
      else t.ok(new Set(ids).size === 40 && !ids.includes(0))
      // OPT with the option of padding alone (RFC 7830): nothing else is said of the question.
      const [query = Buffer.alloc(0)] = upstream.asked
      const opt = query.subarray(query.indexOf(Buffer.from([0, 0, 41, 4, 208])))
      t.equal(opt.readUInt16BE(9), opt.length - 11)
    },
  )

t.test('RFC 8484 section 4.1: POST of a DNS message to the path that is configured', async (t) => {
  const upstream = await start(t, 'doh')
  const pool = poolOf(t, over('doh', upstream.port, { path: '/resolve' }))
  t.match(await pool.ask(question()), { rcode: 0 })
  t.same(upstream.paths, ['POST /resolve application/dns-message'])
})

for (const way of WAYS)
  t.test(
    `RFC 8310 section 5: over ${way} what is not the right certificate is never asked`,
    async (t) => {
      const expired = authority.certify('dns.example.org', 0)
      await sleep(1_500)
      const cases = {
        'another name': { keys: authority.certify('other.example.org') },
        'another authority': { keys: stranger.certify('dns.example.org') },
        expired: { keys: expired },
        'the usual authorities': { more: { caFile: undefined } },
        'an authority that cannot be read': { more: { caFile: join(folder, 'absent.pem') } },
        'an authority that is none': { more: { caFile: join(folder, 'none.pem') } },
      }
      writeFileSync(join(folder, 'none.pem'), 'not a certificate')
      for (const [what, { keys = pair, more = {} }] of Object.entries<{
        keys?: typeof pair
        more?: Partial<ReadyUpstream>
      }>(cases)) {
        const upstream = await start(t, way, good, keys)
        const outcome = await poolOf(t, over(way, upstream.port, more)).ask(question())
        t.match(outcome, { failure: 'unreachable' }, what)
        t.equal(upstream.asked.length, 0, `${what}: no question`)
      }
    },
  )

t.test('RFC 8310 section 5: TLS that fails does not become clear text', async (t) => {
  const plain: Buffer[] = []
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      plain.push(bytes)
      socket.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  t.teardown(() => new Promise((resolve) => server.close(resolve)))
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  for (const way of WAYS) {
    t.ok(isFailure(await poolOf(t, over(way, port)).ask(question())))
    t.ok(plain.length > 0, 'it was tried')
    t.ok(
      plain.every((bytes) => bytes[0] === 0x16 && !bytes.includes('\x03www')),
      'with nothing but handshakes',
    )
  }
})

for (const way of WAYS)
  t.test(
    `RFC 7858 section 3.4: over ${way} a connection that ends is opened again, by an earlier session`,
    async (t) => {
      const upstream = await start(t, way)
      const pool = poolOf(t, over(way, upstream.port))
      for (let i = 0; i < 3; i++) {
        t.match(await pool.ask(question(`n${i}`)), { rcode: 0 })
        // Tickets come after the handshake.
        await sleep(50)
        upstream.hangUp()
        await sleep(50)
      }
      t.same(upstream.resumed, [false, true, true])
    },
  )

t.test(
  'RFC 7766 section 7: answers come in any order and are matched by id and question',
  async (t) => {
    const held: { socket: Socket; query: Buffer }[] = []
    const server = createServer((socket) => {
      let received = Buffer.alloc(0)
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
          const end = 2 + received.readUInt16BE(0)
          held.push({ socket, query: Buffer.from(received.subarray(2, end)) })
          received = received.subarray(end)
        }
        if (held.length === 10) flush()
      })
    })
    let connections = 0
    server.on('connection', () => connections++)
    const flush = (): void => {
      for (const [i, { socket, query }] of held.toReversed().entries()) {
        const reply = respond(query, { answers: [a(nameIn(query), `192.0.2.${i + 1}`)] })
        const wrongId = Buffer.from(reply)
        wrongId.writeUInt16BE(reply.readUInt16BE(0) ^ 1, 0)
        const wrongName = Buffer.from(reply)
        wrongName[13] = 0x7a
        for (const message of [wrongId, wrongName, reply]) {
          const framed = Buffer.concat([
            Buffer.from([message.length >> 8, message.length]),
            message,
          ])
          // In two pieces: a message may come cut anywhere.
          socket.write(framed.subarray(0, 5))
          socket.write(framed.subarray(5))
        }
      }
    }
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const bound = server.address()
    const pool = poolOf(t, over('tcp', typeof bound === 'object' && bound ? bound.port : 0))
    t.teardown(() => {
      pool.close()
      return new Promise((resolve) => server.close(resolve))
    })
    const asked = Array.from({ length: 10 }, (_, i) => pool.ask(question(`n${i}`)))
    for (const [i, outcome] of (await Promise.all(asked)).entries()) {
      if (isFailure(outcome)) throw new Error(outcome.detail)
      t.ok(outcome.wire.includes(Buffer.from([192, 0, 2, 10 - i])), `n${i}`)
    }
    t.equal(connections, 1)
  },
)

for (const way of WAYS)
  t.test(`${way}: a server that falls silent costs its questions and no more`, async (t) => {
    let isSilent = true
    const upstream = await start(t, way, (query) => (isSilent ? undefined : good(query)))
    const pool = poolOf(t, over(way, upstream.port))
    t.ok(isFailure(await pool.ask(question('lost'))))
    isSilent = false
    t.match(await pool.ask(question('found')), { rcode: 0 }, 'on another connection')
    t.ok(upstream.resumed.length >= 2)
  })
