/** The collector's half of a run in one process: its own store, ingest transaction and alert desk, with the time given. */

import { type AlertDesk, makeAlertDesk } from '#collector/alerts/alert-desk.ts'
import { makeAlertTable } from '#collector/alerts/alert-table.ts'
import type { AlertChange } from '#collector/alerts/raise-alert.ts'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { canonicalHash } from '#collector/ingest/canonical-json.ts'
import type { IncomingEvent } from '#collector/store/collector-store.ts'
import { migrations } from '#collector/store/migrations.ts'
import { makeTakeBatch } from '#collector/store/take-batch.ts'
import { type EventDraft, laneOf, type StoredEvent } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { openSqlite } from '#platform/sqlite.ts'
import { judge } from '#safeguarding/judge.ts'
import type { Snooze } from '../school/set-aside.ts'
import { HEAD_USER } from '../story/cast.ts'
import { AlertBook, type AlertSeen } from './alert-book.ts'

export interface CollectorPart {
  /** Takes what the agent shipped, in one transaction, and judges it in the next. */
  readonly take: (drafts: readonly EventDraft[], nowMs: number) => void
  /** What time brings; call it every few seconds. */
  readonly look: (nowMs: number) => void
  readonly snooze: (snooze: Snooze, nowMs: number) => void
  readonly alerts: () => readonly AlertSeen[]
  readonly close: () => void
}

const TENANT = 'simulated'
const APPLIANCE = 'simulated'
const EPOCH = 'simulated'

/** `file` is new and the caller's to delete. It is not made durable: a run that is cut off is run again. */
export function openCollectorPart(file: string): CollectorPart {
  const db = openSqlite(file, migrations)
  db.pragma('synchronous = OFF')
  const takeBatch = makeTakeBatch(db)
  const table = makeAlertTable(db)
  const desk = makeAlertDesk(db, {
    judge,
    settings: { limits: ALERT_LIMITS, heads: [HEAD_USER], isSimulated: true },
  })
  const book = new AlertBook()
  const note = (changes: readonly AlertChange[], nowMs: number): void => {
    for (const { tenant, alert } of changes) {
      const record = table.read(tenant, alert)
      if (!record) continue
      const { id, theme, queue, subject, severity, reasons } = record
      const { rules, site } = reasons
      book.note({ id, theme, queue, subject, site, rules }, severity, nowMs)
    }
  }
  let sequence = 0
  return {
    take: (drafts, nowMs) => {
      const events = drafts.map((draft) => incoming(draft, ++sequence))
      const taken = takeBatch({
        tenant: TENANT,
        appliance: APPLIANCE,
        epoch: EPOCH,
        events,
        receivedAt: nowMs,
      })
      if (isFailure(taken)) throw new BrokenRunError(taken.detail)
      judgeAll(desk, (changes) => note(changes, nowMs), nowMs)
    },
    look: (nowMs) => note(desk.look(nowMs), nowMs),
    snooze: ({ theme, group, toMs, reason }, nowMs) => {
      const asked = { kind: 'snooze', tenant: TENANT, theme, group, untilMs: toMs, reason } as const
      const refused = desk.actOnTheme(asked, 'a teacher of the simulation', nowMs)
      if (refused) throw new BrokenRunError(refused.detail)
    },
    alerts: () => book.all(),
    close: () => {
      db.close()
    },
  }
}

function judgeAll(
  desk: AlertDesk,
  note: (changes: readonly AlertChange[]) => void,
  nowMs: number,
): void {
  // What waits is at most what was just taken; one that fails is left for `look`.
  while (desk.counters().waiting > 0) {
    const changes = desk.takeInbox(nowMs)
    note(changes)
    if (desk.counters().failed > 0) throw new BrokenRunError('an event could not be judged')
  }
}

function incoming(draft: EventDraft, sequence: number): IncomingEvent {
  const event: StoredEvent = { ...draft, v: 1, lane: laneOf(draft.body), sequence }
  const rowHash = canonicalHash(event)
  const draftHash = canonicalHash(draft)
  if (isFailure(rowHash) || isFailure(draftHash)) throw new BrokenRunError('an event is too deep')
  return { event, rowHash, draftHash }
}

class BrokenRunError extends Error {
  override readonly name = 'BrokenRunError'
  readonly code = 'EDGE_SIMULATION'
}
