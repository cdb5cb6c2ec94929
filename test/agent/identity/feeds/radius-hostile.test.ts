/** Packets by the thousand, and packets of chance. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { RadiusClients } from '#agent/identity/feeds/radius/radius-clients.ts'
import { RADIUS_OUTCOMES } from '#agent/identity/feeds/radius/radius-counts.ts'
import { type Judged, RadiusDesk } from '#agent/identity/feeds/radius/radius-desk.ts'
import { RADIUS_LIMITS } from '#agent/identity/feeds/radius/radius-limits.ts'
import { startRadius } from '#agent/identity/feeds/radius/start-radius.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { testFeedParts } from '#test/support/feed-parts.ts'
import {
  type Attribute,
  radiusRequest,
  radiusSender,
  signRequest,
} from '#test/support/radius-request.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const SECRET = 'correct-horse-battery'
const SENDER = '192.0.2.5'

const startOf = (i: number): readonly Attribute[] => [
  [40, 1],
  [44, `session-${i}`],
  [1, `SCHOOL\\user-${i}`],
  [
    31,
    `02-00-5E-${[i >> 16, (i >> 8) & 255, i & 255].map((byte) => byte.toString(16).padStart(2, '0')).join('-')}:School`,
  ],
  [8, Uint8Array.of(192, 0, 2, i & 127)],
  [32, 'controller'],
  [4, Uint8Array.of(192, 0, 2, 5)],
  [25, 'class-of-the-server'],
  [30, '02-00-5E-00-00-01:School'],
  [61, 19],
]

function makeDesk() {
  const clock = makeFakeWallClock()
  const parts = testFeedParts(clock)
  const rates = { mayCheck: () => true, charge: () => undefined }
  const desk = new RadiusDesk(parts, rates, () => undefined)
  const from = parseCidr('192.0.2.0/24')
  if (!from) throw new Error('no network')
  desk.use(new RadiusClients([{ from, name: '192.0.2.0/24', secret: Buffer.from(SECRET) }]), [
    'school',
  ])
  /** As if nothing ever waited. */
  const judge = (datagram: Buffer): Judged => {
    const admitted = desk.admit(datagram, SENDER)
    return admitted.kind === 'judged' ? admitted : desk.take(admitted)
  }
  return { ...parts, clock, desk, judge }
}

t.test('packets of chance, signed and not, never throw and never log anybody on', (t) => {
  const { judge, told } = makeDesk()
  const good = radiusRequest({ secret: SECRET, attributes: startOf(1), isSigned: true })
  // Not the two bytes that say that there is a Message-Authenticator.
  const places = Array.from(good.keys()).filter((at) => at !== 20 && at !== 21)
  const change = fc.record({ at: fc.constantFrom(...places), to: fc.nat(255) })
  let authentic = 0
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.nat(40),
      fc.boolean(),
      (changes, cut, isSigned) => {
        const packet = Buffer.from(good)
        for (const { at, to } of changes) packet[at] = to
        const sent = packet.subarray(0, packet.length - cut)
        if (isSigned) signRequest(sent, SECRET)
        const before = told.length
        const { outcome, answer } = judge(sent)
        if (!RADIUS_OUTCOMES.includes(outcome)) return false
        if (answer && !sent.equals(good)) authentic++
        // The Message-Authenticator covers every byte, so what is changed at all is nobody's word.
        return sent.equals(good) || (answer === undefined && told.length === before)
      },
    ),
    { numRuns: 20_000, seed: 7 },
  )
  t.equal(authentic, 0)
  const all = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    judge(Buffer.from(bytes))
    const signed = Buffer.concat([Buffer.from([4, 1, 0, 0]), Buffer.alloc(16), bytes])
    signed.writeUInt16BE(signed.length, 2)
    signRequest(signed, SECRET)
    judge(signed)
  })
  fc.assert(all, { numRuns: 20_000, seed: 8 })
  t.end()
})

