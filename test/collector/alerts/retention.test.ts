import t from 'tap'
import { readOverBlocked } from '#collector/reports/over-blocked.ts'
import { isFailure } from '#domain/failure.ts'
import { blocked, DAY, event, HOUR, openAlertLab, START, signal } from '#test/support/alert-lab.ts'

t.test('what is kept no longer goes, and a legal hold wins', async (t) => {
  const judge = (theme: string) => {
    const severity = theme === 'gambling' ? ('low' as const) : ('high' as const)
    return { severity, score: 1, rules: [], parts: [], isInstant: true }
  }
  const lab = openAlertLab(t.testdir(), { judge })
  t.teardown(() => lab.close())
  const { db, desk, send, take, alerts, history } = lab
  const ids = new Map<string, string>()
  const idOf = (user: string): string => {
    ids.set(user, ids.get(user) ?? `e${ids.size}`)
    return ids.get(user) ?? ''
  }
  const of = (user: string, category: 'hate.vawg' | 'commerce.gambling' = 'hate.vawg') =>
    event(blocked({ category, at: START, user, signal: signal() }), { id: idOf(user) })
  const users = ['no.concern', 'a.concern', 'is.held', 'still.open']
  await send([...users.map((user) => of(user)), of('low.one', 'commerce.gambling')], START)
  take(START)
  for (const { id, subject } of alerts()) {
    if (subject.kind !== 'person') continue
    const on = { tenant: 'local', alert: id }
    if (!/concern|held/.test(subject.user)) continue
    const decision = subject.user === 'a.concern' ? 'concern' : 'no-concern'
    const words = { decision, reason: 'r', action: 'a', outcome: 'o', caseReference: 'C' } as const
    desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START)
    desk.act({ ...on, kind: 'close', ...words }, 'dsl', START)
    if (subject.user === 'is.held') desk.act({ ...on, kind: 'hold', why: 'court' }, 'dsl', START)
  }
  const dump = (): string =>
    JSON.stringify(
      ['alert', 'alert_subject', 'alert_observation', 'event_revision', 'alert_history'].map(
        (table) => db.prepare(`SELECT * FROM ${table}`).all(),
      ),
    )
  const later = (ms: number): void => {
    for (let times = 0; times < 4; times += 1) desk.look(START + ms + times * 2 * HOUR)
  }
  later(89 * DAY)
  t.match(dump(), /no\.concern/)
  t.match(dump(), /low\.one/)
  later(91 * DAY)
  t.notMatch(dump(), /no\.concern|low\.one/)
  for (const user of ['a.concern', 'is.held', 'still.open']) t.match(dump(), user)
  t.match(
    alerts().filter(({ subject }) => subject.kind === 'erased'),
    [{ decision: 'no-concern', state: 'closed' }],
  )
  t.same(
    history()
      .slice(-2)
      .map(({ change }) => change),
    ['person-erased', 'deleted'],
  )
  later(366 * DAY)
  const events = db.prepare<[], { id: string }>('SELECT id FROM event ORDER BY id').all()
  t.same(
    events.map(({ id }) => id),
    ['a.concern', 'is.held', 'still.open'].map(idOf),
    'events of a year go, save those of a concern, a hold, and what is open',
  )
})

t.test(
  'a name that a list has wrong is known for a year, and whose alert it was is not',
  async (t) => {
    const judge = () => ({
      severity: 'high' as const,
      score: 1,
      rules: [],
      parts: [],
      isInstant: true,
    })
    const lab = openAlertLab(t.testdir(), { judge })
    t.teardown(() => lab.close())
    const { db, desk, send, take, alerts } = lab
    const site = 'film.test'
    await send(
      [
        event(
          blocked({
            category: 'hate.vawg',
            at: START,
            user: 'a.pupil',
            site,
            signal: signal({ site }),
          }),
        ),
      ],
      START,
    )
    take(START)
    const on = { tenant: 'local', alert: alerts()[0]?.id ?? '' }
    const words = { reason: 'r', action: 'a', outcome: 'o' } as const
    const close = (decision: 'false-positive:wrong-category' | 'no-concern'): void => {
      desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START)
      const closed = desk.act({ ...on, kind: 'close', decision, ...words }, 'dsl', START)
      t.notOk(isFailure(closed))
    }
    const names = (nowMs: number): readonly string[] =>
      readOverBlocked(db, { tenant: 'local', fromMs: nowMs - 365 * DAY, toMs: nowMs }, 10).map(
        ({ name }) => name,
      )
    desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START)
    close('false-positive:wrong-category')
    t.same(names(START + 1), [site])
    desk.act({ ...on, kind: 'reopen', why: 'once more' }, 'dsl', START)
    t.same(names(START + 1), [], 'it was opened again')
    close('no-concern')
    t.same(names(START + 1), [], 'nothing was wrong with the list')
    desk.act({ ...on, kind: 'reopen', why: 'once more' }, 'dsl', START)
    close('false-positive:wrong-category')
    const later = (ms: number): void => {
      for (let times = 0; times < 4; times += 1) desk.look(START + ms + times * 2 * HOUR)
    }
    later(200 * DAY)
    t.same(db.prepare('SELECT * FROM alert_observation').all(), [])
    t.same(names(START + 201 * DAY), [site])
    later(366 * DAY)
    t.same(db.prepare('SELECT * FROM wrong_site').all(), [])
  },
)
