/** Checks and decisions as rows of a chain that is only ever added to. */
import { type Failure, failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { EvidenceLimits } from '../config/evidence-limits.ts'
import { makeChainWriter, verifyRows } from '../store/hash-chain.ts'
import { inTransaction } from '../store/in-transaction.ts'
import type { EvidenceEntry } from './evidence-entry.ts'

export interface EvidenceBook {
  /** Keeps a check or decision, or what is added to one; durable when it returns, with the id of what it is about. */
  readonly keep: (
    entry: EvidenceEntry,
    by: { readonly who: string; readonly subject?: string },
  ) => string | Failure<'book-full'>
  /** How many rows there are, or where the chain is broken. */
  readonly verify: () => number | Failure<'broken-chain'>
}

const CHAIN = { table: 'evidence', columns: ['kind', 'subject', 'at', 'who', 'facts'] } as const

export function makeEvidenceBook(
  db: Sqlite,
  {
    tenant,
    clock,
    limits,
  }: { readonly tenant: string; readonly clock: Clock; readonly limits: EvidenceLimits },
): EvidenceBook {
  const add = makeChainWriter(db, CHAIN)
  const last = db.prepare<[string], { sequence: number }>(
    'SELECT sequence FROM evidence_head WHERE tenant_id = ?',
  )
  return {
    keep: ({ kind, facts }, { who, subject = newRandomId() }) =>
      inTransaction(db, () => {
        if ((last.get(tenant)?.sequence ?? 0) >= limits.rowsMax)
          return failure('book-full', `no more than ${limits.rowsMax} rows are kept`)
        add(tenant, [kind, subject, clock.wallMs(), who, JSON.stringify(facts)])
        return subject
      }),
    verify: () => verifyRows(db, CHAIN, tenant),
  }
}
