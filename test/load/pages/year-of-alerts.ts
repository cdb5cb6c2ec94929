/**
 * Fills a collector's store as a year of a large school fills it: alerts of every theme and state with their events,
 * observations, histories and labels, and nothing that retention would have taken away by now. Rows are written as the
 * collector writes them, but without judging each.
 */

import type { AlertState } from '#collector/alerts/alert.ts'
import { makeHistoryWriter } from '#collector/alerts/alert-history.ts'
import type { AlertRecord } from '#collector/alerts/alert-record.ts'
import { makeAlertTable } from '#collector/alerts/alert-table.ts'
import type { Decision } from '#collector/alerts/decision.ts'
import { queueOf } from '#collector/alerts/queue-of.ts'
import { inTransaction } from '#collector/store/in-transaction.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import type { LookupBlocked } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { categoryOf } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { blocked, signal } from '#test/support/alert-lab.ts'

const TENANT = 'local'
const DAY_MS = 86_400_000
const YEAR_MS = 364 * DAY_MS
/** What retention leaves of persons, of Low alerts and of observations, a little less. */
const LINK_MS = 89 * DAY_MS
const LOW_MS = 89 * DAY_MS
const OBSERVED_MS = 118 * DAY_MS
const OPEN = 60
const PUPILS = 1000
/** The head as the ladder knows them, and of one in how many alerts it told them. */
export const HEAD = 'the-head'
const TOLD_HEAD = 40
/** A pupil that some viewers may not see. */
export const HIDDEN_PUPIL = 'pupil-11'
/** To whom one in ten alerts is assigned. */
export const TUTOR = 'tutor@school.test'
const SITES = 400

/** Of every gravity and queue; often ones stand more than once. */
const CATEGORIES: readonly CategoryId[] = [
  'harm.suicide',
  'harm.selfharm',
  'adult.porn',
  'adult.porn',
  'adult.nudify_ai',
  'contact.anon_chat',
  'commerce.gambling',
  'crime.vape_alcohol_tobacco',
  'bypass.vpn',
]

export interface Filled {
  readonly alerts: number
  readonly events: number
}

/** Writes so many alerts into the file, the newest of them before `nowMs`. */
export function fillYear(file: string, alerts: number, nowMs: number): Filled {
  const db = openCollectorFile(file)
  try {
    const write = makeWriter(db, nowMs)
    let events = 0
    inTransaction(db, () => {
      for (let index = 0; index < alerts; index += 1)
        events += write(index, alerts, nowMs - Math.floor(((alerts - index) / alerts) * YEAR_MS))
    })
    return { alerts, events }
  } finally {
    db.close()
  }
}

/** Returns how many events the alert got. */
function makeWriter(db: Sqlite, nowMs: number): (index: number, of: number, at: number) => number {
  const table = makeAlertTable(db)
  const addHistory = makeHistoryWriter(db)
  const keepEvents = makeEventWriter(db, nowMs)
  const label = db.prepare('INSERT INTO alert_label VALUES (?, ?, ?, ?, ?, 0)')
  const step = db.prepare("INSERT INTO escalation_step VALUES (?, ?, 1, 1, 'step', ?, ?)")
  return (index, of, at) => {
    const alert = alertAt(index, { at, nowMs, isOpen: of - index <= OPEN })
    const { id, tenant, theme, openedAt, acknowledgedAt, closedAt, decision } = alert
    table.write(alert)
    step.run(tenant, id, index % TOLD_HEAD === 0 ? `dsl ${HEAD}` : 'dsl', openedAt)
    const note = { tenant, alert: id, facts: {} }
    addHistory({ ...note, at: openedAt, who: 'SuperCloud Edge', change: 'opened', why: '' })
    const who = 'D. Lead (dsl@school.test)'
    if (acknowledgedAt !== undefined)
      addHistory({ ...note, at: acknowledgedAt, who, change: 'acknowledged', why: '' })
    if (closedAt !== undefined && decision !== undefined) {
      addHistory({ ...note, at: closedAt, who, change: 'closed', why: 'looked into' })
      label.run(tenant, id, theme, decision, closedAt)
    }
    return keepEvents(alert, index)
  }
}

const STATES: readonly AlertState[] = ['new', 'acknowledged', 'in-review']
const DECIDED: readonly Decision[] = [
  'concern',
  'no-concern',
  'false-positive:wrong-category',
  'no-concern',
  'false-positive:curriculum',
]

function categoryAt(index: number): CategoryId {
  return CATEGORIES[index % CATEGORIES.length] ?? 'adult.porn'
}

function userAt(index: number): string {
  return `pupil-${(index * 7919) % PUPILS}`
}

