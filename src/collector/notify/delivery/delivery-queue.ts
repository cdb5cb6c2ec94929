/**
 * The durable queue. A delivery is claimed (committed), sent, and its outcome committed. A process that dies in between leaves a
 * claim: nobody knows whether the other side has the message, so it is sent once more under the same id, and that is noted.
 */

import { isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { SendOutcome } from '../channels/channel.ts'
import { channelOrder, type NoticeKind, nextPlace } from '../ladder/channel-order.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { Channel, Person } from '../settings/notify-settings.ts'
import { backOffMs } from './back-off.ts'
import type { Tone } from './notices.ts'
import { makeReach } from './reach.ts'

/** A delivery under way. */
export interface Claimed {
  readonly notice: string
  readonly place: string
  readonly channel: Channel
  /** From 1. */
  readonly attempt: number
  readonly kind: NoticeKind
  readonly person: string
  readonly severity: Severity | null
  readonly tone: Tone
  readonly seenAtMs: number | null
  readonly madeAtMs: number
  readonly items: number
  readonly facts: string | null
  /** The only alert that it tells of; null where they are more, or none. */
  readonly alert: string | null
  /** An earlier attempt may have arrived. */
  readonly isRepeat: boolean
}

export interface DeliveryQueue {
  /** Claims what is due, the gravest first. */
  claim(nowMs: number, limit: number): readonly Claimed[]
  /** Notes how it went; a failing place is tried again later and starts the next one of `person`, who may be gone from the file. */
  finish(claimed: Claimed, outcome: SendOutcome, context: Finish): void
  /** Makes due again what a process that died had claimed; tells the channel of each. */
  recover(nowMs: number): readonly Channel[]
}
interface Finish {
  readonly person: Person | undefined
  readonly nowMs: number
  /** From 0 to 1. */
  readonly chance: number
}

interface DueRow extends Omit<Claimed, 'alert' | 'isRepeat' | 'attempt'> {
  readonly attempts: number
  readonly sealedAtMs: number | null
  readonly unknown: number
}

export function makeDeliveryQueue(db: Sqlite, tenant: string): DeliveryQueue {
  const { setState } = prepareDeliveries(db)
  const { endAttempt, failures, started, begin, claims, forget, release } = prepareAttempts(db)
  const reach = makeReach(db, tenant)

  const goOn = ({ notice, kind, severity }: Claimed, { person, nowMs }: Finish): void => {
    if (!reach.isWanted(notice)) return
    const used = started.all(tenant, notice).map(({ place }) => place)
    const order = channelOrder(kind, severity ?? undefined)
    const next = person && nextPlace(person, order, used)
    if (next) begin.run(tenant, notice, next.id, next.channel, nowMs)
    else reach.noteLost(notice)
  }
  const finishFailed = (claimed: Claimed, isFinal: boolean, context: Finish): void => {
    const { notice, place, attempt, madeAtMs } = claimed
    const { nowMs, chance } = context
    const failed = failures.get(tenant, notice, place)?.total ?? 0
    const isOver =
      isFinal ||
      !reach.isWanted(notice) ||
      attempt >= NOTIFY_LIMITS.attemptsMax ||
      nowMs - madeAtMs >= NOTIFY_LIMITS.giveUpAfterMs
    const nextMs = isOver ? nowMs : nowMs + backOffMs(failed, chance)
    setState.run(isOver ? 'failed' : 'waiting', nextMs, tenant, notice, place)
    if (isOver || failed === NOTIFY_LIMITS.failuresBeforeNext) goOn(claimed, context)
  }
  const finish = (claimed: Claimed, outcome: SendOutcome, context: Finish): void => {
    const { notice, place, attempt } = claimed
    const [kind, detail] = isFailure(outcome) ? [outcome.failure, outcome.detail] : ['accepted', '']
    const cut = detail.slice(0, NOTIFY_LIMITS.detailCharsMax)
    endAttempt.run(context.nowMs, kind, cut, tenant, notice, place, attempt)
    if (isFailure(outcome)) finishFailed(claimed, outcome.failure === 'refused', context)
    else setState.run('sent', context.nowMs, tenant, notice, place)
  }
  const claimAll = makeClaim(db, tenant)
  const finishOne = db.transaction(finish)
  const recoverAll = db.transaction((nowMs: number) => {
    const left = claims.all(tenant).map(({ channel }) => channel)
    forget.run(nowMs, tenant)
    release.run(nowMs, tenant)
    return left
  })
  return {
    claim: claimAll,
    finish: (claimed, outcome, context) => finishOne.immediate(claimed, outcome, context),
    recover: (nowMs) => recoverAll.immediate(nowMs),
  }
}

function makeClaim(db: Sqlite, tenant: string): DeliveryQueue['claim'] {
  const { due, alerts, countAlerts, seal, setState } = prepareDeliveries(db)
  const { beginAttempt, countAttempt } = prepareAttempts(db)
  const claimOne = (row: DueRow, nowMs: number): Claimed => {
    const { attempts, sealedAtMs, unknown, ...rest } = row
    const items = row.kind === 'alert' ? (countAlerts.get(tenant, row.notice)?.total ?? 0) : 1
    if (sealedAtMs === null) seal.run(nowMs, items, tenant, row.notice)
    countAttempt.run(tenant, row.notice, row.place)
    setState.run('claimed', nowMs, tenant, row.notice, row.place)
    beginAttempt.run(tenant, row.notice, row.place, attempts + 1, nowMs)
    const [only, more] = alerts.all(tenant, row.notice)
    const alert = only && !more ? only.alert : null
    return {
      ...rest,
      // What was told once is told the same way again.
      items: sealedAtMs === null ? items : row.items,
      attempt: attempts + 1,
      alert,
      isRepeat: unknown > 0,
    }
  }
  const claimDue = db.transaction((nowMs: number, limit: number) =>
    due.all(tenant, nowMs, limit).map((row) => claimOne(row, nowMs)),
  )
  return (nowMs, limit) => claimDue.immediate(nowMs, limit)
}

function prepareDeliveries(db: Sqlite) {
  const due = db.prepare<[string, number, number], DueRow>(
    `SELECT d.notice, d.place, d.channel, d.attempts, n.kind, n.person, n.severity, n.tone, n.seen_at AS seenAtMs,
       n.made_at AS madeAtMs, n.sealed_at AS sealedAtMs, n.items, n.facts,
       (SELECT count(*) FROM delivery_attempt a WHERE a.tenant_id = d.tenant_id AND a.notice = d.notice AND a.place = d.place
          AND a.outcome = 'unknown') AS unknown
     FROM delivery d JOIN notice n ON n.tenant_id = d.tenant_id AND n.id = d.notice
     WHERE d.tenant_id = ? AND d.state = 'waiting' AND d.next_at <= ?
     ORDER BY CASE n.severity WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 ELSE 3 END, d.next_at LIMIT ?`,
  )
  const alerts = db.prepare<[string, string], { alert: string }>(
    'SELECT alert FROM notice_alert WHERE tenant_id = ? AND notice = ? LIMIT 2',
  )
  const countAlerts = db.prepare<[string, string], { total: number }>(
    'SELECT count(*) AS total FROM notice_alert WHERE tenant_id = ? AND notice = ?',
  )
  const seal = db.prepare<[number, number, string, string]>(
    'UPDATE notice SET sealed_at = ?, items = ? WHERE tenant_id = ? AND id = ?',
  )
  const setState = db.prepare<[string, number, string, string, string]>(
    'UPDATE delivery SET state = ?, next_at = ? WHERE tenant_id = ? AND notice = ? AND place = ?',
  )
  return { due, alerts, countAlerts, seal, setState }
}

function prepareAttempts(db: Sqlite) {
  const beginAttempt = db.prepare<[string, string, string, number, number]>(
    `INSERT INTO delivery_attempt VALUES (?, ?, ?, ?, ?, NULL, 'begun', '')`,
  )
  const countAttempt = db.prepare<[string, string, string]>(
    'UPDATE delivery SET attempts = attempts + 1 WHERE tenant_id = ? AND notice = ? AND place = ?',
  )
  const endAttempt = db.prepare<[number, string, string, string, string, string, number]>(
    `UPDATE delivery_attempt SET ended_at = ?, outcome = ?, detail = ? WHERE tenant_id = ? AND notice = ? AND place = ? AND number = ?`,
  )
  const failures = db.prepare<[string, string, string], { total: number }>(
    `SELECT count(*) AS total FROM delivery_attempt WHERE tenant_id = ? AND notice = ? AND place = ? AND outcome = 'failed'`,
  )
  const started = db.prepare<[string, string], { place: string }>(
    'SELECT place FROM delivery WHERE tenant_id = ? AND notice = ?',
  )
  const begin = db.prepare<[string, string, string, string, number]>(
    `INSERT INTO delivery VALUES (?, ?, ?, ?, 'waiting', 0, ?)`,
  )
  const claims = db.prepare<[string], { channel: Channel }>(
    `SELECT channel FROM delivery WHERE tenant_id = ? AND state = 'claimed'`,
  )
  const forget = db.prepare<[number, string]>(
    `UPDATE delivery_attempt SET ended_at = ?, outcome = 'unknown' WHERE tenant_id = ? AND outcome = 'begun'`,
  )
  const release = db.prepare<[number, string]>(
    `UPDATE delivery SET state = 'waiting', next_at = ? WHERE tenant_id = ? AND state = 'claimed'`,
  )
  return {
    beginAttempt,
    countAttempt,
    endAttempt,
    failures,
    started,
    begin,
    claims,
    forget,
    release,
  }
}
