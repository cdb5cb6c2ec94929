/**
 * Rows that are only ever added: each carries the SHA-256 over itself and the row before, so that a row that was changed,
 * taken out or moved is found; a head row knows where the chain ends.
 */
import { createHash } from 'node:crypto'
import { type Failure, failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'

type Value = string | number

interface ChainTable {
  /** The table of the rows: `tenant_id`, `sequence`, then `columns`, then `hash`; its head is named `<table>_head`. */
  readonly table: 'alert_history' | 'audit' | 'evidence'
  /** In the order of the table, which is the order in which they are hashed. */
  readonly columns: readonly string[]
}

interface Head {
  readonly sequence: number
  readonly hash: string
}

/** What the first row of a tenant has before it. */
const BEFORE_ALL: Head = { sequence: 0, hash: '' }

/** Adds a row at the end of its tenant's chain; call inside the transaction that makes the change. */
export function makeChainWriter(
  db: Sqlite,
  { table, columns }: ChainTable,
): (tenant: string, values: readonly Value[]) => void {
  const readHead = headReader(db, table)
  const places = Array.from({ length: columns.length + 3 }, () => '?').join(', ')
  const insert = db.prepare<Value[]>(`INSERT INTO ${table} VALUES (${places})`)
  const moveHead = db.prepare<[string, number, string]>(
    `INSERT INTO ${table}_head VALUES (?, ?, ?) ON CONFLICT (tenant_id) DO UPDATE SET
       sequence = excluded.sequence, hash = excluded.hash`,
  )
  return (tenant, values) => {
    const head = readHead(tenant)
    const sequence = head.sequence + 1
    const hash = hashOf(head.hash, [tenant, sequence, ...values])
    insert.run(tenant, sequence, ...values, hash)
    moveHead.run(tenant, sequence, hash)
  }
}

/**
 * Walks a tenant's whole chain. How many rows it has, or where it was tampered with first: a row changed, missing, moved
 * or put in between. Reads row by row; it blocks for about a second in 200,000 rows.
 */
export function verifyRows(
  db: Sqlite,
  { table, columns }: ChainTable,
  tenant: string,
): number | Failure<'broken-chain'> {
  const rows = db
    .prepare<[string], Value[]>(
      `SELECT hash, tenant_id, sequence, ${columns.join(', ')} FROM ${table}
       WHERE tenant_id = ? ORDER BY sequence`,
    )
    .raw()
  let end = BEFORE_ALL
  for (const [hash, ...covered] of rows.iterate(tenant)) {
    const sequence = end.sequence + 1
    if (covered[1] !== sequence)
      return failure('broken-chain', `row ${sequence} of the history is missing`)
    if (hash !== hashOf(end.hash, covered))
      return failure('broken-chain', `row ${sequence} of the history was changed or moved`)
    end = { sequence, hash }
  }
  const head = headReader(db, table)(tenant)
  if (head.sequence !== end.sequence || head.hash !== end.hash)
    return failure('broken-chain', `the history ends at row ${end.sequence}, not where it should`)
  return end.sequence
}

function headReader(db: Sqlite, table: ChainTable['table']): (tenant: string) => Head {
  const read = db.prepare<[string], Head>(
    `SELECT sequence, hash FROM ${table}_head WHERE tenant_id = ?`,
  )
  return (tenant) => read.get(tenant) ?? BEFORE_ALL
}

function hashOf(before: string, covered: readonly Value[]): string {
  return createHash('sha256')
    .update(JSON.stringify([before, ...covered]))
    .digest('hex')
}
