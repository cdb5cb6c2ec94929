import t, { type Test } from 'tap'
import {
  type AlertLab,
  blocked,
  DAY,
  event,
  HOUR,
  type LabOptions,
  MINUTE,
  openAlertLab,
  START,
  signal,
} from '#test/support/alert-lab.ts'

function lab(t: Test, options: LabOptions = {}): AlertLab {
  const opened = openAlertLab(t.testdir(), options)
  t.teardown(() => opened.close())
  return opened
}

const selfHarm = (at: number, change: Partial<Parameters<typeof blocked>[0]> = {}) =>
  blocked({ category: 'harm.selfharm', at, signal: signal(), ...change })

t.test(
  'a suicide site that somebody chose is told in the transaction after its batch',
  async (t) => {
    const { send, take, alerts, told, history } = lab(t)
    await send([event(blocked({ category: 'harm.suicide', at: START, signal: signal() }))], START)
    take(START + 1000)
    t.match(alerts(), [
      {
        queue: 'safeguarding',
        theme: 'suicide',
        severity: 'critical',
        state: 'new',
        subject: { kind: 'person', user: 'a.pupil' },
        firstAt: START,
        lastAt: START + 1000,
        openedAt: START + 1000,
        isLate: false,
      },
    ])
    t.match(told(), [{ what: 'raise opened safeguarding critical' }])
    t.match(history(), [{ change: 'opened', who: 'SuperCloud Edge', why: 'judged critical' }])
  },
)

t.test('other things are collected for ten minutes', async (t) => {
  const { send, take, alerts, desk } = lab(t)
  await send([event(selfHarm(START))], START)
  take(START)
  desk.look(START + 9 * MINUTE)
  t.same(alerts(), [])
  desk.look(START + 10 * MINUTE)
  t.match(alerts(), [{ theme: 'self-harm', severity: 'high', openedAt: START + 10 * MINUTE }])
  desk.look(START + 11 * MINUTE)
  t.equal(alerts().length, 1)
})

t.test('a window whose clock was set back is not held for ever', async (t) => {
  const { send, take, alerts, desk } = lab(t)
  await send([event(selfHarm(START))], START)
  take(START)
  desk.look(START - HOUR)
  t.equal(alerts().length, 1)
})

t.test(
  'a box that gives no signal is taken to have seen a lone lookup, once it had its time',
  async (t) => {
    const { send, take, alerts, desk } = lab(t)
    const weapons = blocked({ category: 'crime.weapons', user: 'b.pupil', at: START })
    await send([event(blocked({ category: 'harm.suicide', at: START })), event(weapons)], START)
    take(START)
    desk.look(START + 39_000)
    t.same(alerts(), [], 'they may be adverts yet')
    desk.look(START + 40_000)
    t.match(alerts(), [{ theme: 'suicide', severity: 'urgent' }], 'what cannot wait does not')
    desk.look(START + 9 * MINUTE)
    t.equal(alerts().length, 1)
    desk.look(START + 10 * MINUTE)
    t.match(alerts()[1], { theme: 'weapons', severity: 'medium' })
  },
)

t.test(
  'one open alert takes what follows and rises, and is told again only when it does',
  async (t) => {
    const { send, take, alerts, eventsOf, told, desk } = lab(t)
    await send([event(selfHarm(START), { id: 'e1' })], START)
    take(START)
    desk.look(START + 10 * MINUTE)
    await send([event(selfHarm(START + HOUR), { id: 'e2' })], START + HOUR)
    take(START + HOUR)
    await send([event(selfHarm(START + 2 * HOUR), { id: 'e3' })], START + 2 * HOUR)
    take(START + 2 * HOUR)
    const [alert, ...others] = alerts()
    t.same(others, [])
    t.match(alert, { severity: 'urgent', lastAt: START + 2 * HOUR + 1000 })
    t.same(eventsOf(alert?.id ?? ''), ['e1', 'e2', 'e3'])
    t.same(
      told().map(({ what }) => what),
      ['raise opened safeguarding high', 'raise risen safeguarding urgent'],
    )
  },
)

