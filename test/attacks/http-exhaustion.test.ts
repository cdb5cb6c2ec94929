/** HTTP as it should not be, against DNS over HTTPS: streams given up, opened without end, headers and bodies without measure, upgrades. */

import { execFile } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { residentBytes } from '#test/fuzz/process-facts.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import { queryOf, readReply } from '#test/rfc/raw-message.ts'
import { metricsOf } from '#test/support/agent-process.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startEncryptedAgent } from '#test/support/encrypted-agent.ts'
import { wireName } from '#test/support/wire-name.ts'
import { lasts, open } from './held-connections.ts'
import { dataOf, frameOf, getOf, PING, PREFACE, postOf, resetOf, SETTINGS } from './http2-frames.ts'
import { underWitness, type WitnessReport } from './witness.ts'

const MIB = 1_048_576
const NAMES = ['localhost']
const SESSIONS = 10
/** For what ends in its time. */
const PATIENCE_MS = 12_000
const GROWTH_MAX = 96 * MIB
const SLOW_SECONDS = 6
const query = queryOf({ id: 0, name: wireName('localhost') })
const PATH = `/dns-query?dns=${query.toString('base64url')}`

const agent = await startEncryptedAgent(t, { config: { limits: { 'tcp-idle-ms': 2_000 } } })
const { port, dohPort, pid } = agent

/** A connection that speaks HTTP/2 so far. */
async function openSession(from: string): Promise<Socket> {
  const socket = await open(agent, 'h2', from)
  if (!socket) throw new Error('refused')
  socket.write(Buffer.concat([PREFACE, SETTINGS]))
  return socket
}

const STREAM_IDS = Array.from({ length: 2_000 }, (_, i) => 2 * i + 1)

/** UDP and HTTPS both answer, and memory is what it was. */
async function expectWell(t: Test, felt: WitnessReport, before: number): Promise<void> {
  t.match(felt, { unanswered: 0, empty: 0 }, `every query over UDP is answered, of ${felt.sent}`)
  t.comment(`median ${felt.p50Ms.toFixed(2)} ms, p99 ${felt.p99Ms.toFixed(1)} ms`)
  const reply = await askRaw(query, { port: dohPort, transport: 'doh' })
  t.equal(reply && readReply(reply).answers.length, 1, 'and one over HTTPS')
  const grown = residentBytes(pid) - before
  t.ok(grown < GROWTH_MAX, `${(grown / MIB).toFixed(1)} MiB more`)
}

t.test('rapid reset (CVE-2023-44487)', async (t) => {
  const before = residentBytes(pid)
  const felt = await underWitness(port, NAMES, async () => {
    for (let i = 0; i < SESSIONS; i++) {
      const socket = await openSession(`127.0.13.${i + 1}`)
      socket.write(Buffer.concat(STREAM_IDS.flatMap((id) => [getOf(id, query), resetOf(id)])))
      const lasted = await lasts(socket, PATIENCE_MS)
      t.ok(lasted !== undefined, `the agent ends it: ${lasted?.toFixed(0)} ms`)
    }
  })
  const counted =
    /^edge_dns_connections_refused_total\{transport="doh",reason="reset-flood"\} [1-9]/m
  t.match(await metricsOf(agent), counted)
  await expectWell(t, felt, before)
})

/** Type 7: the last stream, and no error (RFC 9113 section 6.8). */
const GOAWAY = frameOf(7, 0, 0, Buffer.alloc(8))

/** What is done with a stream whose body is to come, or has. */
const ENDS: readonly (readonly [title: string, end: (id: number) => readonly Buffer[]])[] = [
  ['given up', (id) => [resetOf(id)]],
  [
    'given up with a part of its body',
    (id) => [dataOf(id, query.subarray(0, 9), false), resetOf(id)],
  ],
  ['given up with the whole', (id) => [dataOf(id, query, true), resetOf(id)]],
  ['left, and the connection cut', () => []],
  ['left, and the session ended by its client', () => [GOAWAY]],
  ['ended without a body, and the connection cut', (id) => [dataOf(id, Buffer.alloc(0), true)]],
]

t.test('streams without end (CVE-2025-30187)', async (t) => {
  const before = residentBytes(pid)
  const felt = await underWitness(port, NAMES, async () => {
    for (const [i, [title, end]] of ENDS.entries()) {
      const sockets = await Promise.all(
        Array.from({ length: SESSIONS }, (_, n) => openSession(`127.0.14.${10 * i + n + 1}`)),
      )
      for (const socket of sockets) {
        socket.write(Buffer.concat(STREAM_IDS.slice(0, 40).map(postOf)))
        socket.write(Buffer.concat(STREAM_IDS.slice(0, 40).flatMap(end)))
        // More at once than there may be.
        socket.write(Buffer.concat(STREAM_IDS.slice(40, 400).map(postOf)))
      }
      await sleep(300)
      for (const socket of sockets) socket.destroy()
      await sleep(100)
      t.ok(agent.isRunning(), title)
    }
  })
  await expectWell(t, felt, before)
})

