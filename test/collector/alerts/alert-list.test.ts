/** Lists of alerts: what one shows is what can be opened one by one, whoever looks, and it counts to a bound. */
import t, { type Test } from 'tap'
import type { AlertFilter } from '#collector/alerts/alert-list.ts'
import { makeAlertReads } from '#collector/alerts/alert-reads.ts'
import type { AlertScope } from '#collector/alerts/alert-scope.ts'
import { makeAlertTable } from '#collector/alerts/alert-table.ts'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { blocked, event, HOUR, openAlertLab, START, signal } from '#test/support/alert-lab.ts'

const WHOLE: AlertScope = {
  queues: ['safeguarding'],
  assignedTo: undefined,
  isHead: false,
  hiddenUsers: new Set(),
}
const SCOPES: Readonly<Record<string, AlertScope>> = {
  lead: WHOLE,
  'lead of two queues': { ...WHOLE, queues: ['safeguarding', 'it'] },
  'lead with a child here': { ...WHOLE, hiddenUsers: new Set(['p"up\\il-3', 'pupil-5']) },
  tutor: { ...WHOLE, queues: [], assignedTo: 'tutor@school.test' },
  head: { ...WHOLE, queues: ['head'], isHead: true },
  'head with a child here': {
    ...WHOLE,
    queues: ['head'],
    isHead: true,
    hiddenUsers: new Set(['pupil-4']),
  },
  'head who is a tutor': {
    ...WHOLE,
    queues: ['head'],
    isHead: true,
    assignedTo: 'tutor@school.test',
  },
  nobody: { ...WHOLE, queues: [] },
}
const FILTERS: readonly Omit<AlertFilter, 'scope'>[] = [
  {},
  { states: ['new', 'acknowledged'] },
  { states: ['closed'] },
  { states: ['new', 'closed'], severities: ['critical'] },
  { theme: 'suicide' },
  { assignedTo: '' },
  { assignedTo: 'tutor@school.test' },
  { text: 'p"up\\il' },
  { text: 'year 8' },
  { text: '$.user' },
  { openedFromMs: START + 3 * HOUR },
]
const PAGE = { limit: 100, offset: 0 }

/** Twelve alerts of pupils and staff, some assigned, some closed, of some the ladder told the head. */
async function makeLab(t: Test) {
  const lab = openAlertLab(undefined)
  t.teardown(() => lab.close())
  for (let index = 0; index < 12; index += 1) {
    const at = START + index * HOUR
    const user = index === 3 ? 'P"up\\il-3' : `pupil-${index}`
    const body = blocked({
      category: index % 2 === 0 ? 'harm.suicide' : 'harm.selfharm',
      at,
      user,
      group: `Year ${7 + (index % 3)}`,
      profile: index % 5 === 4 ? 'staff' : 'secondary',
      signal: signal({ site: `site-${index}.test`, points: 60, intent: 100 }),
    })
    await lab.send([event(body)], at)
    lab.take(at)
    lab.desk.look(at + HOUR)
  }
  const table = makeAlertTable(lab.db)
  for (const [index, alert] of lab.alerts().entries()) {
    const isClosed = index % 4 === 3
    table.write({
      ...alert,
      assignedTo: index % 3 === 0 ? 'tutor@school.test' : undefined,
      ...(isClosed ? { state: 'closed', closedAt: alert.openedAt + HOUR } : {}),
    })
    const told = index % 2 === 0 ? 'dsl the-head' : 'dsl not-the-head'
    lab.db
      .prepare("INSERT INTO escalation_step VALUES ('local', ?, 1, 1, 'step', ?, 1)")
      .run(alert.id, told)
  }
  return lab
}

t.test('a list shows what its viewer may open, and nothing else', async (t) => {
  const lab = await makeLab(t)
  const reads = makeAlertReads(lab.db, () => ['the-head'], ALERT_LIMITS)
  const all = lab.alerts()
  t.ok(all.length >= 10, `${all.length} alerts`)
  const counts = new Set<number>()
  for (const [name, scope] of Object.entries(SCOPES)) {
    const open = all.filter(({ id }) => reads.alert('local', id, scope) !== undefined)
    const { alerts, total } = reads.list('local', { scope }, PAGE)
    t.same(new Set(alerts.map(({ id }) => id)), new Set(open.map(({ id }) => id)), name)
    t.equal(total, open.length)
    counts.add(total)
    const assignees = new Set(open.flatMap(({ assignedTo }) => assignedTo ?? []))
    t.same(reads.assignees('local', scope, 10), [...assignees], `${name}: to whom`)
  }
  t.ok(counts.size >= 5, 'viewers differ')
  const event = lab.eventsOf(all[0]?.id ?? '')
  const seenBy = (scope: AlertScope | undefined) =>
    scope && reads.eventsOfAlerts('local', [...event, 'none'], scope).size
  t.equal(seenBy(SCOPES['lead']), 1)
  t.equal(seenBy(SCOPES['nobody']), 0)
})

t.test('filters narrow, the gravest stands first, and pages join up', async (t) => {
  const lab = await makeLab(t)
  const reads = makeAlertReads(lab.db, () => [], ALERT_LIMITS)
  const whole = reads.list('local', { scope: WHOLE }, PAGE).alerts
  const byHand = whole.toSorted(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.openedAt - a.openedAt,
  )
  t.same(whole, byHand)
  for (const narrowed of FILTERS) {
    const filter = { ...narrowed, scope: WHOLE }
    const { states, severities, theme, assignedTo, text, openedFromMs } = narrowed
    const expected = whole.filter((one) => {
      const { subject, group } = one
      const words = `${group}\n${subject.kind === 'person' ? subject.user : ''}`.toLowerCase()
      return (
        (states?.includes(one.state) ?? true) &&
        (severities?.includes(one.severity) ?? true) &&
        (theme === undefined || one.theme === theme) &&
        (assignedTo === undefined || (one.assignedTo ?? '') === assignedTo) &&
        (text === undefined || words.includes(text)) &&
        (openedFromMs === undefined || one.openedAt >= openedFromMs)
      )
    })
    const found = reads.list('local', filter, PAGE)
    t.same(found.alerts, expected, JSON.stringify(narrowed))
    t.equal(found.total, expected.length)
    const second = reads.list('local', filter, { limit: 2, offset: 2 })
    t.same(second.alerts, expected.slice(2, 4), 'the second page')
  }
})

t.test('a list counts to its bound', async (t) => {
  const lab = await makeLab(t)
  const reads = makeAlertReads(lab.db, () => [], { listedMax: 3, listedCloselyMax: 2 })
  const page = { limit: 2, offset: 2 }
  const { alerts, total, isMore } = reads.list('local', { scope: WHOLE }, page)
  t.match({ total, isMore, shown: alerts.length }, { total: 3, isMore: true, shown: 1 })
  const parent = { ...WHOLE, hiddenUsers: new Set(['pupil-0']) }
  t.match(reads.list('local', { scope: parent }, page), { total: 2, isMore: true, alerts: [] })
})