t.test('sessions and copies are kept within their limits', (t) => {
  const { desk, clock, judge } = makeDesk()
  const more = 300
  for (let i = 0; i < RADIUS_LIMITS.sessions + more; i++) {
    const { outcome } = judge(radiusRequest({ secret: SECRET, attributes: startOf(i) }))
    if (outcome !== 'started') t.fail(`${i}: ${outcome}`)
  }
  t.equal(desk.book.size, RADIUS_LIMITS.sessions)
  t.equal(desk.book.forgotten, more)
  clock.advance(RADIUS_LIMITS.repeatMs + 1)
  const again = radiusRequest({ secret: SECRET, attributes: startOf(RADIUS_LIMITS.sessions) })
  t.equal(judge(again).outcome, 'replayed')
  const on: readonly Attribute[] = [
    [40, 7],
    [32, 'controller'],
    [4, Uint8Array.of(192, 0, 2, 5)],
  ]
  t.equal(judge(radiusRequest({ secret: SECRET, attributes: on })).outcome, 'restarted')
  t.equal(desk.book.size, 0)
  t.end()
})

async function startFlooded(t: Test) {
  const parts = testFeedParts()
  const secretFile = join(shortFolder(t), 'secret')
  writeFileSync(secretFile, SECRET)
  chmodSync(secretFile, 0o600)
  const from = parseCidr('127.0.0.1/32')
  if (!from) throw new Error('no network')
  const listen = [{ address: '127.0.0.1', port: 0 }]
  const feed = startRadius({ listen, clients: [{ from, secretFile }], realms: ['school'] }, parts)
  await feed.settled()
  t.teardown(() => feed.close())
  return { feed, ...parts }
}

t.test(
  '5,000 packets a second: rates and queue hold, and no turn of the event loop is long',
  async (t) => {
    const { feed, told } = await startFlooded(t)
    const seconds = 2
    const port = feed.listening()[0]?.port ?? 0
    const sender = await radiusSender(port)
    const stranger = await radiusSender(port, '127.0.0.2')
    // Every fifth is of somebody who has another secret, every fifth of a stranger.
    const packets = Array.from({ length: 5_000 * seconds }, (_, i) =>
      radiusRequest({
        id: i & 255,
        secret: i % 5 === 3 ? 'not-the-secret-at-all' : SECRET,
        attributes: startOf(i),
      }),
    )
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    let queuedMost = 0
    for (let sent = 0; sent < packets.length; ) {
      for (const packet of packets.slice(sent, sent + 50)) {
        const by = sent++ % 5 === 4 ? stranger : sender
        by.send(packet)
      }
      queuedMost = Math.max(queuedMost, feed.readings().queued)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    delay.disable()
    await until('the queue is empty', () => feed.readings().queued === 0)
    const { outcomes } = feed.readings()
    t.comment(
      `${JSON.stringify(outcomes)}; at most ${queuedMost} queued; event loop p99 ${(delay.percentile(99) / 1e6).toFixed(1)} ms`,
    )
    t.ok(queuedMost <= RADIUS_LIMITS.queuedPackets)
    t.ok(outcomes['client-rate'] > 500, 'the rate of one client was reached')
    t.ok(outcomes['wrong-secret'] > 500)
    t.ok(outcomes.stranger > 1_000)
    const most =
      RADIUS_LIMITS.clientPacketBurst + RADIUS_LIMITS.clientPacketsPerSecond * (seconds + 3)
    t.ok(outcomes.started <= most, 'no more than the rate allows')
    t.ok(outcomes.started > RADIUS_LIMITS.clientPacketBurst / 2, 'those within it are told')
    t.equal(told.length, outcomes.started)
    await Promise.all([sender.close(), stranger.close()])
  },
)

t.test('what one packet costs', (t) => {
  const { judge } = makeDesk()
  const packets = Array.from({ length: 5_000 }, (_, i) =>
    radiusRequest({ secret: SECRET, attributes: startOf(i) }),
  )
  const wrong = radiusRequest({ secret: 'not-the-secret-at-all', attributes: startOf(1) })
  const cost = (work: () => void, times: number): string => {
    const { user, system } = process.cpuUsage()
    work()
    const after = process.cpuUsage()
    return ((after.user - user + after.system - system) / times).toFixed(1)
  }
  const right = cost(() => packets.forEach((packet) => judge(packet)), packets.length)
  const refused = cost(() => packets.forEach(() => judge(wrong)), packets.length)
  t.comment(`CPU a packet: ${right} us for a Start, ${refused} us for a wrong secret`)
  t.ok(Number(right) < 1_000, 'far from anything that is felt')
  t.end()
})
