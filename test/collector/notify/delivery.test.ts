import { join } from 'node:path'
import { Registry } from 'prom-client'
import t from 'tap'
import type { AlertRecord } from '#collector/alerts/alert-record.ts'
import { makeAlertTable } from '#collector/alerts/alert-table.ts'
import { NOT_YET } from '#collector/alerts/raise-alert.ts'
import { sendEmail } from '#collector/notify/channels/send-email.ts'
import { makeSendPush } from '#collector/notify/channels/send-push.ts'
import { sendSms } from '#collector/notify/channels/send-sms.ts'
import { sendWebhook } from '#collector/notify/channels/send-webhook.ts'
import { backOffMs } from '#collector/notify/delivery/back-off.ts'
import { makeDeliver } from '#collector/notify/delivery/deliver.ts'
import { makeDeliveryQueue } from '#collector/notify/delivery/delivery-queue.ts'
import { makeMakeMessage } from '#collector/notify/delivery/make-message.ts'
import { makeNotices } from '#collector/notify/delivery/notices.ts'
import type { AlertRaised } from '#collector/notify/escalations.ts'
import { makeClimb } from '#collector/notify/ladder/climb.ts'
import { makeEscalations } from '#collector/notify/ladder/ladder.ts'
import { addNotifyMetrics } from '#collector/notify/notify-metrics.ts'
import { makeNotifyReadings } from '#collector/notify/notify-readings.ts'
import { makeConfirmations } from '#collector/notify/occasions/confirmations.ts'
import { makeDrillRead } from '#collector/notify/occasions/drill-state.ts'
import { type CountWeek, makeOccasions } from '#collector/notify/occasions/occasions.ts'
import { makePrune } from '#collector/notify/prune.ts'
import type { NotifySettings, Person } from '#collector/notify/settings/notify-settings.ts'
import { readAlertFigures } from '#collector/reports/alert-figures.ts'
import { readCoverage } from '#collector/reports/coverage.ts'
import { digestCounts } from '#collector/reports/digest-counts.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { makeLog } from '#platform/log.ts'
import { startHttpReceiver } from '../../support/http-receiver.ts'
import { startMailServer } from '../../support/mail-server.ts'
import { until } from '../../support/until.ts'
import { person, schoolSettings } from './notify-settings.ts'

interface Test {
  readonly testdir: () => string
  readonly teardown: (work: () => unknown) => void
}

const TENANT = 'local'
/** A Monday in school hours. */
const START_MS = Date.UTC(2026, 2, 2, 9)
const MINUTE_MS = 60_000

