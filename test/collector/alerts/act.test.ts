import t, { type Test } from 'tap'
import { ALERT_STATES } from '#collector/alerts/alert.ts'
import type { AlertCommand } from '#collector/alerts/alert-command.ts'
import { verifyChain } from '#collector/alerts/alert-history.ts'
import { readPrecision, weekOf } from '#collector/alerts/learning.ts'
import { TRANSITIONS } from '#collector/alerts/transitions.ts'
import type { Severity } from '#safeguarding/severity.ts'
import {
  type AlertLab,
  blocked,
  DAY,
  event,
  HOUR,
  type LabOptions,
  openAlertLab,
  START,
  signal,
} from '#test/support/alert-lab.ts'

interface Opened extends AlertLab {
  readonly id: string
  readonly act: (command: AlertCommand, alert?: string, who?: string) => unknown
}

/** A lab with one alert of a severity. */
async function opened(
  t: Test,
  severity: Severity = 'high',
  options: LabOptions = {},
): Promise<Opened> {
  const judge = () => ({ severity, score: 45, rules: [], parts: [], isInstant: true })
  const lab = openAlertLab(t.testdir(), { judge, ...options })
  t.teardown(() => lab.close())
  await lab.send(
    [event(blocked({ category: 'hate.vawg', at: START, signal: signal() }), { id: 'e1' })],
    START,
  )
  lab.take(START)
  const id = lab.alerts()[0]?.id ?? ''
  const act: Opened['act'] = (command, alert = id, who = 'd.lead') =>
    lab.desk.act({ ...command, tenant: 'local', alert }, who, START + HOUR)
  return { ...lab, id, act }
}

const WHOLE = {
  kind: 'close',
  decision: 'no-concern',
  reason: 'spoke with her',
  action: 'told the form tutor',
  outcome: 'none needed',
} as const

t.test('from new to closed, step by step, each told in the history', async (t) => {
  const { act, history, told, alerts, id } = await opened(t)
  t.match(act({ kind: 'acknowledge' }), { state: 'acknowledged' })
  t.match(act({ kind: 'assign', to: 'deputy' }), { state: 'acknowledged' })
  t.match(act({ kind: 'review' }), { state: 'in-review' })
  t.match(act({ kind: 'await-information', what: 'the form tutor' }), { state: 'in-review' })
  t.match(act({ kind: 'decide', decision: 'concern', reason: 'third time' }), {
    state: 'in-review',
  })
  t.match(act({ kind: 'escalate', to: 'head', why: 'family' }), { state: 'in-review' })
  t.match(act({ kind: 'act', action: 'met the parents' }), { state: 'actioned' })
  t.match(act({ kind: 'close', outcome: 'support plan' }), {
    failure: 'missing',
    detail: /reference of the case/,
  })
  t.match(act({ kind: 'close', outcome: 'support plan', caseReference: 'C-17' }), {
    state: 'closed',
  })
  t.same(
    history().map(({ change, who }) => [change, who]),
    [
      ['opened', 'SuperCloud Edge'],
      ...[
        'acknowledged',
        'assigned',
        'review-begun',
        'information-awaited',
        'decided',
        'escalated',
        'acted',
        'closed',
      ].map((change) => [change, 'd.lead']),
    ],
  )
  t.same(
    told().map(({ what }) => what),
    ['raise opened safeguarding high', 'settle', 'assigned deputy high', 'settle'],
  )
  t.match(alerts(), [{ id, decision: 'concern', caseReference: 'C-17', assignedTo: 'deputy' }])
})

t.test(
  'each command in each state does what the table says, and refusals change nothing',
  async (t) => {
    const ways: Record<(typeof ALERT_STATES)[number], readonly AlertCommand[]> = {
      new: [],
      acknowledged: [{ kind: 'acknowledge' }],
      'in-review': [{ kind: 'acknowledge' }, { kind: 'review' }],
      actioned: [
        { kind: 'acknowledge' },
        { kind: 'review' },
        { kind: 'decide', decision: 'no-concern', reason: 'r' },
        { kind: 'act', action: 'a' },
      ],
      closed: [{ kind: 'acknowledge' }, WHOLE],
    }
    const commands: readonly AlertCommand[] = [
      { kind: 'acknowledge' },
      { kind: 'review' },
      { kind: 'decide', decision: 'no-concern', reason: 'r' },
      WHOLE,
      { kind: 'assign', to: 'x' },
      { kind: 'await-information', what: 'x' },
      { kind: 'information-came' },
      { kind: 'escalate', to: 'x', why: 'y' },
      { kind: 'reopen', why: 'x' },
      { kind: 'hold', why: 'x' },
      { kind: 'release-hold', why: 'x' },
      { kind: 'note', text: 'x' },
    ]
    const { act, send, take, alerts, history } = await opened(t)
    for (const state of ALERT_STATES)
      for (const command of commands) {
        const user = `${state} ${command.kind}`
        await send(
          [event(blocked({ category: 'hate.vawg', at: START, user, signal: signal() }))],
          START,
        )
        take(START)
        const own = () =>
          alerts().find(({ subject }) => subject.kind === 'person' && subject.user === user)
        const id = own()?.id ?? ''
        for (const step of ways[state]) act(step, id)
        t.equal(own()?.state, state)
        const rows = history().length
        const { from, to } = TRANSITIONS[command.kind]
        const done = act(command, id)
        const isAllowed = from.includes(state)
        if (!isAllowed)
          t.match(done, { failure: 'not-now', detail: /needs an alert that is/ }, user)
        t.equal(own()?.state, isAllowed ? (to ?? state) : state, user)
        t.equal(history().length, isAllowed ? rows + 1 : rows, user)
      }
  },
)