t.test('frames of any make', async (t) => {
  const before = residentBytes(pid)
  const random = makeRandom(9113)
  const below = (limit: number): number => Math.floor(random() * limit)
  const noise = (): Buffer => {
    const body = Buffer.from(Array.from({ length: below(40) }, () => below(256)))
    return frameOf(below(12), below(256), below(20), body)
  }
  const felt = await underWitness(port, NAMES, async () => {
    for (let i = 0; i < 150; i++) {
      const socket = await open(agent, 'h2', `127.0.17.${(i % 30) + 1}`)
      // Beyond the rate of handshakes it is refused.
      if (!socket) continue
      const frames = Array.from({ length: 12 }, (_, at) => {
        const id = 2 * below(20) + 1
        const known = [postOf(id), getOf(id, query), dataOf(id, query, true), resetOf(id), PING]
        return at % 3 === 0 ? noise() : (known[below(known.length)] ?? PING)
      })
      socket.write(Buffer.concat([PREFACE, SETTINGS, ...frames]))
      await sleep(5)
      socket.destroy()
    }
  })
  t.ok(agent.isRunning())
  await expectWell(t, felt, before)
})

t.test('headers and bodies without measure', async (t) => {
  const before = residentBytes(pid)
  const felt = await underWitness(port, NAMES, async () => {
    for (const [i, head] of [
      `GET ${PATH} HTTP/1.1\r\nx: ${'y'.repeat(1_000_000)}`,
      `GET ${PATH}${'A'.repeat(1_000_000)} HTTP/1.1\r\n\r\n`,
      `GET ${PATH} HTTP/1.1\r\n${'x: y\r\n'.repeat(200_000)}\r\n`,
      `POST /dns-query HTTP/1.1\r\ncontent-type: application/dns-message\r\ncontent-length: 99999999\r\n\r\n${'z'.repeat(2_000_000)}`,
      `POST /dns-query HTTP/1.1\r\ncontent-type: application/dns-message\r\ntransfer-encoding: chunked\r\n\r\n${'1;x=y\r\nz\r\n'.repeat(100_000)}`,
    ].entries()) {
      const socket = await open(agent, 'http/1.1', `127.0.15.${i + 1}`)
      if (!socket) throw new Error('refused')
      let said = ''
      socket.on('data', (part) => (said += String(part)))
      socket.write(head)
      const lasted = await lasts(socket, PATIENCE_MS)
      t.ok(lasted !== undefined, `it ends: ${head.slice(0, 30)}`)
      t.notMatch(said, /^HTTP\/1.1 200/, said.slice(0, 30))
      socket.destroy()
    }
  })
  await expectWell(t, felt, before)
})

t.test('upgrades and other protocols lead nowhere', async (t) => {
  const h2c =
    'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n'
  const requests = [
    `GET /metrics HTTP/1.1\r\nhost: x\r\n${h2c}\r\n`,
    `GET / HTTP/1.1\r\nhost: x\r\n${h2c}\r\n`,
    'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    'CONNECT 127.0.0.1:53 HTTP/1.1\r\nhost: x\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET //dns-query/../metrics HTTP/1.1\r\nhost: x\r\n\r\n',
    'GET /%2e%2e/metrics HTTP/1.1\r\nhost: x\r\n\r\n',
  ]
  for (const request of requests) {
    const socket = await open(agent, 'http/1.1', '127.0.16.1')
    if (!socket) throw new Error('refused')
    let said = ''
    socket.on('data', (part) => (said += String(part)))
    socket.write(request)
    await lasts(socket, 700)
    t.notMatch(said, /^HTTP\/1.1 (101|200)/, `${request.slice(0, 30)}: ${said.slice(0, 30)}`)
    socket.destroy()
  }
  // In the clear, where TLS is spoken.
  const plain = connect({ port: dohPort, host: '127.0.0.1' })
  plain.on('error', () => undefined)
  let said = ''
  plain.on('data', (part) => (said += String(part)))
  plain.write(`GET ${PATH} HTTP/1.1\r\nhost: x\r\n${h2c}\r\n`)
  await lasts(plain, PATIENCE_MS)
  t.notMatch(said, /HTTP/)
})

const run = promisify(execFile)

async function isInstalled(program: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${program}`]).then(
    () => true,
    () => false,
  )
}

t.test(
  'slowhttptest: slow headers and slow bodies, a hundred of each',
  { skip: (await isInstalled('slowhttptest')) ? false : 'needs slowhttptest' },
  async (t) => {
    const before = residentBytes(pid)
    const url = `https://127.0.0.1:${dohPort}/dns-query`
    for (const kind of ['-H', '-B']) {
      const words = [kind, '-c', '100', '-r', '100', '-i', '1', '-x', '24', '-p', '2']
      const felt = await underWitness(port, NAMES, async () => {
        await run('slowhttptest', [...words, '-l', String(SLOW_SECONDS), '-u', url]).catch(
          () => undefined,
        )
      })
      t.ok(felt.sent > 0, `${kind} has run, until all its connections were closed`)
      await sleep(500)
      await expectWell(t, felt, before)
    }
  },
)