/** The whole of telling people but for its timer, on a real store, with real servers and a clock of the test's. */
async function startDesk(t: Test, change: Partial<NotifySettings> = {}) {
  const folder = t.testdir()
  const mail = await startMailServer()
  const web = await startHttpReceiver()
  const file = join(folder, 'collector.sqlite')
  const db = openCollectorFile(file)
  const clock = { nowMs: START_MS, wallMs: () => clock.nowMs, monotonicMs: () => clock.nowMs }
  const settings = schoolSettings({
    senders: {
      email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
      sms: {
        kind: 'gateway',
        url: web.url('/sms'),
        format: 'json',
        fields: { to: '{to}', text: '{text}', ref: '{id}' },
      },
      pushContact: 'mailto:it@example.org',
      privateHosts: ['localhost'],
      ca: [],
    },
    ...change,
  })
  let ids = 0
  const notices = makeNotices(db, TENANT, () => String(ids++).padStart(32, '0'))
  const climb = makeClimb(db, TENANT, notices)
  const confirmations = makeConfirmations(db, TENANT, join(folder, 'confirm.key'))
  const drill = makeDrillRead(db, TENANT)
  const countWeek: CountWeek = (fromMs, toMs) =>
    digestCounts(
      readAlertFigures(db, { tenant: TENANT, fromMs, toMs }),
      readCoverage(db, TENANT, toMs),
    )
  const registry = new Registry()
  const read = makeNotifyReadings(db, TENANT, {
    settings: () => settings,
    drill,
    clock,
  })
  const metrics = addNotifyMetrics(registry, read)
  const queue = makeDeliveryQueue(db, TENANT)
  const deliver = makeDeliver({
    queue,
    settings: () => settings,
    sends: {
      email: sendEmail,
      sms: sendSms,
      push: makeSendPush({ publicKey: '', privateKey: '' }, () => undefined),
      webhook: sendWebhook,
    },
    makeMessage: makeMakeMessage(confirmations.tokenOf),
    metrics,
    clock,
    log: makeLog('test', 'silent'),
  })
  const underWay = db.prepare<[], { total: number }>(
    `SELECT count(*) AS total FROM delivery WHERE state = 'claimed'`,
  )
  const escalations = makeEscalations(db)
  t.teardown(async () => {
    await deliver.close()
    await Promise.all([mail.close(), web.close()])
    db.close()
  })
  /** Lets time pass, then takes what is due and waits until it has ended. */
  const look = async (passMs = 0): Promise<void> => {
    clock.nowMs += passMs
    climb.climb(settings, clock.nowMs)
    deliver.look()
    await until('messages have gone', () => underWay.get()?.total === 0, 30_000)
  }
  const raise = (alert: string, more: Partial<AlertRaised> = {}): void =>
    escalations.raise({
      tenant: TENANT,
      alert,
      queue: 'safeguarding',
      severity: 'critical',
      isTrial: false,
      atMs: clock.nowMs,
      cause: 'opened',
      ...more,
    })
  const states = (): readonly unknown[] =>
    db
      .prepare('SELECT notice, channel, state, attempts FROM delivery ORDER BY notice, channel')
      .all()
  const told = (): readonly string[] =>
    mail.received.map(
      ({ to, text }) => `${to[0]?.split('@')[0]}: ${/^subject: (.*)$/im.exec(text)?.[1]?.trim()}`,
    )
  return {
    db,
    file,
    mail,
    web,
    clock,
    settings,
    climb,
    queue,
    deliver,
    escalations,
    registry,
    read,
    weeks: { countWeek, drill },
    confirmations,
    notices,
    look,
    raise,
    states,
    told,
  }
}

t.test('an alert climbs until somebody has acknowledged it', async (t) => {
  const desk = await startDesk(t)
  desk.raise('a1')
  await desk.look()
  await desk.look(14 * MINUTE_MS)
  t.strictSame(desk.told(), ['dsl: 1 critical item'])
  await desk.look(MINUTE_MS)
  t.strictSame(desk.told(), ['dsl: 1 critical item', 'deputy: 1 critical item'])
  t.match(desk.mail.received[1]?.text, /has not been looked at yet/)
  desk.escalations.settle(TENANT, 'a1', desk.clock.nowMs)
  await desk.look(60 * MINUTE_MS)
  t.equal(desk.told().length, 2)
  t.match(desk.read(), { climbing: 0, waiting: 0, people: 6 })
})

t.test('an alert whose transaction fails is told to nobody', async (t) => {
  const desk = await startDesk(t)
  const fails = desk.db.transaction(() => {
    desk.raise('a1')
    throw new Error('no')
  })
  t.throws(() => fails())
  await desk.look()
  t.strictSame(desk.told(), [])
})

t.test('opened twice is told once; risen or opened again is told anew', async (t) => {
  const desk = await startDesk(t)
  desk.raise('a1', { severity: 'urgent' })
  desk.raise('a1', { severity: 'urgent' })
  await desk.look()
  t.strictSame(desk.told(), ['dsl: 1 urgent item'])
  desk.raise('a1', { severity: 'critical', cause: 'risen' })
  await desk.look()
  desk.escalations.settle(TENANT, 'a1', desk.clock.nowMs)
  desk.raise('a1', { severity: 'urgent', cause: 'reopened' })
  await desk.look(10 * MINUTE_MS)
  t.strictSame(desk.told(), ['dsl: 1 urgent item', 'dsl: 1 critical item', 'dsl: 1 urgent item'])
  t.match(desk.states(), [{ state: 'sent' }, { state: 'sent' }, { state: 'sent' }])
  desk.raise('b1', { severity: 'medium' })
  await desk.look(10 * MINUTE_MS)
  t.equal(desk.told().length, 3, 'what interrupts nobody is for the digest')
})