t.test('a close says what is missing', async (t) => {
  const { act } = await opened(t)
  t.match(act(WHOLE), { failure: 'not-now' }, 'nobody has acknowledged it')
  act({ kind: 'acknowledge' })
  t.match(act({ kind: 'close' }), {
    failure: 'missing',
    detail: /a decision.*the reason.*what was done.*the outcome/,
  })
  for (const field of ['reason', 'action', 'outcome'] as const)
    t.match(act({ ...WHOLE, [field]: '  ' }), { failure: 'missing' }, field)
  t.match(act({ ...WHOLE, decision: 'concern' }), { failure: 'missing', detail: /reference/ })
  t.match(act({ ...WHOLE, reason: 'x'.repeat(2001) }), { failure: 'too-long' })
  t.match(act(WHOLE, undefined, ' '), { failure: 'missing', detail: /who/ })
  t.match(act(WHOLE, 'another'), { failure: 'unknown-alert' })
  t.match(act(WHOLE), { state: 'closed' })
})

t.test('a Low alert is closed in one go, but not as a concern', async (t) => {
  const { act, alerts } = await opened(t, 'low')
  t.match(act({ kind: 'close' }), { failure: 'missing', detail: /a decision/ })
  t.match(act({ kind: 'close', decision: 'concern' }), { failure: 'missing', detail: /outcome/ })
  t.match(act({ kind: 'close', decision: 'false-positive:background' }), { state: 'closed' })
  t.match(alerts(), [{ reason: /Low/, action: /None/ }])
})

t.test(
  'merged, an alert’s events and what comes of its subject go to the other; split, back',
  async (t) => {
    const { act, send, take, alerts, eventsOf, told, id } = await opened(t)
    const other = (at: number, name: string) =>
      event(blocked({ category: 'hate.vawg', at, user: 'b.pupil', signal: signal() }), { id: name })
    await send([other(START, 'e2')], START)
    take(START)
    const second = alerts().find((one) => one.id !== id)?.id ?? ''
    t.match(act({ kind: 'merge', into: id, why: 'x' }, id), { failure: 'cannot-merge' })
    t.match(act({ kind: 'merge', into: 'nothing', why: 'x' }, second), { failure: 'cannot-merge' })
    t.match(act({ kind: 'merge', into: id, why: 'the same tablet' }, second), { state: 'closed' })
    t.same(eventsOf(id), ['e1', 'e2'])
    t.same(told().at(-1), { alert: second, what: 'settle' })
    t.match(act({ kind: 'acknowledge' }, second), { failure: 'not-now', detail: /merged/ })
    t.match(act({ kind: 'reopen', why: 'x' }, second), { failure: 'not-now', detail: /merged/ })
    await send([other(START + HOUR, 'e3')], START + HOUR)
    take(START + HOUR)
    t.same(eventsOf(id), ['e1', 'e2', 'e3'])

    t.match(act({ kind: 'split', events: ['e1', 'e2', 'e3'], why: 'x' }), { failure: 'missing' })
    t.match(act({ kind: 'split', events: ['e2', 'e3'], why: 'two pupils after all' }), {
      state: 'new',
    })
    const apart = alerts().find((one) => one.id !== id && one.id !== second)
    t.match(apart, { state: 'acknowledged', subject: { user: 'b.pupil' }, firstAt: START })
    await send([other(START + 2 * HOUR, 'e4')], START + 2 * HOUR)
    take(START + 2 * HOUR)
    t.same(eventsOf(apart?.id ?? ''), ['e2', 'e3', 'e4'])
    t.same(eventsOf(id), ['e1'])
  },
)

