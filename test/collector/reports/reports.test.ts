import t from 'tap'
import { weekOf } from '#collector/alerts/learning.ts'
import { readHalfTermReport } from '#collector/reports/half-term-report.ts'
import { readReview } from '#collector/reports/review.ts'
import { initialsOf, readDigest } from '#collector/reports/weekly-digest.ts'
import { blocked, DAY, event, HOUR, openAlertLab, START, signal } from '#test/support/alert-lab.ts'
import { makeStatus } from '#test/support/collector-client.ts'

const WEEK = { tenant: 'local', fromMs: START - DAY, toMs: START + 6 * DAY }

t.test(
  'a week as counts for a mail, initials for the page, and no name for governors',
  async (t) => {
    const lab = openAlertLab(t.testdir(), { isSimulated: true })
    t.teardown(() => lab.close())
    const { db, send, take, desk, store, alerts } = lab
    const lookup = (
      user: string,
      site: string,
      category: 'harm.suicide' | 'illegal.csam' = 'harm.suicide',
    ) => event(blocked({ category, at: START, user, site, signal: signal({ site }) }))
    const bypass = (address: string) =>
      event({
        kind: 'bypass-noticed',
        group: 'Year 9',
        client: { address },
        grade: 'high',
        rule: 'tunnel',
        evidence: [{ sign: 'vpn-used', count: 9, firstAt: START, lastAt: START, samples: [] }],
        firstAt: START,
        lastAt: START,
      })
    await send(
      [
        lookup('anna.person', 'one.test'),
        lookup('anna.person', 'two.test'),
        lookup('bert.other@school.example', 'film.test'),
        lookup('carl.third', 'never-shown.test', 'illegal.csam'),
        event(
          blocked({
            category: 'harm.suicide',
            at: START,
            user: 'a.teacher',
            profile: 'staff',
            signal: signal(),
          }),
        ),
        bypass('192.0.2.7'),
        bypass('192.0.2.8'),
        event({
          kind: 'unblock-requested',
          request: 'r1',
          group: 'Year 9',
          name: 'lesson.test',
          why: 'w',
          count: 3,
        }),
        event({ kind: 'selftest-changed', passed: 9, failed: 1, unknown: 0, failures: [] }),
        event({ kind: 'policy-applied', policy: 'p' }),
      ],
      START,
    )
    await store.takeStatus(
      { tenant: 'local', appliance: 'box' },
      {
        report: makeStatus('box', {
          identity: {
            devices: 80,
            people: 60,
            queries: { certain: 60, strong: 30, fair: 5, weak: 5, none: 0 },
          },
        }),
        signedAt: START,
        receivedAt: START,
      },
    )
    take(START)
    desk.look(START + HOUR)
    for (const { id, subject } of alerts()) {
      if (subject.kind !== 'person' || !/bert|carl/.test(subject.user)) continue
      const on = { tenant: 'local', alert: id }
      desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START + 2 * HOUR)
      const decision = 'false-positive:wrong-category'
      desk.act(
        { ...on, kind: 'close', decision, reason: 'r', action: 'a', outcome: 'o' },
        'dsl',
        START + 3 * HOUR,
      )
    }

    const digest = readDigest(db, WEEK, START + HOUR)
    t.match(digest.counts.alerts, {
      opened: [
        { theme: 'illegal', severity: 'critical', count: 1 },
        { theme: 'suicide', severity: 'critical', count: 2 },
      ],
      unacknowledged: [{ severity: 'critical', count: 1 }],
      open: 1,
      answered: [{ severity: 'critical', acknowledgedAfterMs: 2 * HOUR, closedAfterMs: 3 * HOUR }],
      isSimulated: true,
    })
    t.match(digest.counts, { policyChanges: 1, demotionsProposed: 0, overBlocked: 2 })
    t.same(digest.counts.coverage, {
      boxes: 1,
      heardLately: 1,
      devices: 80,
      identifiedRatio: 0.9,
      cannotNotice: ['self-harm', 'suicide'],
      lastTest: { at: START, passed: 9, failed: 1, unknown: 0 },
    })
    t.match(digest.people.toReview, [{ initials: 'A. P.', theme: 'suicide', events: 2 }])
    t.same(digest.circumvention, [{ group: 'Year 9', devices: 2 }])
    t.same(digest.overBlocked, [
      { name: 'lesson.test', asked: 3, wrongCategory: 0 },
      { name: 'film.test', asked: 0, wrongCategory: 1 },
    ])
    const report = readHalfTermReport(db, WEEK, START + HOUR)
    t.match(report.alerts.decisions, [
      { theme: 'illegal', decision: 'false-positive:wrong-category', count: 1 },
      { theme: 'suicide', decision: 'false-positive:wrong-category', count: 1 },
    ])
    t.same(report.alerts.openedByWeek, [
      { theme: 'illegal', week: weekOf(START), count: 1 },
      { theme: 'suicide', week: weekOf(START), count: 2 },
    ])
    for (const text of [JSON.stringify(digest.counts), JSON.stringify(report)])
      t.notMatch(text, /anna|A\. P\.|bert|carl|Year 9|192\.0\.2|\.test/)
    t.notMatch(JSON.stringify(digest), /never-shown|teacher/)
  },
)

t.test('initials are of names, however they are written', async (t) => {
  const of = (user: string) => initialsOf({ kind: 'person', user })
  t.equal(of('Anna Maria Person'), 'A. M. P.')
  t.equal(of('éva.person@school.example'), 'É. P.')
  t.equal(of('...'), '')
  t.equal(initialsOf({ kind: 'device', id: '192.0.2.1' }), '')
})

t.test('a line that was down when the span began is down in it, and only in it', async (t) => {
  const lab = openAlertLab(t.testdir())
  t.teardown(() => lab.close())
  const changed = (to: 'up' | 'down', since: number) => ({
    ...event({
      kind: 'link-changed',
      from: to === 'up' ? 'down' : 'up',
      to,
      cause: 'line',
      detail: '',
      since,
    }),
    at: since,
  })
  const { fromMs, toMs } = WEEK
  await lab.send(
    [
      changed('down', fromMs - HOUR),
      changed('up', fromMs + 2 * HOUR),
      changed('down', toMs - HOUR),
      changed('up', toMs + 3 * HOUR),
    ],
    START,
  )
  await lab.send([changed('down', fromMs - 2 * HOUR), changed('up', fromMs - HOUR)], START, 'well')
  await lab.send([changed('down', fromMs - 2 * HOUR)], START, 'gone')
  t.same(readReview(lab.db, WEEK, toMs + DAY).outages, [
    { appliance: 'box', count: 2, totalMs: 3 * HOUR, longestMs: 2 * HOUR },
    { appliance: 'gone', count: 1, totalMs: toMs - fromMs, longestMs: toMs - fromMs },
  ])
})