function alertAt(
  index: number,
  { at, nowMs, isOpen }: { readonly at: number; readonly nowMs: number; readonly isOpen: boolean },
): AlertRecord {
  const category = categoryOf(categoryAt(index))
  const theme = category?.theme ?? 'adult'
  const severity = SEVERITIES.find((one) => one === category?.severity) ?? 'medium'
  const isOldLow = severity === 'low' && nowMs - at > LOW_MS
  const decision = isOldLow ? 'concern' : (DECIDED[index % DECIDED.length] ?? 'no-concern')
  const isErased = !isOpen && decision !== 'concern' && nowMs - at > LINK_MS
  const profile = index % 97 === 0 ? 'staff' : 'secondary'
  const queue = queueOf({ theme, profile, user: userAt(index), heads: new Set() })
  const closed = { acknowledgedAt: at + 600_000 + index, closedAt: at + 7_200_000 + index }
  const state = isOpen ? (STATES[index % STATES.length] ?? 'new') : 'closed'
  return {
    id: `alert-${((index * 2_654_435_761) % 2 ** 32).toString(16)}-${index}`,
    tenant: TENANT,
    queue,
    theme,
    severity,
    state,
    subject: isErased ? { kind: 'erased' } : { kind: 'person', user: userAt(index) },
    group: `Year ${7 + (index % 5)}`,
    firstAt: at - 60_000,
    lastAt: at,
    openedAt: at,
    toldAt: at,
    acknowledgedAt: state === 'new' ? undefined : closed.acknowledgedAt,
    closedAt: isOpen ? undefined : closed.closedAt,
    seenAgainAt: undefined,
    isLate: index % 50 === 0,
    isSimulated: false,
    isTrial: false,
    hasLegalHold: false,
    pupils: 0,
    reasons: { rules: ['lone'], parts: [{ part: 'weight', value: 45 }], score: 45 },
    assignedTo: index % 10 === 0 ? TUTOR : undefined,
    awaiting: undefined,
    escalatedTo: undefined,
    mergedInto: undefined,
    decision: isOpen ? undefined : decision,
    reason: isOpen ? undefined : 'looked into',
    action: isOpen ? undefined : 'spoke with the tutor',
    outcome: isOpen ? undefined : 'settled',
    caseReference: undefined,
  }
}

/** One to three events an alert, each with its body and, where it is young enough, its observation. */
function makeEventWriter(db: Sqlite, nowMs: number): (alert: AlertRecord, index: number) => number {
  const event = db.prepare(
    "INSERT INTO event VALUES (?, ?, 'box', 'safeguarding', 'lookup-blocked', 1, ?, ?, ?, ?, ?)",
  )
  const revision = db.prepare("INSERT INTO event_revision VALUES (?, ?, 1, ?, ?, x'00', ?)")
  const observed = db.prepare(
    'INSERT INTO alert_observation VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, 1, 1, 0, 1, 0, ?, ?)',
  )
  const wrong = db.prepare('INSERT OR IGNORE INTO wrong_site VALUES (?, ?, ?, ?)')
  const { link } = makeAlertTable(db)
  return (alert, index) => {
    const { tenant, lastAt, group, severity, theme, queue } = alert
    const count = 1 + (index % 3)
    for (let number = 0; number < count; number += 1) {
      const id = `event-${alert.id.slice(6)}-${number}`
      const at = lastAt - number * 1000
      const site = `site-${(index * 31 + number) % SITES}.test`
      const body = bodyAt(index, { alert, site, at })
      event.run(tenant, id, at, group, body.category, severity, at)
      revision.run(tenant, id, at, at, JSON.stringify(body))
      link(alert, id, at)
      if (alert.decision === 'false-positive:wrong-category')
        wrong.run(tenant, alert.id, site, alert.closedAt)
      if (nowMs - at > OBSERVED_MS || alert.subject.kind === 'erased') continue
      const key = `user:${userAt(index)}`
      const facts = JSON.stringify({ event: id, at, category: body.category, site, ...LONE })
      const subject = JSON.stringify(alert.subject)
      observed.run(tenant, id, key, theme, queue, at, at, at, site, group, subject, facts)
    }
    return count
  }
}

const LONE = {
  isBlocked: true,
  lookups: 1,
  distinctNames: 1,
  intent: 50,
  moment: 'lesson',
  isNew: false,
  confidence: 95,
  isSnoozed: false,
}

function bodyAt(
  index: number,
  { alert, site, at }: { readonly alert: AlertRecord; readonly site: string; readonly at: number },
): LookupBlocked {
  const body = blocked({
    category: categoryAt(index),
    at,
    user: userAt(index),
    site,
    group: alert.group,
    profile: alert.queue === 'head' ? 'staff' : 'secondary',
    signal: signal({ site }),
  })
  return alert.subject.kind === 'erased' ? { ...body, client: { address: 'erased' } } : body
}
