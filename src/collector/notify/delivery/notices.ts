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
  'assigned',
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
  /** Tells somebody that an alert is theirs now. */
  tellAssigned(
    alert: string,
    notice: Pick<NewNotice, 'person' | 'nowMs'> & { readonly severity: Severity },
  ): void
  /** A message for an occasion, once a person; false when there was one already. */
  tellOnce(
    occasion: string,
    notice: NewNotice & {
      readonly kind: Exclude<NoticeKind, 'alert' | 'assigned'>
      readonly facts?: string
    },
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

/** Rounds of ladders begin with 1. */
const OF_NO_LADDER = 0

/** Makes messages with the deliveries by which they start. Call inside a transaction. */
export function makeNotices(db: Sqlite, tenant: string, newId: () => string): Notices {
  const statements = prepareNotices(db)
  const { open, newest, join, isTold } = statements
  const begin = makeBegin(statements, tenant, newId)
  return {
    tellOf: ({ alert, round, number }, { person, severity, tone, nowMs, seenAtMs }) => {
      const waiting = open.get(tenant, person.id, severity, tone, seenAtMs ?? null)
      const startNew = (): string => {
        const last = newest.get(tenant, person.id, severity)?.sealed ?? -Infinity
        const gatherMs = GATHER_MS[severity]
        // A clock that was set back must not hold a message for longer.
        const dueMs = Math.min(nowMs + gatherMs, Math.max(nowMs, last + gatherMs))
        return begin({ kind: 'alert', person, severity, tone, seenAtMs, nowMs, dueMs })
      }
      join.run(tenant, waiting?.id ?? startNew(), alert, round, number)
    },
    tellAssigned: (alert, { person, severity, nowMs }) => {
      const kind = 'assigned'
      const id = begin({ kind, tone: kind, person, severity, nowMs, dueMs: nowMs })
      join.run(tenant, id, alert, OF_NO_LADDER, 0)
    },
    tellOnce: (occasion, { kind, person, tone, nowMs, facts }) => {
      if (isTold.get(tenant, kind, occasion, person.id) !== undefined) return false
      begin({ kind, person, occasion, tone, nowMs, dueMs: nowMs, facts })
      return true
    },
  }
}

interface Beginning {
  readonly kind: NoticeKind
  readonly person: Person
  readonly tone: Tone
  readonly nowMs: number
  readonly dueMs: number
  readonly occasion?: string | undefined
  readonly severity?: Severity | undefined
  readonly seenAtMs?: number | undefined
  readonly facts?: string | undefined
}

/** Writes a message with the deliveries by which it starts; gives its id. */
function makeBegin(
  { insert, deliver }: Pick<ReturnType<typeof prepareNotices>, 'insert' | 'deliver'>,
  tenant: string,
  newId: () => string,
): (made: Beginning) => string {
  return ({ kind, person, tone, nowMs, dueMs, occasion, severity, seenAtMs, facts }) => {
    const id = newId()
    insert.run(
      tenant,
      id,
      kind,
      person.id,
      occasion ?? null,
      severity ?? null,
      tone,
      seenAtMs ?? null,
      nowMs,
      dueMs,
      facts ?? null,
    )
    for (const place of firstPlaces(person, channelOrder(kind, severity)))
      deliver.run(tenant, id, place.id, place.channel, dueMs)
    return id
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
  const deliver = db.prepare<[string, string, string, string, number]>(
    `INSERT INTO delivery VALUES (?, ?, ?, ?, 'waiting', 0, ?)`,
  )
  return { insert, open, newest, join, isTold, deliver }
}