t.test('who is not known for sure is not named', async (t) => {
  const { send, take, alerts } = lab(t)
  const suicide = (change: object) =>
    event(blocked({ category: 'harm.suicide', at: START, signal: signal(), ...change }))
  await send(
    [
      suicide({ confidence: 69 }),
      suicide({ confidence: 70, user: 'b.pupil' }),
      suicide({ confidence: 20, user: 'c.pupil', mac: '02:00:5e:00:53:01' }),
    ],
    START,
  )
  take(START)
  const subjects = alerts().map(({ subject }) => JSON.stringify(subject))
  t.same(
    new Set(subjects),
    new Set([
      '{"kind":"device","id":"192.0.2.44"}',
      '{"kind":"person","user":"b.pupil"}',
      '{"kind":"device","id":"02:00:5e:00:53:01"}',
    ]),
  )
})

t.test(
  'staff are the head’s, heads the chair’s, malware IT’s, ways round nobody’s to be told of',
  async (t) => {
    const { send, take, alerts, told, desk } = lab(t, { heads: ['The.Head'] })
    const of = (category: 'harm.suicide' | 'security.malware' | 'bypass.vpn', change: object) =>
      event(blocked({ category, at: START, signal: signal(), ...change }))
    await send(
      [
        of('harm.suicide', { user: 'teacher', profile: 'staff' }),
        of('harm.suicide', { user: 'the.head', profile: 'staff', confidence: 40 }),
        of('security.malware', { user: 'teacher', profile: 'staff' }),
        event({
          kind: 'bypass-noticed',
          group: 'Year 9',
          client: { address: '192.0.2.9', user: 'a.pupil', confidence: 95 },
          grade: 'high',
          rule: 'tunnel',
          evidence: [
            {
              sign: 'vpn-used',
              count: 9,
              firstAt: START,
              lastAt: START,
              samples: ['198.51.100.7'],
            },
          ],
          firstAt: START,
          lastAt: START,
        }),
      ],
      START,
    )
    take(START)
    desk.look(START + 10 * MINUTE)
    const queues = new Map(alerts().map(({ id, queue, theme }) => [id, `${theme} ${queue}`]))
    t.same(
      new Set(queues.values()),
      new Set(['suicide head', 'suicide chair', 'security it', 'circumvention it']),
    )
    for (const { alert } of told()) t.not(queues.get(alert), 'circumvention it')
    for (const { subject, queue } of alerts()) if (queue === 'it') t.equal(subject.kind, 'device')
  },
)

t.test(
  'what was closed and is seen again within the hold is told when the hold ends',
  async (t) => {
    const always = { severity: 'high', score: 45, rules: [], parts: [], isInstant: false } as const
    const { send, take, alerts, told, desk } = lab(t, { judge: () => always })
    await send([event(selfHarm(START))], START)
    take(START)
    desk.look(START + 10 * MINUTE)
    const id = alerts()[0]?.id ?? ''
    const on = { tenant: 'local', alert: id }
    desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START + HOUR)
    const closing = { decision: 'no-concern', reason: 'r', action: 'a', outcome: 'o' } as const
    desk.act({ ...on, kind: 'close', ...closing }, 'dsl', START + HOUR)
    await send([event(selfHarm(START + 2 * HOUR))], START + 2 * HOUR)
    take(START + 2 * HOUR)
    desk.look(START + 20 * HOUR)
    t.match(alerts(), [{ state: 'closed' }])
    desk.look(START + 25 * HOUR)
    t.match(alerts(), [{ id, state: 'new', decision: undefined }])
    t.same(told().slice(-1), [{ alert: id, what: 'raise reopened safeguarding high' }])
  },
)

t.test('after the hold what comes of a closed alert is an alert of its own', async (t) => {
  const { send, take, alerts, desk } = lab(t)
  await send([event(selfHarm(START))], START)
  take(START)
  desk.look(START + 10 * MINUTE)
  const on = { tenant: 'local', alert: alerts()[0]?.id ?? '' }
  desk.act({ ...on, kind: 'acknowledge' }, 'dsl', START + HOUR)
  const closing = {
    decision: 'false-positive:background',
    reason: 'r',
    action: 'a',
    outcome: 'o',
  } as const
  desk.act({ ...on, kind: 'close', ...closing }, 'dsl', START + HOUR)
  await send([event(selfHarm(START + 2 * DAY))], START + 2 * DAY)
  take(START + 2 * DAY)
  desk.look(START + 2 * DAY + 10 * MINUTE)
  t.match(
    alerts(),
    [{ state: 'closed' }, { state: 'new', severity: 'high' }],
    'what was false counts no more',
  )
})