t.test('illegal material and other people’s alerts are not merged', async (t) => {
  const { act, send, take, alerts, id } = await opened(t)
  await send(
    [
      event(blocked({ category: 'illegal.csam', at: START })),
      event(
        blocked({
          category: 'hate.vawg',
          at: START,
          user: 'teacher',
          profile: 'staff',
          signal: signal(),
        }),
      ),
    ],
    START,
  )
  take(START)
  for (const one of alerts())
    if (one.id !== id)
      t.match(
        act({ kind: 'merge', into: id, why: 'x' }, one.id),
        { failure: 'cannot-merge' },
        one.theme,
      )
})

t.test('the history cannot be changed, and a change made past it is found', async (t) => {
  const { act, db } = await opened(t)
  act({ kind: 'acknowledge' })
  act({ kind: 'review' })
  t.equal(verifyChain(db, 'local'), 3)
  t.throws(() => db.exec("UPDATE alert_history SET who = 'nobody'"), /never changed/)
  t.throws(() => db.exec('DELETE FROM alert_history'), /never deleted/)
  db.exec('DROP TRIGGER alert_history_no_update; DROP TRIGGER alert_history_no_delete')
  const tampered = (sql: string): unknown => {
    db.exec('BEGIN')
    db.exec(sql)
    const found = verifyChain(db, 'local')
    db.exec('ROLLBACK')
    return found
  }
  for (const column of ['alert_id', 'who', 'change', 'why', 'facts', 'hash'])
    t.match(
      tampered(`UPDATE alert_history SET ${column} = '{}' WHERE sequence = 2`),
      { failure: 'broken-chain', detail: /row [23] / },
      column,
    )
  t.match(tampered('UPDATE alert_history SET at = at + 1 WHERE sequence = 3'), { detail: /row 3 / })
  t.match(tampered('DELETE FROM alert_history WHERE sequence = 1'), { detail: /row 1 .*missing/ })
  t.match(tampered('DELETE FROM alert_history WHERE sequence = 3'), { detail: /ends at row 2/ })
  const swap = [
    'UPDATE alert_history SET sequence = 99 WHERE sequence = 2',
    'UPDATE alert_history SET sequence = 2 WHERE sequence = 3',
    'UPDATE alert_history SET sequence = 3 WHERE sequence = 99',
  ].join(';')
  t.match(tampered(swap), { detail: /row 2 .*moved/ })
  t.equal(verifyChain(db, 'local'), 3)
})

t.test(
  'a theme that is hardly ever a concern is proposed for demotion, and a person decides',
  async (t) => {
    const limits = { demoteLabelsMin: 5 }
    const { desk, send, take, alerts, db, history } = await opened(t, 'high', {
      limits,
      isSimulated: true,
    })
    const closeAll = async (
      category: 'hate.vawg' | 'harm.selfharm',
      pupils: number,
    ): Promise<void> => {
      for (let one = 0; one < pupils; one += 1)
        await send(
          [event(blocked({ category, at: START, user: `p${one}`, signal: signal() }))],
          START,
        )
      take(START)
      for (const { id, state } of alerts()) {
        if (state === 'closed') continue
        const on = { tenant: 'local', alert: id }
        desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START)
        desk.act({ ...on, ...WHOLE, decision: 'false-positive:background' }, 'dsl', START)
      }
    }
    const decide = (kind: 'accept-demotion' | 'refuse-demotion', theme: 'vawg' | 'self-harm') =>
      desk.actOnTheme(
        { tenant: 'local', kind, theme, reason: 'always an app' },
        'dsl',
        START + HOUR,
      )
    t.match(decide('accept-demotion', 'vawg'), { failure: 'no-proposal' })
    await closeAll('hate.vawg', 5)
    await closeAll('harm.selfharm', 8)
    t.match(
      decide('accept-demotion', 'self-harm'),
      { failure: 'no-proposal' },
      'never of self-harm',
    )
    t.equal(history().filter(({ change }) => change === 'demotion-proposed').length, 1)
    t.match(readPrecision(db, 'local', { fromMs: 0, toMs: START + DAY }), [
      { theme: 'self-harm', labels: 8, concerns: 0, falsePositives: 8, isSimulated: true },
      { theme: 'vawg', labels: 6, concerns: 0, week: weekOf(START), isSimulated: true },
    ])
    t.equal(decide('accept-demotion', 'vawg'), undefined)
    await send(
      [event(blocked({ category: 'hate.vawg', at: START, user: 'new.one', signal: signal() }))],
      START,
    )
    take(START)
    t.match(
      alerts().filter(({ state }) => state === 'new'),
      [{ severity: 'medium', isSimulated: true }],
    )
    t.equal(decide('refuse-demotion', 'vawg'), undefined)
  },
)

t.test('a Monday begins a week', async (t) => {
  t.equal(new Date(weekOf(START)).toUTCString(), 'Mon, 23 Nov 2026 00:00:00 GMT')
  t.equal(weekOf(weekOf(START)), weekOf(START))
  t.equal(weekOf(weekOf(START) - 1), weekOf(START) - 7 * DAY)
})