t.test('a hoax that spreads is a few messages, not thirty', async (t) => {
  const desk = await startDesk(t)
  for (let i = 0; i < 30; i++) {
    desk.raise(`a${i}`, { severity: 'urgent' })
    if (i % 3 === 0) await desk.look(1000)
  }
  await desk.look(5 * MINUTE_MS)
  t.strictSame(desk.told(), ['dsl: 1 urgent item', 'dsl: 29 urgent items'])
  t.match(desk.mail.received[1]?.text.replaceAll('=\r\n', ''), /console\.example\.org\/alerts\r/)
  desk.raise('c1')
  await desk.look()
  t.equal(desk.told().at(-1), 'dsl: 1 critical item', 'what is graver does not wait for it')
})

t.test('what was settled while it waited is not told', async (t) => {
  const desk = await startDesk(t)
  desk.mail.take = () => Promise.resolve({ code: 451 })
  desk.raise('a1')
  await desk.look()
  desk.escalations.settle(TENANT, 'a1', desk.clock.nowMs)
  await desk.look(MINUTE_MS)
  t.match(desk.states(), [{ state: 'cancelled', attempts: 1 }])
  const sent = (): number => desk.mail.received.length
  desk.raise('b1')
  desk.climb.climb(desk.settings, desk.clock.nowMs)
  desk.escalations.settle(TENANT, 'b1', desk.clock.nowMs)
  await desk.look(MINUTE_MS)
  t.equal(sent(), 0)
})

const both: Person = {
  id: 'dsl',
  name: 'dsl',
  roles: ['dsl'],
  places: [
    { id: 'sms-1', channel: 'sms', number: '+447700900123' },
    { id: 'email-1', channel: 'email', address: 'dsl@example.org' },
  ],
}

t.test('a failing channel starts the next, and is tried further', async (t) => {
  const desk = await startDesk(t, { people: [both, person('deputy', 'deputy')] })
  desk.web.answer = (_, response) => response.writeHead(503).end('down')
  desk.raise('a1')
  await desk.look()
  t.strictSame(desk.told(), [], 'the first failure is waited out')
  await desk.look(7000)
  await desk.look(1000)
  t.strictSame(desk.told(), ['dsl: 1 critical item'])
  desk.web.answer = (_, response) => response.writeHead(200).end()
  await desk.look(20_000)
  t.match(desk.states(), [
    { channel: 'email', state: 'sent', attempts: 1 },
    { channel: 'sms', state: 'sent', attempts: 3 },
  ])
  t.equal(
    new Set(desk.web.received.map(({ body }) => String(body))).size,
    1,
    'the same at every try',
  )
  t.match(
    desk.db
      .prepare('SELECT outcome, detail FROM delivery_attempt WHERE place = ? ORDER BY number')
      .all('sms-1'),
    [{ outcome: 'failed', detail: /503: down/ }, { outcome: 'failed' }, { outcome: 'accepted' }],
  )
  t.match(await desk.registry.metrics(), /sends_total\{channel="sms",outcome="failed"\} 2/)
})

t.test('somebody who cannot be reached at all is not waited for', async (t) => {
  const desk = await startDesk(t, {
    people: [{ ...both, places: both.places.slice(0, 1) }, person('deputy', 'deputy')],
  })
  desk.web.answer = (_, response) => response.writeHead(404).end()
  desk.raise('a1', { severity: 'urgent' })
  await desk.look()
  await desk.look(1000)
  t.strictSame(desk.told(), ['deputy: 1 urgent item'])
  t.match(desk.states(), [
    { channel: 'sms', state: 'failed', attempts: 1 },
    { channel: 'email', state: 'sent' },
  ])
})