t.test('what comes long after it happened says so', async (t) => {
  const { send, take, alerts } = lab(t)
  await send(
    [event(blocked({ category: 'harm.suicide', at: START, signal: signal() }))],
    START + 7 * DAY,
  )
  take(START + 7 * DAY)
  t.match(alerts(), [{ isLate: true, firstAt: START, openedAt: START + 7 * DAY }])
})

t.test('a clock that was never set does not hide an event from judging', async (t) => {
  const { send, take, alerts } = lab(t)
  await send(
    [event(selfHarm(0)), event(selfHarm(START + 300 * DAY, { firstAt: START + 300 * DAY }))],
    START,
  )
  await send([event(selfHarm(START - HOUR))], START)
  take(START)
  t.match(alerts(), [{ severity: 'urgent', lastAt: START }])
})

t.test(
  'three pupils at one site that the school has just met are a trend, which names nobody',
  async (t) => {
    const { send, take, alerts, told, desk } = lab(t)
    const dare = (user: string, isNew: boolean, at = START) =>
      event(
        blocked({
          category: 'harm.challenges',
          at,
          user,
          signal: signal({ site: 'dare.test', isNew }),
        }),
      )
    await send([dare('a', true), dare('b', false)], START)
    take(START)
    t.same(alerts(), [])
    await send([dare('c', false, START + HOUR)], START + HOUR)
    take(START + HOUR)
    const trend = alerts().filter(({ subject }) => subject.kind === 'school')
    t.match(trend, [
      { severity: 'high', theme: 'harmful', pupils: 3, group: '', reasons: { site: 'dare.test' } },
    ])
    await send([dare('d', false, START + 2 * HOUR)], START + 2 * HOUR)
    take(START + 2 * HOUR)
    desk.look(START + 3 * HOUR)
    const again = alerts().filter(({ subject }) => subject.kind === 'school')
    t.match(again, [{ pupils: 4 }])
    t.equal(again.length, 1)
    t.equal(told().filter(({ what }) => what === 'raise opened safeguarding high').length, 1)
  },
)

t.test(
  'a site that the school has long known is no trend, nor is one that nobody chose',
  async (t) => {
    const { send, take, alerts } = lab(t)
    const of = (user: string, change: object) =>
      event(blocked({ category: 'harm.challenges', at: START, user, signal: signal(change) }))
    await send(
      ['a', 'b', 'c', 'd'].flatMap((user) => [
        of(user, { site: 'known.test' }),
        of(user, { site: 'advert.test', isNew: true, intent: 20, why: 'embedded' }),
      ]),
      START,
    )
    take(START)
    t.same(
      alerts().filter(({ subject }) => subject.kind === 'school'),
      [],
    )
  },
)

t.test('illegal material is critical at once, and its name stands nowhere', async (t) => {
  const { db, send, take, alerts } = lab(t)
  const leaky = signal({
    site: 'secret-name.test',
    context: {
      names: [{ name: 'secret-name.test', at: START, isBlocked: true }],
      others: 0,
      fromMs: START,
      toMs: START,
    },
  })
  await send(
    [
      event(
        blocked({ category: 'illegal.csam', at: START, site: 'secret-name.test', signal: leaky }),
      ),
    ],
    START,
  )
  take(START)
  t.match(alerts(), [{ severity: 'critical', theme: 'illegal' }])
  t.notMatch(dump(db), /secret-name/)
})

t.test('protected help leaves nothing behind but its sequence', async (t) => {
  const { db, send, take, alerts } = lab(t)
  await send(
    [event(blocked({ category: 'protected.help', at: START, site: 'help-name.test' }))],
    START,
  )
  take(START)
  t.same(alerts(), [])
  t.notMatch(dump(db), /help-name|protected/)
})

