import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import { channelOrder, firstPlaces, type NoticeKind } from '../ladder/channel-order.ts'
import type { Person } from '../settings/notify-settings.ts'

/** How a message speaks: see `words.ts`. */
export const TONES = [
  'now',
  'passed-on',
  'duty',
  'forewarning',
  'still-open',
  'trial',
  'drill',
  'digest',
] as const
export type Tone = (typeof TONES)[number]

export interface AlertStep {
  readonly alert: string
  readonly round: number
  readonly number: number
}

interface NewNotice {
  readonly person: Person
  readonly tone: Tone
  readonly nowMs: number
  readonly seenAtMs?: number
}

export interface Notices {
  /** Tells somebody of an alert: by a message of its own, or by one that waits for more and has not left yet. */
  tellOf(step: AlertStep, notice: NewNotice & { readonly severity: Severity }): void
  /** A message for an occasion, once a person; false when there was one already. */
  tellOnce(
    occasion: string,
    notice: NewNotice & { readonly kind: Exclude<NoticeKind, 'alert'>; readonly facts?: string },
  ): boolean
}

/** After a message of this severity the next of it gathers for so long: a hoax that spreads is one message, not thirty. */
const GATHER_MS: Readonly<Record<Severity, number>> = {
  critical: 60_000,
  urgent: 5 * 60_000,
  high: 30 * 60_000,
  medium: 0,
  low: 0,
}

/** Makes messages with the deliveries by which they start. Call inside a transaction. */
export function makeNotices(db: Sqlite, tenant: string, newId: () => string): Notices {
  const { insert, open, newest, join, isTold, begin } = prepareNotices(db)
  const start = (
    id: string,
    person: Person,
    order: ReturnType<typeof channelOrder>,
    dueMs: number,
  ): void => {
    for (const place of firstPlaces(person, order))
      begin.run(tenant, id, place.id, place.channel, dueMs)
  }
  return {
    tellOf: ({ alert, round, number }, { person, severity, tone, nowMs, seenAtMs }) => {
      const waiting = open.get(tenant, person.id, severity, tone, seenAtMs ?? null)
      const id = waiting?.id ?? newId()
      if (!waiting) {
        const last = newest.get(tenant, person.id, severity)?.sealed ?? -Infinity
        // A clock that was set back must not hold a message for longer.
        const dueMs = Math.min(
          nowMs + GATHER_MS[severity],
          Math.max(nowMs, last + GATHER_MS[severity]),
        )
        insert.run(
          tenant,
          id,
          'alert',
          person.id,
          null,
          severity,
          tone,
          seenAtMs ?? null,
          nowMs,
          dueMs,
          null,
        )
        start(id, person, channelOrder('alert', severity), dueMs)
      }
      join.run(tenant, id, alert, round, number)
    },
    tellOnce: (occasion, { kind, person, tone, nowMs, facts }) => {
      if (isTold.get(tenant, kind, occasion, person.id) !== undefined) return false
      const id = newId()
      insert.run(
        tenant,
        id,
        kind,
        person.id,
        occasion,
        null,
        tone,
        null,
        nowMs,
        nowMs,
        facts ?? null,
      )
      start(id, person, channelOrder(kind, undefined), nowMs)
      return true
    },
  }
}

function prepareNotices(db: Sqlite) {
  const insert = db.prepare<
    [
      string,
      string,
      string,
      string,
      string | null,
      string | null,
      string,
      number | null,
      number,
      number,
      string | null,
    ]
  >(
    `INSERT INTO notice (tenant_id, id, kind, person, occasion, severity, tone, seen_at, made_at, due_at, facts, items)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  )
  const open = db.prepare<[string, string, string, string, number | null], { id: string }>(
    `SELECT id FROM notice WHERE tenant_id = ? AND kind = 'alert' AND person = ? AND severity = ? AND tone = ? AND seen_at IS ?
       AND sealed_at IS NULL AND EXISTS (
         SELECT 1 FROM delivery d WHERE d.tenant_id = notice.tenant_id AND d.notice = notice.id AND d.state = 'waiting')
     ORDER BY made_at DESC LIMIT 1`,
  )
  const newest = db.prepare<[string, string, string], { sealed: number | null }>(
    `SELECT max(sealed_at) AS sealed FROM notice WHERE tenant_id = ? AND kind = 'alert' AND person = ? AND severity = ?
       AND tone <> 'trial'`,
  )
  const join = db.prepare<[string, string, string, number, number]>(
    'INSERT OR REPLACE INTO notice_alert VALUES (?, ?, ?, ?, ?)',
  )
  const isTold = db.prepare<[string, string, string, string]>(
    'SELECT 1 FROM notice WHERE tenant_id = ? AND kind = ? AND occasion = ? AND person = ?',
  )
  const begin = db.prepare<[string, string, string, string, number]>(
    `INSERT INTO delivery VALUES (?, ?, ?, ?, 'waiting', 0, ?)`,
  )
  return { insert, open, newest, join, isTold, begin }
}
