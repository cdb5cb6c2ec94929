/** What a forger has to guess who sees nothing of the way (RFC 5452; CVE-2008-1447): ids, ports, and the case of letters. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { newQueryId } from '#agent/upstream/query-id.ts'
import { AT_QUESTION, queryOf, readReply, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'
import { chanceOf, countInto, entropyOf } from '#test/support/chi-square.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { startFloodClient } from '#test/support/flood-client.ts'
import { type RawQuery, startRawUpstream } from '#test/support/raw-upstream.ts'
import { wireName } from '#test/support/wire-name.ts'
import { cannotTry, PATHS, startPath, type UdpPath } from './both-paths.ts'

/** The main thread opens a port for each, and sends a tenth as many in the same time. */
const QUERIES = { batch: 102_400, node: 20_480 } as const
/** What is on its way at once stays far below what the sockets' buffers hold. */
const AT_ONCE = 160
const CHANCE_MIN = 0.01
const BITS_MIN = 30
/** Of `www.example.org`, the name that they are counted for. */
const LETTERS = 13
/** Questions that leave from one port. */
const PER_PORT = { batch: 128, node: 1 } as const
/** Among so many of the main thread no port comes twice; beyond, the kernel has too few that have rested. */
const RESTED = { batch: QUERIES.batch, node: 5_000 } as const
/** So many ports at least are expected in each bin. */
const PORT_BINS = { batch: 16, node: 64 } as const

/** The first and the last port that the kernel chooses from. */
function portRange(): readonly [number, number] {
  const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
  const [first = 0, last = 0] = text.trim().split(/\s+/).map(Number)
  return [first, last]
}

interface Capture {
  readonly ids: readonly number[]
  /** Each as often as it was opened. */
  readonly ports: readonly number[]
  /** Of the letters of the first label, whether each is a capital. */
  readonly capitals: readonly boolean[]
  readonly mostFromOnePort: number
}

async function capture(t: Test, udp: UdpPath): Promise<Capture> {
  const upstream = await startRawUpstream(({ message, reply }) =>
    reply(
      replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))] }),
    ),
  )
  const server = await startPath(t, udp, { upstreamPort: upstream.port })
  const client = await startFloodClient({ port: server.port, from: '127.0.6.1' })
  for (let from = 0; from < QUERIES[udp]; from += AT_ONCE) {
    client.send(
      Array.from({ length: AT_ONCE }, (_, i) =>
        queryOf({ name: wireName(`example.n${from + i}.test`) }),
      ),
    )
    const due = from + AT_ONCE
    for (let waits = 0; client.replies.length < due && waits < 400; waits++)
      await (waits < 50 ? new Promise(setImmediate) : sleep(5))
  }
  await Promise.all([client.close(), upstream.close()])
  return captureOf(upstream.asked, RESTED[udp])
}

function captureOf(asked: readonly RawQuery[], rested: number): Capture {
  const perPort = new Map<number, number>()
  const ports: number[] = []
  let last = 0
  for (const { port } of asked.slice(0, rested)) perPort.set(port, (perPort.get(port) ?? 0) + 1)
  for (const { port } of asked) {
    if (port !== last) ports.push(port)
    last = port
  }
  return {
    ids: asked.map(({ message }) => message.readUInt16BE(0)),
    ports,
    capitals: asked.flatMap(({ name }) =>
      Array.from(name.slice(0, 7), (c) => c !== c.toLowerCase()),
    ),
    mostFromOnePort: Math.max(...perPort.values()),
  }
}

/** The chance of each spread, by what is spread, and the bits that were found in each. */
function judge({ ids, ports, capitals }: Capture, udp: UdpPath) {
  const [first, last] = portRange()
  const range = last - first + 1
  const bins = PORT_BINS[udp]
  const high = countInto(
    256,
    ids.map((id) => id >> 8),
  )
  const low = countInto(
    256,
    ids.map((id) => id & 0xff),
  )
  const changes = countInto(
    256,
    ids.map((id, i) => (id - (ids[i - 1] ?? 0)) & 0xff),
  )
  const portCounts = countInto(
    bins,
    ports.map((port) => Math.floor(((port - first) * bins) / range)),
  )
  const letters = countInto(2, capitals.map(Number))
  const spreads = { high, low, changes, ports: portCounts }
  return {
    chances: Object.entries(spreads).map(([what, counts]) => [what, chanceOf(counts)] as const),
    idBits: entropyOf(high) + entropyOf(low),
    portBits: entropyOf(portCounts) + Math.log2(range / bins),
    caseBits: entropyOf(letters) * LETTERS,
    isInRange: ports.every((port) => port >= first && port <= last),
  }
}

for (const { path, udp } of PATHS)
  t.test(
    `${path}: ${QUERIES[udp]} queries tell nothing of the next`,
    { skip: cannotTry(udp) },
    async (t) => {
      const found = await capture(t, udp)
      const verdict = judge(found, udp)
      t.ok(found.ids.length >= 20_000, `${found.ids.length} queries`)
      t.notOk(found.ids.includes(0), 'no id is 0')
      t.ok(found.mostFromOnePort <= PER_PORT[udp], `${found.mostFromOnePort} from one port`)
      t.ok(verdict.isInRange, 'ports of the range that the kernel has for it')
      const unlikely = verdict.chances.filter(([, chance]) => chance <= CHANCE_MIN)
      // One in a hundred fair spreads is as uneven as that, and then the next one is not; what is not fair stays so.
      const again = unlikely.length > 0 ? judge(await capture(t, udp), udp).chances : []
      for (const [what, chance] of verdict.chances) {
        const second = again.find(([other]) => other === what)?.[1] ?? 0
        t.ok(Math.max(chance, second) > CHANCE_MIN, `${what}: p ${chance.toFixed(3)}`)
      }
      const { idBits, portBits, caseBits } = verdict
      t.comment(
        `bits: id ${idBits.toFixed(2)}, port ${portBits.toFixed(2)}, case ${caseBits.toFixed(2)}`,
      )
      t.ok(
        idBits + portBits >= BITS_MIN,
        `${(idBits + portBits).toFixed(2)} bits without any letter`,
      )
      t.ok(idBits + caseBits >= 28, `${(idBits + caseBits).toFixed(2)} bits for who knows the port`)
    },
  )

t.test('no id is ever 0', (t) => {
  let zeros = 0
  // Of a million fair ones fifteen would be.
  for (let i = 0; i < 1_000_000; i++) if (newQueryId() === 0) zeros += 1
  t.equal(zeros, 0)
  t.end()
})

t.test('the id 0 of DNS over HTTPS is not passed on (GHSA-xgx4)', async (t) => {
  const upstream = await startRawUpstream(({ message, reply }) =>
    reply(
      replyTo(message, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, Buffer.of(192, 0, 2, 1))] }),
    ),
  )
  const server = await startPath(t, 'node', { upstreamPort: upstream.port, encrypted: true })
  t.teardown(() => upstream.close())
  for (let i = 0; i < 8; i++) {
    const query = queryOf({ id: 0, name: wireName(`doh${i}.example.org`) })
    const reply = await askRaw(query, { port: server.ports.doh, transport: 'doh' })
    t.equal(readReply(reply ?? query).answers.length, 1)
    t.equal(reply?.readUInt16BE(0), 0, 'the client has its own again')
  }
  const ids = upstream.asked.map(({ message }) => message.readUInt16BE(0))
  t.equal(ids.length, 8)
  t.notOk(ids.includes(0))
  t.ok(new Set(ids).size > 6, 'nor is there one id for all')
})
