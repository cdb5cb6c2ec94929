/** Alerts of made-up names by which the filter is tried: told apart from real ones, and never with one. */
import t from 'tap'
import { readAlertFigures } from '#collector/reports/alert-figures.ts'
import { readDigest } from '#collector/reports/weekly-digest.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import {
  blocked,
  event,
  HOUR,
  MINUTE,
  openAlertLab,
  START,
  signal,
} from '#test/support/alert-lab.ts'

const REAL = { category: 'harm.suicide', signal: signal() } as const
const TRIAL = { ...REAL, site: 'canary-harm-suicide.test', list: CANARIES_LIST } as const

t.test(
  'a real lookup after a trial from the same person has an alert of its own, and is told',
  async (t) => {
    const lab = openAlertLab(undefined)
    t.teardown(() => lab.close())
    await lab.send([event(blocked({ ...TRIAL, at: START }))], START)
    lab.take(START)
    const [trial] = lab.alerts()
    t.match(trial, {
      isTrial: true,
      theme: 'suicide',
      subject: { kind: 'person', user: 'a.pupil' },
    })
    t.match(lab.told(), [{ what: /^raise opened safeguarding \w+ trial$/ }])
    const act = (command: Parameters<typeof lab.desk.act>[0]) =>
      lab.desk.act(command, 'd.lead', START)
    const ofTrial = { tenant: 'local', alert: trial?.id ?? '' }
    t.match(act({ ...ofTrial, kind: 'acknowledge' }), { state: 'acknowledged' })

    await lab.send([event(blocked({ ...REAL, at: START + MINUTE }))], START + MINUTE)
    lab.take(START + MINUTE)
    const real = lab.alerts().find(({ isTrial }) => !isTrial)
    t.match(real, { state: 'new', theme: 'suicide', subject: { user: 'a.pupil' } })
    t.match(lab.told().at(-1), {
      alert: real?.id,
      what: `raise opened safeguarding ${real?.severity}`,
    })
    t.equal(lab.eventsOf(trial?.id ?? '').length, 1)

    await lab.send([event(blocked({ ...TRIAL, at: START + 2 * MINUTE }))], START + 2 * MINUTE)
    lab.take(START + 2 * MINUTE)
    t.equal(lab.eventsOf(real?.id ?? '').length, 1, 'nor does a trial become part of what is real')
    t.equal(lab.eventsOf(trial?.id ?? '').length, 2)

    const apart = { failure: 'cannot-merge', detail: /stay apart/ }
    t.match(act({ ...ofTrial, kind: 'merge', why: 'one case', into: real?.id ?? '' }), apart)
    t.match(
      act({
        tenant: 'local',
        alert: real?.id ?? '',
        kind: 'merge',
        why: 'one case',
        into: ofTrial.alert,
      }),
      apart,
    )
    t.equal(lab.told().filter(({ what }) => what.startsWith('raise')).length, 2)
  },
)

t.test('trials count in no figure, teach nothing and make no trend', async (t) => {
  const lab = openAlertLab(undefined)
  t.teardown(() => lab.close())
  const pupils = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((user) =>
    event(
      blocked({ ...TRIAL, user, at: START, signal: signal({ isNew: true, site: TRIAL.site }) }),
    ),
  )
  await lab.send([...pupils, event(blocked({ ...REAL, at: START }))], START)
  lab.take(START)
  t.equal(lab.alerts().length, 7)
  t.notOk(lab.alerts().some(({ subject }) => subject.kind === 'school'))
  const week = { tenant: 'local', fromMs: START, toMs: START + 2 * HOUR }
  const { toReview } = readDigest(lab.db, week, START + HOUR).people
  t.match(toReview, [{ theme: 'suicide' }])
  t.equal(toReview.length, 1, 'nobody needs a review for a trial')
  const close = {
    kind: 'close',
    decision: 'no-concern',
    reason: 'a test',
    action: 'none',
    outcome: 'none',
  } as const
  for (const { id, isTrial } of lab.alerts()) {
    const asked = { tenant: 'local', alert: id }
    if (!isTrial) lab.desk.act({ ...asked, kind: 'acknowledge' }, 'd.lead', START + HOUR)
    const done = lab.desk.act({ ...asked, ...close }, 'd.lead', START + HOUR)
    t.match(done, { state: 'closed' })
  }
  const figures = readAlertFigures(lab.db, week)
  t.match(figures, { opened: [{ theme: 'suicide', count: 1 }], decisions: [{ count: 1 }], open: 0 })
  const labels = lab.db.prepare('SELECT count(*) AS labels FROM alert_label').all()
  t.same(labels, [{ labels: 1 }])
})