t.test('a lesson that is set aside counts nothing, save for what is never set aside', async (t) => {
  const { send, take, alerts, desk } = lab(t)
  const aside = (theme: 'substance' | 'suicide', untilMs: number) =>
    desk.actOnTheme(
      { tenant: 'local', kind: 'snooze', theme, group: 'Year 9', untilMs, reason: 'PSHE' },
      'dsl',
      START,
    )
  t.equal(aside('substance', START + HOUR), undefined)
  t.match(aside('suicide', START + HOUR), { failure: 'not-allowed' })
  t.match(aside('substance', START + 9 * HOUR), { failure: 'not-allowed' })
  t.match(aside('substance', START - 1), { failure: 'missing' })
  const drugs = (at: number, user: string, site: string) =>
    event(blocked({ category: 'crime.drugs', at, user, signal: signal({ site }) }))
  const sites = ['a.test', 'b.test', 'c.test', 'd.test']
  await send(
    sites.map((site, i) => drugs(START + i * MINUTE, 'in.lesson', site)),
    START,
  )
  await send(
    sites.map((site, i) => drugs(START + 2 * HOUR + i * MINUTE, 'after.lesson', site)),
    START + 3 * HOUR,
  )
  take(START + 3 * HOUR)
  desk.look(START + 4 * HOUR)
  t.match(alerts(), [{ subject: { user: 'after.lesson' } }])
  t.equal(alerts().length, 1)
})

t.test('a class that was sent to a site in a lesson that is set aside is no trend', async (t) => {
  const { send, take, alerts, desk } = lab(t)
  const untilMs = START + HOUR
  desk.actOnTheme(
    { tenant: 'local', kind: 'snooze', theme: 'harmful', group: 'Year 9', untilMs, reason: 'PSHE' },
    'dsl',
    START,
  )
  const visits = (at: number) =>
    ['a', 'b', 'c'].map((user) =>
      event(
        blocked({
          category: 'harm.challenges',
          at,
          user,
          signal: signal({ site: 'dare.test', isNew: true }),
        }),
      ),
    )
  const trends = () => alerts().filter(({ subject }) => subject.kind === 'school').length
  await send(visits(START + MINUTE), START + MINUTE)
  take(START + MINUTE)
  t.equal(trends(), 0)
  await send(visits(untilMs + MINUTE), untilMs + MINUTE)
  take(untilMs + MINUTE)
  t.equal(trends(), 1, 'after the lesson it is')
})

t.test('a crash between storing and judging loses nothing and tells nothing twice', async (t) => {
  const first = openAlertLab(t.testdir())
  const suicide = event(blocked({ category: 'harm.suicide', at: START, signal: signal() }))
  await first.send([suicide], START)
  const second = first.reopen()
  await second.send([suicide], START)
  second.take(START + 1000)
  second.take(START + 2000)
  t.equal(second.alerts().length, 1)
  t.equal(second.told().length, 1)
  const third = second.reopen()
  await third.send([suicide], START)
  third.take(START + 3000)
  t.equal(third.alerts().length, 1)
  t.equal(third.told().length, 1)
  third.close()
})

t.test(
  'an alert is not without its ladder: what fails there is judged anew, and holds up no other',
  async (t) => {
    let isBroken = true
    const { send, take, alerts, told, desk } = lab(t, {
      fails: ({ severity }) => isBroken && severity === 'critical',
    })
    await send(
      [
        event(blocked({ category: 'harm.suicide', at: START, signal: signal() })),
        event(blocked({ category: 'illegal.other', at: START, user: 'b.pupil' })),
      ],
      START,
    )
    take(START)
    t.match(alerts(), [{ theme: 'illegal', severity: 'urgent' }])
    t.equal(alerts().length, 1)
    t.match(desk.counters(), { waiting: 1, failed: 1 })
    isBroken = false
    desk.look(START + MINUTE)
    t.same(
      alerts()
        .map(({ theme }) => theme)
        .toSorted(),
      ['illegal', 'suicide'],
    )
    t.equal(told().length, 2)
    t.match(desk.counters(), { waiting: 0 })
  },
)

/** Every text in every table. */
function dump(db: AlertLab['db']): string {
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all()
  return JSON.stringify(
    tables.map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all()),
    (_key, value) => (Buffer.isBuffer(value) ? '' : value),
  )
}
