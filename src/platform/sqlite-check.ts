import Database from 'better-sqlite3'
import { type Failure, failure } from '#domain/failure.ts'

const CORRUPT = /^SQLITE_(?:CORRUPT|NOTADB)/

/**
 * Looks over a SQLite file before it is trusted: its migration version (0 for a new file), or how it is damaged. The
 * connection is closed again whatever happens: one left open on a file that is then moved would, when it is collected, delete
 * the write-ahead log of the file that took its place. Reads the whole file. Throws what is no damage: disk and permissions.
 */
export function checkSqlite(file: string): { readonly version: number } | Failure<'corrupt'> {
  const db = new Database(file)
  try {
    const found = String(db.pragma('quick_check(1)', { simple: true }))
    if (found !== 'ok') return failure('corrupt', found.slice(0, 200))
    return { version: Number(db.pragma('user_version', { simple: true })) }
  } catch (error) {
    if (error instanceof Database.SqliteError && CORRUPT.test(error.code))
      return failure('corrupt', error.message)
    throw error
  } finally {
    db.close()
  }
}
