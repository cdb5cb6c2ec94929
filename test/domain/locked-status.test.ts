import t from 'tap'
import {
  isLockedWanting,
  LOCKED_OLD_MS,
  LOCKED_STALE_MS,
  type LockedStatus,
  lockedFault,
  lockedSentence,
} from '#domain/locked-status.ts'

const NOW = 1_800_000_000_000
const whole: LockedStatus = {
  kind: 'in-force',
  publisher: 'P',
  serial: 3,
  madeAt: NOW,
  names: { 'illegal.csam': 10, 'illegal.terror': 2, 'illegal.other': 1 },
}

t.test('no state of the bundle is called compliant; those that are not say so', async (t) => {
  const none = { kind: 'none' } as const
  const lost = { kind: 'lost', problem: 'locked.bundle is gone' } as const
  t.equal(lockedSentence(none, NOW), 'illegal-content lists not installed: not compliant')
  t.match(lockedSentence(lost, NOW), /not in force: not compliant; locked\.bundle is gone$/)
  const half = { ...whole, names: { 'illegal.csam': 10, 'illegal.terror': 0 } }
  t.match(
    lockedSentence(half, NOW),
    /incomplete: not compliant; no names of unlawful terrorist content;/,
  )
  t.equal(
    lockedSentence(whole, NOW),
    'illegal-content list in force, whole names only; publisher P, serial 3, 0 h old; child sexual abuse material 10, unlawful terrorist content 2, other illegal content 1',
  )
  t.same(
    [none, lost, half, whole].map((one) => isLockedWanting(one, NOW)),
    [true, true, true, false],
  )
  t.same(
    [none, half, whole].map((one) => lockedFault(one, NOW)),
    [undefined, undefined, undefined],
  )
  t.match(lockedFault(lost, NOW), /not compliant/)
  const odd = { ...whole, names: { ...whole.names, constructor: 7 } }
  t.match(lockedSentence(odd, NOW), /; constructor 7$|, constructor 7$/)
})

t.test(
  'age is told after a day and is a fault after three, and no clock makes it negative',
  async (t) => {
    const told = (nowMs: number) =>
      [lockedSentence(whole, nowMs), lockedFault(whole, nowMs)] as const
    t.notMatch(told(NOW + LOCKED_OLD_MS)[0], /should have come/)
    t.match(told(NOW + LOCKED_OLD_MS + 1), [/24 h old; a newer one should have come/, undefined])
    t.equal(told(NOW + LOCKED_STALE_MS)[1], undefined)
    t.match(told(NOW + LOCKED_STALE_MS + 1)[1], /72 h old: ask its publisher/)
    t.match(told(NOW - 5 * LOCKED_STALE_MS), [/ 0 h old/, undefined])
    t.match(lockedFault({ ...whole, problem: 'gone' }, NOW), /memory only.*gone/)
  },
)
