/**
 * TuDoor, and floods of wrong ids: whoever is early with something broken must not keep the good answer from coming, nor get an upstream a bad
 * name (CVE-2023-26437). In raw bytes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { AT_QUESTION, recordOf, replyTo, TYPE } from '#test/rfc/raw-message.ts'
import type { PipelineServer } from '#test/support/pipeline-server.ts'
import { type RawQuery, type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'
import { addressesOf, cannotTry, lookUp, PATHS, startPath, type UdpPath } from './both-paths.ts'

const GOOD = '192.0.2.1'
const EVIL = '203.0.113.66'
const COUNTS = [1, 1_000] as const
const LATE_MS = 60

function answer(query: Buffer, address: string): Buffer {
  const data = Buffer.from(address.split('.').map(Number))
  return replyTo(query, { answers: [recordOf(AT_QUESTION, TYPE.A, 300, data)] })
}

function changed(message: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(message)
  change(copy)
  return copy
}

function xorId(message: Buffer): Buffer {
  return changed(message, (copy) => copy.writeUInt16BE(copy.readUInt16BE(0) ^ 0x5a5a, 0))
}

/** By the first label. */
const BAD: Readonly<Record<string, (good: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  short: (good) => good.subarray(0, 11),
  cut: (good) => good.subarray(0, 14),
  'qr-0': (good) => changed(good, (copy) => copy.writeUInt16BE(0x0100, 2)),
  'wrong-id': xorId,
  'wrong-name': (good) => changed(good, (copy) => copy.writeUInt8(copy[13]! ^ 1, 13)),
  'wrong-type': (good) => changed(good, (copy) => copy.writeUInt16BE(28, good.indexOf(0, 12) + 1)),
  'no-question': (good) => changed(good, (copy) => copy.writeUInt16BE(0, 4)),
  'wrong-id-refused': (good) => changed(xorId(good), (copy) => copy.writeUInt16BE(0x8185, 2)),
  'wrong-id-formerr': (good) => changed(xorId(good), (copy) => copy.writeUInt16BE(0x8181, 2)),
  'wrong-id-truncated': (good) => changed(xorId(good), (copy) => copy.writeUInt16BE(0x8380, 2)),
  // What ICMP quotes: the query itself.
  quoted: (good) => changed(good, (copy) => copy.writeUInt32BE(0x01000001, 2)).subarray(0, 28),
}

/** Sends what is bad so many times, and then the answer. */
async function attack({ message, name, reply }: RawQuery): Promise<void> {
  const [kind = '', count = ''] = name.toLowerCase().split('.')
  const forged = BAD[kind]?.(answer(message, EVIL)) ?? Buffer.alloc(0)
  for (let i = 0; i < Number(count); i++) {
    reply(forged)
    if (i % 50 === 49) await new Promise(setImmediate)
  }
  await sleep(LATE_MS)
  reply(answer(message, GOOD))
}

async function start(
  t: Test,
  udp: UdpPath,
  answerTcp?: (message: Buffer) => Buffer,
): Promise<{ server: PipelineServer; upstream: RawUpstream }> {
  const upstream = await startRawUpstream((query) => void attack(query), answerTcp)
  t.teardown(() => upstream.close())
  const server = await startPath(t, udp, { upstreamPort: upstream.port })
  return { server, upstream }
}

function askedFor({ asked, askedByTcp }: RawUpstream, name: string): number {
  const byTcp = askedByTcp.map((message) => message.toString('latin1').toLowerCase())
  const label = name.split('.', 1)[0] ?? ''
  return (
    asked.filter((one) => one.name.toLowerCase() === name).length +
    byTcp.filter((text) => text.includes(`${String.fromCharCode(label.length)}${label}`)).length
  )
}

for (const { path, udp } of PATHS) {
  const skip = cannotTry(udp)

  t.test(`${path}: the good answer comes, without TCP too`, { skip }, async (t) => {
    const { server, upstream } = await start(t, udp)
    for (const count of COUNTS)
      for (const kind of Object.keys(BAD)) {
        const name = `${kind}.${count}.test`
        t.same(addressesOf(await lookUp(server, name)), [GOOD], name)
        t.ok(askedFor(upstream, name) <= 3)
        t.equal(server.upstreams.upstreams[0]?.health.isResting, false)
      }
  })

  t.test(`${path}: the first bad one starts TCP, once`, { skip }, async (t) => {
    const { server, upstream } = await start(t, udp, (message) => answer(message, GOOD))
    for (const count of COUNTS)
      for (const kind of Object.keys(BAD)) {
        const before = upstream.askedByTcp.length
        const name = `${kind}.${count}.test`
        t.same(addressesOf(await lookUp(server, name)), [GOOD], name)
        t.equal(upstream.askedByTcp.length - before, 1, `${name}: TCP`)
      }
    t.equal(server.upstreams.upstreams[0]?.health.isResting, false)
    t.equal(upstream.asked.length, COUNTS.length * Object.keys(BAD).length, 'and UDP no more')
  })

  t.test(`${path}: a late or double answer is no attack`, { skip }, async (t) => {
    const upstream = await startRawUpstream(
      ({ message, reply }) => {
        for (let i = 0; i < 3; i++) reply(answer(message, GOOD))
        setTimeout(() => reply(answer(message, GOOD)), 30)
      },
      (message) => answer(message, EVIL),
    )
    t.teardown(() => upstream.close())
    const server = await startPath(t, udp, { upstreamPort: upstream.port })
    for (let i = 0; i < 20; i++) t.same(addressesOf(await lookUp(server, `www${i}.test`)), [GOOD])
    t.equal(upstream.askedByTcp.length, 0)
    if (udp === 'batch') t.equal(new Set(upstream.asked.map(({ port }) => port)).size, 1)
  })
}
