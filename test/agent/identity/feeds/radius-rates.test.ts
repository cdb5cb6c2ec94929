/** Whose rate a packet uses up: nobody but the client its own, and everybody together the signatures that are looked at. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RadiusOutcome } from '#agent/identity/feeds/radius/radius-counts.ts'
import { RADIUS_LIMITS } from '#agent/identity/feeds/radius/radius-limits.ts'
import { startRadius } from '#agent/identity/feeds/radius/start-radius.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { testFeedParts } from '#test/support/feed-parts.ts'
import { type Attribute, radiusRequest, radiusSender } from '#test/support/radius-request.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const SECRET = 'correct-horse-battery'
const CONTROLLER = '127.0.0.5'
/** So few that none is lost before the box has it. */
const AT_ONCE = 50

const startOf = (i: number): readonly Attribute[] => [
  [40, 1],
  [44, `session-${i}`],
  [1, `user-${i}`],
  [8, Uint8Array.of(192, 0, 2, 1 + (i % 200))],
]
const genuine = (i: number): Buffer => radiusRequest({ secret: SECRET, attributes: startOf(i) })

/** Time stands still, so that a rate gives its burst and no more. */
async function startLab(t: Test) {
  const clock = makeFakeWallClock()
  const parts = testFeedParts(clock)
  const secretFile = join(shortFolder(t), 'secret')
  writeFileSync(secretFile, SECRET, { mode: 0o600 })
  const from = parseCidr(`${CONTROLLER}/32`)
  if (!from) throw new Error('no network')
  const listen = [{ address: '127.0.0.1', port: 0 }]
  const feed = startRadius({ listen, clients: [{ from, secretFile }], realms: [] }, parts)
  await feed.settled()
  const port = feed.listening()[0]?.port ?? 0
  const [controller, spoofer] = [
    await radiusSender(port, CONTROLLER),
    await radiusSender(port, CONTROLLER),
  ]
  t.teardown(async () => {
    await Promise.all([controller.close(), spoofer.close()])
    await feed.close()
  })
  const count = (outcome: RadiusOutcome): number => feed.readings().outcomes[outcome]
  const total = (): number =>
    Object.values(feed.readings().outcomes).reduce((sum, one) => sum + one, 0)
  let sent = 0
  return {
    ...parts,
    clock,
    controller,
    spoofer,
    count,
    /** Sends so many with the controller's address; resolves when each is counted. */
    flood: async (times: number, packetOf: (i: number) => Buffer) => {
      sent = total()
      for (let i = 0; i < times; i++) {
        spoofer.send(packetOf(i))
        if (++sent % AT_ONCE === 0) await until('it is counted', () => total() >= sent)
      }
      await until('all are counted', () => total() >= sent)
    },
  }
}

t.test('wrong signatures use up what may be looked at, and nothing of the client', async (t) => {
  const { flood, controller, spoofer, count, told, clock } = await startLab(t)
  const { checkBurst } = RADIUS_LIMITS
  const wrong = (i: number): Buffer =>
    radiusRequest({ id: i & 255, secret: 'another', attributes: startOf(i) })
  t.ok(checkBurst > RADIUS_LIMITS.clientPacketBurst, 'more than the client itself may send')
  await flood(checkBurst - 1, wrong)
  t.equal(count('wrong-secret'), checkBurst - 1)
  t.ok(await controller.ask(genuine(1)), 'the client is heard')
  await flood(70, wrong)
  t.match([count('wrong-secret'), count('check-rate')], [checkBurst - 1, 70])
  clock.advance(1)
  await flood(100, wrong)
  const more = RADIUS_LIMITS.checksPerSecond / 1_000
  t.match([count('wrong-secret'), count('check-rate')], [checkBurst - 1 + more, 170 - more])
  clock.advance(1)
  t.ok(await controller.ask(genuine(2)), 'and again when the flood is over')
  t.same([count('started'), count('client-rate'), told.length], [2, 0, 2])
  t.equal(spoofer.answers.length, 0)
})

t.test('copies use up nothing of the client, and are answered a few times', async (t) => {
  const { flood, controller, spoofer, count, told, clock } = await startLab(t)
  const { repeatsAnswered, clientPacketBurst } = RADIUS_LIMITS
  const recorded = genuine(1)
  const answer = await controller.ask(recorded)
  t.ok(answer)
  await flood(clientPacketBurst + 50, () => recorded)
  t.equal(count('repeated'), repeatsAnswered)
  t.equal(count('replayed'), clientPacketBurst + 50 - repeatsAnswered)
  await until('the answers are in', () => spoofer.answers.length === repeatsAnswered)
  t.ok(spoofer.answers.every((one) => answer && one.equals(answer)))
  t.ok(await controller.ask(genuine(2)), 'the client is heard')
  clock.advance(RADIUS_LIMITS.repeatMs + 1)
  await flood(1, () => recorded)
  t.equal(count('replayed'), clientPacketBurst + 51 - repeatsAnswered, 'a late copy is a replay')
  t.equal(told.length, 2)
})

t.test('what is signed and malformed, or old, uses up nothing of the client', async (t) => {
  const { flood, controller, count, told, clock } = await startLab(t)
  const { clientPacketBurst, clockSkewSeconds } = RADIUS_LIMITS
  const late = Math.floor(clock.wallMs() / 1000) - clockSkewSeconds - 2
  const malformed = radiusRequest({
    secret: SECRET,
    attributes: [...startOf(1).slice(0, 3), [8, Uint8Array.of(192, 0, 2)]],
  })
  const old = radiusRequest({ secret: SECRET, attributes: [...startOf(1), [55, late]] })
  await flood(clientPacketBurst, (i) => (i % 2 === 0 ? malformed : old))
  t.match([count('malformed-attribute'), count('clock')], Array(2).fill(clientPacketBurst / 2))
  t.ok(await controller.ask(genuine(1)), 'the client is heard')
  t.equal(told.length, 1)
})

t.test('a client that tells too much is heard again, with what was not taken', async (t) => {
  const { flood, controller, count, clock } = await startLab(t)
  const { clientPacketBurst } = RADIUS_LIMITS
  await flood(clientPacketBurst, genuine)
  t.equal(count('started'), clientPacketBurst)
  const one = genuine(clientPacketBurst)
  controller.send(one)
  await until('it is counted', () => count('client-rate') === 1)
  clock.advance(1_000)
  t.ok(await controller.ask(one))
  t.match([count('started'), count('repeated')], [clientPacketBurst + 1, 0])
})