t.test('tries end, and wait longer and longer before they do', async (t) => {
  const desk = await startDesk(t, {
    people: [person('dsl', 'dsl')],
    patience: { critical: 900_000, urgent: 3_600_000, high: 'day' },
  })
  desk.mail.take = () => Promise.resolve({ code: 451 })
  desk.raise('a1', { severity: 'high' })
  for (let i = 0; i < 14; i++) await desk.look(20 * MINUTE_MS)
  t.match(desk.states(), [{ state: 'failed', attempts: 10 }])
  t.strictSame(
    [1, 2, 3, 4, 5, 6, 20].map((n) => backOffMs(n, 0.5)),
    [5000, 15_000, 45_000, 135_000, 405_000, 900_000, 900_000],
  )
  t.ok(backOffMs(1, 0) === 4000 && backOffMs(1, 1) === 6000)
})

t.test('a place that is gone from the file is left alone', async (t) => {
  const desk = await startDesk(t, { people: [both] })
  desk.raise('a1')
  desk.climb.climb(desk.settings, desk.clock.nowMs)
  desk.db.prepare(`UPDATE delivery SET place = 'sms-old'`).run()
  await desk.look()
  await desk.look(1000)
  t.match(desk.db.prepare('SELECT place, state FROM delivery ORDER BY place').all(), [
    { place: 'sms-1', state: 'sent' },
    { place: 'sms-old', state: 'failed' },
  ])
})

t.test('what a death left claimed is sent once more under the same id, and counted', async (t) => {
  const desk = await startDesk(t)
  desk.raise('a1')
  desk.climb.climb(desk.settings, desk.clock.nowMs)
  t.equal(desk.queue.claim(desk.clock.nowMs, 8).length, 1, 'claimed, and the process dies')
  t.strictSame(desk.queue.claim(desk.clock.nowMs, 8), [], 'by nobody twice')
  t.strictSame(desk.queue.recover(desk.clock.nowMs), ['email'])
  await desk.look()
  t.equal(desk.mail.received[0]?.messageId, `<${'0'.repeat(32)}@example.org>`)
  t.match(desk.db.prepare('SELECT number, outcome FROM delivery_attempt ORDER BY number').all(), [
    { number: 1, outcome: 'unknown' },
    { number: 2, outcome: 'accepted' },
  ])
  t.match(await desk.registry.metrics(), /notice_repeats_total\{channel="email"\} 1/)
})

t.test('without people nobody is told, until there are some', async (t) => {
  const desk = await startDesk(t, { people: [person('it', 'it')] })
  desk.raise('a1')
  await desk.look()
  t.match(desk.read(), { nobody: 1 })
  desk.climb.reconsider()
  desk.climb.climb(schoolSettings({ senders: desk.settings.senders }), desk.clock.nowMs)
  t.match(desk.read(), { nobody: 0, climbing: 1 })
  t.equal(desk.states().length, 1)
})

