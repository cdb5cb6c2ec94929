/** An alert desk over a real SQLite file, with events that come as from a box and a ladder that writes what it is told. */
import { join } from 'node:path'
import { type AlertDesk, makeAlertDesk } from '#collector/alerts/alert-desk.ts'
import type { AlertRecord } from '#collector/alerts/alert-record.ts'
import { ALERT_COLUMNS, type AlertRow, readAlert } from '#collector/alerts/alert-table.ts'
import { ALERT_LIMITS, type AlertLimits } from '#collector/config/alert-limits.ts'
import type { AlertRaised, Escalations } from '#collector/notify/escalations.ts'
import type { CollectorStore } from '#collector/store/collector-store.ts'
import { makeSqliteStore, openCollectorFile } from '#collector/store/sqlite-store.ts'
import type { EventBody, LookupBlocked, StoredEvent } from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { categoryOf } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { type Judge, judge } from '#safeguarding/judge.ts'
import { makeEvent } from './collector-client.ts'

/** A Tuesday, 10:00. */
export const START: number = Date.UTC(2026, 10, 24, 10)
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000

/** What the ladder was told: `raise <cause> <queue> <severity>`, with `trial` after it, `settle`, or `assigned <to> <severity>`. */
export interface Told {
  readonly alert: string
  readonly what: string
}

export interface AlertLab {
  readonly db: Sqlite
  readonly store: CollectorStore
  readonly desk: AlertDesk
  /** Stores events as one batch of `box`, without judging them. */
  readonly send: (events: readonly StoredEvent[], nowMs: number, box?: string) => Promise<void>
  /** Judges all that waits, as it is done after a batch. */
  readonly take: (nowMs: number) => void
  /** In the order in which they were opened. */
  readonly alerts: () => readonly AlertRecord[]
  readonly eventsOf: (alert: string) => readonly string[]
  readonly told: () => readonly Told[]
  readonly history: () => readonly { alert: string; change: string; who: string; why: string }[]
  /** The same file, opened again as after a stop. */
  readonly reopen: () => AlertLab
  readonly close: () => void
}

export interface LabOptions {
  readonly judge?: Judge
  readonly limits?: Partial<AlertLimits>
  readonly heads?: readonly string[]
  readonly isSimulated?: boolean
  /** Throws where it says so, before it writes. */
  readonly fails?: (raised: AlertRaised) => boolean
}

/** Opens a lab in a folder, or in memory where many are needed. Close it yourself. */
export function openAlertLab(folder: string | undefined, options: LabOptions = {}): AlertLab {
  const db = openCollectorFile(folder === undefined ? ':memory:' : join(folder, 'collector.sqlite'))
  db.exec('CREATE TABLE IF NOT EXISTS told (tenant_id TEXT, alert TEXT, what TEXT)')
  const tell = db.prepare('INSERT INTO told VALUES (?, ?, ?)')
  const escalations: Escalations = {
    raise: (raised) => {
      if (options.fails?.(raised)) throw new Error('the ladder is out of order')
      const { tenant, alert, cause, queue, severity, isTrial } = raised
      tell.run(tenant, alert, `raise ${cause} ${queue} ${severity}${isTrial ? ' trial' : ''}`)
    },
    settle: (tenant, alert) => {
      tell.run(tenant, alert, 'settle')
    },
    assigned: ({ alert, to, severity }) => {
      tell.run('local', alert, `assigned ${to} ${severity}`)
    },
  }
  const limits = { ...ALERT_LIMITS, ...options.limits }
  const { heads = [], isSimulated = false } = options
  const settings = { limits, heads, isSimulated }
  const desk = makeAlertDesk(db, { judge: options.judge ?? judge, escalations, settings })
  const store = makeSqliteStore(db, 10)
  return {
    db,
    store,
    desk,
    send: async (events, receivedAt, appliance = 'box') => {
      const owner = { tenant: 'local', appliance, epoch: 'epoch-1', receivedAt }
      const incoming = events.map((event) => {
        const { sequence: _sequence, ...draft } = event
        return {
          event,
          rowHash: Buffer.from(JSON.stringify(event)),
          draftHash: Buffer.from(JSON.stringify(draft)),
        }
      })
      const taken = await store.takeBatch({ ...owner, events: incoming })
      if ('failure' in taken) throw new Error(taken.detail)
    },
    take: (nowMs) => {
      while (desk.takeInbox(nowMs).length > 0);
      desk.takeInbox(nowMs)
    },
    alerts: () =>
      db
        .prepare<[], AlertRow>(`SELECT ${ALERT_COLUMNS} FROM alert ORDER BY opened_at, theme, id`)
        .all()
        .map(readAlert),
    eventsOf: (alert) =>
      db
        .prepare<[string], { event_id: string }>(
          'SELECT event_id FROM alert_event WHERE alert_id = ? ORDER BY event_id',
        )
        .all(alert)
        .map(({ event_id }) => event_id),
    told: () => db.prepare<[], Told>('SELECT alert, what FROM told').all(),
    history: () =>
      db
        .prepare<[], { alert: string; change: string; who: string; why: string }>(
          'SELECT alert_id AS alert, change, who, why FROM alert_history ORDER BY sequence',
        )
        .all(),
    reopen: () => {
      db.close()
      return openAlertLab(folder, options)
    },
    close: () => {
      db.close()
    },
  }
}

let sequence = 0

export interface LookupGiven extends Partial<LookupBlocked> {
  readonly category: CategoryId
  readonly at: number
  readonly user?: string
  readonly confidence?: number
  readonly mac?: string
  readonly site?: string
}

/** A blocked lookup of a person who is known for certain. */
export function blocked(given: LookupGiven): LookupBlocked {
  const { at, user = 'a.pupil', confidence = 95, mac, site = 'bad.test', ...rest } = given
  return {
    kind: 'lookup-blocked',
    group: 'Year 9',
    profile: 'secondary',
    client: {
      address: '192.0.2.44',
      confidence,
      ...(user === '' ? {} : { user }),
      ...(mac === undefined ? {} : { mac }),
    },
    theme: categoryOf(given.category)?.theme ?? 'none',
    severity: categoryOf(given.category)?.severity ?? 'none',
    name: { form: 'clear', name: site },
    list: 'test-list',
    count: 1,
    firstAt: at,
    lastAt: at + 1000,
    ...rest,
  }
}

/** A signal of a chosen name. */
export function signal(change: Partial<Signal> = {}): Signal {
  return {
    weights: 1,
    intent: 90,
    why: 'anchor',
    moment: 'lesson',
    distinctNames: 1,
    site: 'bad.test',
    isNew: false,
    parts: [{ part: 'weight', value: 45 }],
    points: 45,
    ...change,
  }
}

/** An event round a body, numbered on. */
export function event(
  body: EventBody,
  change: { readonly id?: string; readonly revision?: number } = {},
): StoredEvent {
  sequence += 1
  const at = 'lastAt' in body && typeof body.lastAt === 'number' ? body.lastAt : START
  return makeEvent(body, sequence, { ...change, at })
}
