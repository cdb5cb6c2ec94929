/**
 * Every change of every alert, as rows that are only ever added: each carries the SHA-256 over itself and the row before,
 * so that a row that was changed, taken out or moved is found. Nothing in it names whom an alert is about.
 */
import type { Failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { makeChainWriter, verifyRows } from '../store/hash-chain.ts'

/** What happened, in the past tense; they stand in rows for ever. */
export const CHANGES = [
  'opened',
  'risen',
  'seen-again',
  'acknowledged',
  'review-begun',
  'decided',
  'acted',
  'closed',
  'reopened',
  'assigned',
  'information-awaited',
  'information-came',
  'escalated',
  'merged',
  'split',
  'held',
  'hold-released',
  'noted',
  'snoozed',
  'snooze-ended',
  'demotion-proposed',
  'demotion-accepted',
  'demotion-refused',
  'person-erased',
  'deleted',
] as const
export type Change = (typeof CHANGES)[number]

/** Who stands in a row that no person caused. */
export const BY_ITSELF = 'SuperCloud Edge'

export interface HistoryRow {
  readonly tenant: string
  /** The alert, or what else the change was of. */
  readonly alert: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly who: string
  readonly change: Change
  readonly why: string
  /** Codes and numbers only. */
  readonly facts: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export interface KeptHistoryRow extends HistoryRow {
  readonly sequence: number
  readonly hash: string
}

interface Stored extends Omit<KeptHistoryRow, 'facts'> {
  readonly facts: string
}

const COLUMNS =
  'tenant_id AS tenant, sequence, alert_id AS alert, at, who, change, why, facts, hash'
const CHAIN = {
  table: 'alert_history',
  columns: ['alert_id', 'at', 'who', 'change', 'why', 'facts'],
} as const

/** Adds a row at the end of its tenant's chain; call inside the transaction that makes the change. */
export function makeHistoryWriter(db: Sqlite): (row: HistoryRow) => void {
  const add = makeChainWriter(db, CHAIN)
  return ({ tenant, alert, at, who, change, why, facts }) => {
    add(tenant, [alert, at, who, change, why, JSON.stringify(facts)])
  }
}

/** The newest rows of one alert, oldest of them first. */
export function readHistory(
  db: Sqlite,
  asked: { readonly tenant: string; readonly alert: string; readonly limit: number },
): readonly KeptHistoryRow[] {
  return db
    .prepare<[string, string, number], Stored>(
      `SELECT ${COLUMNS} FROM alert_history WHERE tenant_id = ? AND alert_id = ?
       ORDER BY sequence DESC LIMIT ?`,
    )
    .all(asked.tenant, asked.alert, asked.limit)
    .map(readRow)
    .toReversed()
}

/** The newest rows of all alerts, newest first, older than a sequence. */
export function readAllHistory(
  db: Sqlite,
  asked: { readonly tenant: string; readonly before: number; readonly limit: number },
): readonly KeptHistoryRow[] {
  return db
    .prepare<[string, number, number], Stored>(
      `SELECT ${COLUMNS} FROM alert_history WHERE tenant_id = ? AND sequence < ?
       ORDER BY sequence DESC LIMIT ?`,
    )
    .all(asked.tenant, asked.before, asked.limit)
    .map(readRow)
}

/** As `verifyRows`. */
export function verifyChain(db: Sqlite, tenant: string): number | Failure<'broken-chain'> {
  return verifyRows(db, CHAIN, tenant)
}

function readRow(row: Stored): KeptHistoryRow {
  const facts: HistoryRow['facts'] = JSON.parse(row.facts)
  return { ...row, facts }
}
