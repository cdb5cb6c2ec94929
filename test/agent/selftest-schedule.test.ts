import t from 'tap'
import { newestProofAt, ProofLog } from '#agent/proof/proof-log.ts'
import { startSelftestSchedule } from '#agent/selftest/selftest-schedule.ts'
import { handTime } from '#test/support/hand-time.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const MINUTE_MS = 60_000

/** A box whose self-test finds nothing and keeps that, with a clock that goes on when it is off. */
function makeBox(stateDir: string) {
  const time = handTime()
  const proof = new ProofLog({ stateDir, onFault: (text) => t.fail(text) })
  const minutes: number[] = []
  const startedAt = time.clock.wallMs()
  const run = (): void => {
    const at = time.clock.wallMs()
    minutes.push((at - startedAt) / MINUTE_MS)
    const found = { passed: 1, failed: 0, unknown: 0, right: {}, failures: [] }
    proof.add({ v: 1, at, policy: 'a', ...found })
  }
  return {
    minutes,
    on: () => startSelftestSchedule({ ...time, lastAt: () => newestProofAt(stateDir), run }),
    pass: async (amount: number): Promise<void> => {
      time.advance(amount * MINUTE_MS)
      await proof.flush()
    },
  }
}

t.test('five minutes after the start, then every hour, until it is ended', async (t) => {
  const box = makeBox(shortFolder(t))
  const end = box.on()
  await box.pass(200)
  t.same(box.minutes, [5, 65, 125, 185])
  end()
  await box.pass(200)
  t.equal(box.minutes.length, 4)
})

t.test('a box that is started over and over leaves no hour without evidence', async (t) => {
  const box = makeBox(shortFolder(t))
  const end = box.on()
  await box.pass(7)
  end()
  for (let start = 0; start < 60; start++) {
    const off = box.on()
    await box.pass(4)
    off()
  }
  const gaps = box.minutes.slice(1).map((minute, at) => minute - (box.minutes[at] ?? 0))
  t.ok(box.minutes.length >= 4, box.minutes.join(' '))
  t.ok(
    gaps.every((gap) => gap >= 60 && gap <= 66),
    gaps.join(' '),
  )
})

t.test('a clock that was set back makes it neither haste nor wait', async (t) => {
  const folder = shortFolder(t)
  const ahead = makeBox(folder)
  ahead.on()
  await ahead.pass(60 * 24)
  const box = makeBox(folder)
  box.on()
  await box.pass(10)
  t.same(box.minutes, [5])
})
