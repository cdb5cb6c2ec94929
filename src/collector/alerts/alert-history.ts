/**
 * Every change of every alert, as rows that are only ever added: each carries the SHA-256 over itself and the row before,
 * so that a row that was changed, taken out or moved is found. Nothing in it names whom an alert is about.
 */
import { createHash } from 'node:crypto'
import { type Failure, failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'

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
/** What the first row of a tenant has before it. */
const NOTHING_BEFORE = ''

/** Adds a row at the end of its tenant's chain; call inside the transaction that makes the change. */
export function makeHistoryWriter(db: Sqlite): (row: HistoryRow) => void {
  const readHead = db.prepare<[string], { sequence: number; hash: string }>(
    'SELECT sequence, hash FROM alert_history_head WHERE tenant_id = ?',
  )
  const insert = db.prepare<
    [string, number, string, number, string, string, string, string, string]
  >('INSERT INTO alert_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const moveHead = db.prepare<[string, number, string]>(
    `INSERT INTO alert_history_head VALUES (?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET
       sequence = excluded.sequence, hash = excluded.hash`,
  )
  return (row) => {
    const head = readHead.get(row.tenant) ?? { sequence: 0, hash: NOTHING_BEFORE }
    const sequence = head.sequence + 1
    const facts = JSON.stringify(row.facts)
    const { tenant, alert, at, who, change, why } = row
    const hash = hashOf({ tenant, sequence, alert, at, who, change, why, facts }, head.hash)
    insert.run(tenant, sequence, alert, at, who, change, why, facts, hash)
    moveHead.run(tenant, sequence, hash)
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

/**
 * Walks a tenant's whole chain. How many rows it has, or where it was tampered with first: a row changed, missing, moved
 * or put in between. Reads row by row; it blocks for about a second in 200,000 rows.
 */
export function verifyChain(db: Sqlite, tenant: string): number | Failure<'broken-chain'> {
  const rows = db.prepare<[string], Stored>(
    `SELECT ${COLUMNS} FROM alert_history WHERE tenant_id = ? ORDER BY sequence`,
  )
  let before = NOTHING_BEFORE
  let sequence = 0
  for (const row of rows.iterate(tenant)) {
    sequence += 1
    if (row.sequence !== sequence)
      return failure('broken-chain', `row ${sequence} of the history is missing`)
    if (hashOf(row, before) !== row.hash)
      return failure('broken-chain', `row ${sequence} of the history was changed or moved`)
    before = row.hash
  }
  const head = db
    .prepare<[string], { sequence: number; hash: string }>(
      'SELECT sequence, hash FROM alert_history_head WHERE tenant_id = ?',
    )
    .get(tenant)
  if ((head?.sequence ?? 0) !== sequence || (head?.hash ?? NOTHING_BEFORE) !== before)
    return failure('broken-chain', `the history ends at row ${sequence}, not where it should`)
  return sequence
}

function hashOf(row: Omit<Stored, 'hash'>, before: string): string {
  const { tenant, sequence, alert, at, who, change, why, facts } = row
  const covered = JSON.stringify([before, tenant, sequence, alert, at, who, change, why, facts])
  return createHash('sha256').update(covered).digest('hex')
}

function readRow(row: Stored): KeptHistoryRow {
  const facts: HistoryRow['facts'] = JSON.parse(row.facts)
  return { ...row, facts }
}
