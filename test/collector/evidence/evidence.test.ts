/** Checks and decisions over the real store: what a check comes to, and that nothing kept is ever changed. */
import { join } from 'node:path'
import t from 'tap'
import { EVIDENCE_LIMITS } from '#collector/config/evidence-limits.ts'
import { CHECK_SUBJECTS } from '#collector/evidence/check-subjects.ts'
import { makeEvidenceBook } from '#collector/evidence/evidence-book.ts'
import type { CheckFacts, DecisionFacts } from '#collector/evidence/evidence-entry.ts'
import { judgeCheck } from '#collector/evidence/judge-check.ts'
import { makeCheckReads } from '#collector/evidence/read-checks.ts'
import { isDue, makeDecisionReads } from '#collector/evidence/read-decisions.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'

const check: CheckFacts = {
  device: 'Laptop 7',
  deviceKind: 'laptop',
  room: 'Room 12',
  network: '',
  group: 'ks3',
  tried: 'harm.selfharm',
  name: 'canary-harm-selfharm.test',
  expected: 'blocked',
  seen: 'block-page',
  toldIn: ['ks3'],
  finding: 'as-expected',
  note: '',
}
const decision: DecisionFacts = {
  area: 'blocked',
  title: 'Gambling is blocked for all',
  reason: 'Law',
  decidedBy: 'Head',
  decidedOn: '2026-09-01',
  reviewOn: '2027-09-01',
}

function idOf(kept: string | Failure): string {
  if (isFailure(kept)) throw new Error(kept.detail)
  return kept
}

t.test('what a check comes to', async (t) => {
  const ks3 = [{ group: 'ks3', isBlocked: true }]
  const watched = [{ group: 'ks3', isBlocked: false }]
  const rows = [
    ['blocked', 'block-page', ks3, 'as-expected'],
    ['blocked', 'did-not-open', ks3, 'as-expected'],
    ['blocked', 'block-page', [], 'not-heard'],
    ['blocked', 'did-not-open', [], 'not-heard'],
    ['blocked', 'opened', ks3, 'opened'],
    ['blocked', 'block-page', [{ group: 'staff', isBlocked: true }], 'other-group'],
    ['blocked', 'did-not-open', watched, 'only-watched'],
    ['blocked', 'did-not-open', [...watched, ...ks3], 'as-expected'],
    ['watched', 'did-not-open', watched, 'as-expected'],
    ['watched', 'did-not-open', ks3, 'blocked-needlessly'],
    ['watched', 'block-page', watched, 'blocked-needlessly'],
    ['watched', 'did-not-open', [], 'not-heard'],
    ['opens', 'opened', [], 'as-expected'],
    ['opens', 'did-not-open', [], 'did-not-open'],
    ['opens', 'block-page', [], 'did-not-open'],
  ] as const
  for (const [expected, seen, notices, finding] of rows)
    t.equal(
      judgeCheck({ expected, seen, group: 'ks3', notices }),
      finding,
      `${expected}, ${seen}, ${notices.length} told`,
    )
})

t.test('every kind that is told can be tried by a name that is nobody’s', async (t) => {
  t.ok(CHECK_SUBJECTS.length > 20)
  t.same(
    CHECK_SUBJECTS.filter(
      ({ name, id }) => !/^canary-[a-z-]+\.test$/.test(name) && id !== 'lesson-site',
    ),
    [],
  )
  t.ok(CHECK_SUBJECTS.some(({ id }) => id === 'illegal.csam'))
})