t.test('the drill asks each, once a week, and shows who did not confirm', async (t) => {
  const people = [person('dsl', 'dsl'), person('head', 'head')]
  const desk = await startDesk(t, {
    people,
    drill: { weekday: 0, minute: 9 * 60 },
    digest: { weekday: 3, minute: 0 },
  })
  const occasions = makeOccasions(desk.db, desk.notices, desk.weeks)
  const look = async (passMs: number): Promise<void> => {
    desk.clock.nowMs += passMs
    occasions.look(desk.settings, desk.clock.nowMs)
    await desk.look()
  }
  await look(0)
  await look(60_000)
  t.strictSame(desk.told().toSorted(), [
    'dsl: Weekly test of alerts',
    'head: Weekly test of alerts',
  ])
  const again = makeOccasions(desk.db, desk.notices, desk.weeks)
  again.look(desk.settings, desk.clock.nowMs)
  await desk.look()
  t.equal(desk.told().length, 2, 'also after a restart')
  const mail = desk.mail.received.find(({ to }) => to[0] === 'dsl@example.org')
  const [, token = ''] = /\/confirm\/([\w-]+)/.exec(mail?.text.replaceAll('=\r\n', '') ?? '') ?? []
  t.notOk(desk.confirmations.confirm(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, 1))
  t.notOk(desk.confirmations.confirm('', 1))
  t.match(desk.read(), { unconfirmed: 2 })
  t.ok(desk.confirmations.confirm(token, desk.clock.nowMs))
  t.match(desk.read(), { unconfirmed: 1 })
  t.match(desk.weeks.drill(), {
    occasion: '2026-03-02',
    people: [
      { person: 'dsl', confirmedAtMs: desk.clock.nowMs },
      { person: 'head', confirmedAtMs: undefined },
    ],
  })
  await look(7 * 24 * 60 * MINUTE_MS)
  t.equal(desk.told().length, 4)
})

t.test('on Monday morning those who review get counts, and nobody else does', async (t) => {
  const desk = await startDesk(t)
  const weekMs = 7 * 24 * 60 * MINUTE_MS
  for (const severity of ['low', 'low', 'urgent'] as const)
    makeAlertTable(desk.db).write(opened(severity, desk.clock.nowMs++))
  desk.clock.nowMs = START_MS + weekMs - 2 * 60 * MINUTE_MS - 1
  const occasions = makeOccasions(desk.db, desk.notices, desk.weeks)
  const digests = () =>
    desk.mail.received.filter(({ text }) => /^subject: weekly summary/im.test(text))
  occasions.look(desk.settings, desk.clock.nowMs)
  await desk.look()
  t.strictSame(digests(), [])
  occasions.look(desk.settings, ++desk.clock.nowMs)
  await desk.look()
  t.strictSame(
    digests()
      .map(({ to }) => to[0])
      .toSorted(),
    ['deputy@example.org', 'dsl@example.org'],
  )
  const text = digests()[0]?.text.replaceAll('=\r\n', '')
  t.match(
    text,
    /week that ended at 07:00 on Monday [^]*0 critical, 1 urgent, 0 high, 0 medium, 2 low/,
  )
  t.match(text, /No box has reported yet: nothing can be noticed/)
  t.match(digests()[0]?.text, /1 alert waits for somebody to look/)
  t.match(digests()[0]?.text.replaceAll('=\r\n', ''), /Read more: \S+\/digest\b/)
  const late = await startDesk(t)
  makeOccasions(late.db, late.notices, late.weeks).look(
    late.settings,
    START_MS + 30 * 60 * MINUTE_MS,
  )
  t.strictSame(late.states(), [], 'a digest of yesterday is none')
})

function opened(severity: AlertRecord['severity'], atMs: number): AlertRecord {
  return {
    ...NOT_YET,
    tenant: TENANT,
    id: `${severity}${atMs}`,
    queue: 'safeguarding',
    theme: 'gambling',
    severity,
    state: 'new',
    subject: { kind: 'school' },
    group: '',
    firstAt: atMs,
    lastAt: atMs,
    openedAt: atMs,
    toldAt: atMs,
    isLate: false,
    isSimulated: false,
    isTrial: false,
    pupils: 0,
    reasons: { rules: [], parts: [], score: 0 },
  }
}

t.test('what is old is deleted, what is open is not', async (t) => {
  const desk = await startDesk(t)
  desk.raise('old')
  desk.raise('open')
  await desk.look()
  desk.escalations.settle(TENANT, 'old', desk.clock.nowMs)
  makePrune(desk.db, TENANT)(desk.clock.nowMs + 1)
  for (const [table, rows] of Object.entries({
    notice: 0,
    delivery: 0,
    delivery_attempt: 0,
    notice_alert: 0,
    escalation: 1,
    escalation_step: 1,
  }))
    t.equal(desk.db.prepare(`SELECT * FROM ${table}`).all().length, rows, table)
})
