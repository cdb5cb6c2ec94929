import { isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** Runs `work` in one transaction: a failure it returns, or an error it throws, undoes all of it. */
export function inTransaction<T>(db: Sqlite, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec(isFailure(result) ? 'ROLLBACK' : 'COMMIT')
    return result
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw error
  }
}