t.test('rows are added, read by filter, and never changed', async (t) => {
  const db = openCollectorFile(join(t.testdir(), 'collector.sqlite'))
  t.teardown(() => db.close())
  const clock = makeFakeWallClock(1_000_000)
  const limits = { ...EVIDENCE_LIMITS, rowsMax: 7 }
  const book = makeEvidenceBook(db, { tenant: 'local', clock, limits })
  const keep = (facts: CheckFacts): string => {
    clock.advance(1000)
    return idOf(book.keep({ kind: 'check-made', facts }, { who: 'Ada' }))
  }
  const good = keep(check)
  const bad = keep({ ...check, group: 'ks4', finding: 'opened', seen: 'opened' })
  const odd = keep({ ...check, tried: 'adult.porn', finding: 'not-heard', toldIn: [] })
  const other = makeEvidenceBook(db, { tenant: 'elsewhere', clock, limits })
  other.keep({ kind: 'check-made', facts: check }, { who: 'Eve' })

  const reads = makeCheckReads(db, 'local')
  const ids = (filter: Parameters<typeof reads.list>[0], limit = 10): readonly string[] =>
    reads.list(filter, { before: Number.MAX_SAFE_INTEGER, limit }).map(({ id }) => id)
  t.same(ids({}), [odd, bad, good], 'newest first, of this school alone')
  t.same(ids({}, 2), [odd, bad])
  t.same(ids({ result: 'failed' }), [bad])
  t.same(ids({ result: 'unclear' }), [odd])
  t.same(ids({ group: 'ks4' }), [bad])
  t.same(ids({ tried: 'harm.selfharm' }), [bad, good])
  t.same(ids({ isOpen: true }), [odd, bad])
  t.same(ids({ fromMs: 1_002_000, toMs: 1_003_000 }), [bad])
  t.same(reads.one(bad)?.facts.group, 'ks4')
  t.equal(reads.one('none'), undefined)

  book.keep(
    { kind: 'check-followed-up', facts: { text: 'Seen', isSettled: false } },
    { who: 'Ada', subject: bad },
  )
  t.same(ids({ isOpen: true }), [odd, bad], 'a note alone settles nothing')
  book.keep(
    { kind: 'check-followed-up', facts: { text: 'Mended', isSettled: true } },
    { who: 'Ada', subject: bad },
  )
  t.same(ids({ isOpen: true }), [odd])
  t.same(
    reads.followUps(bad, 10).map(({ facts }) => facts.text),
    ['Seen', 'Mended'],
  )
  t.same(
    reads
      .counts()
      .map(({ tried, finding, isSettled, count }) => [tried, finding, isSettled, count]),
    [
      ['adult.porn', 'not-heard', false, 1],
      ['harm.selfharm', 'as-expected', false, 1],
      ['harm.selfharm', 'opened', true, 1],
    ],
  )

  const made = idOf(book.keep({ kind: 'decision-made', facts: decision }, { who: 'Ada' }))
  const decisions = makeDecisionReads(db, 'local')
  t.equal(decisions.one(made)?.reviewOn, '2027-09-01')
  t.ok(isDue({ reviewOn: '2027-09-01' }, '2027-09-01'))
  t.notOk(isDue({ reviewOn: '2027-09-01' }, '2027-08-31'))
  t.notOk(isDue({ reviewOn: undefined }, '2099-01-01'), 'what ended is never due')
  const amend = (outcome: 'kept' | 'ended', reviewOn: string): unknown =>
    book.keep(
      { kind: 'decision-amended', facts: { outcome, text: 'r', decidedBy: 'Head', reviewOn } },
      { who: 'Ada', subject: made },
    )
  amend('kept', '2028-09-01')
  t.equal(decisions.one(made)?.reviewOn, '2028-09-01')
  t.match(amend('ended', ''), { failure: 'book-full' }, 'seven rows and no more')
  t.equal(decisions.one(made)?.amendments.length, 1)
  t.equal(book.verify(), 7)

  t.throws(() => db.exec("UPDATE evidence SET who = 'x'"), /never changed/)
  t.throws(() => db.exec('DELETE FROM evidence'), /never deleted/)
  db.exec('DROP TRIGGER evidence_no_update')
  db.exec("UPDATE evidence SET who = 'Mallory' WHERE tenant_id = 'local' AND sequence = 2")
  t.match(book.verify(), { failure: 'broken-chain', detail: /row 2 / })
})
