import { chmodSync, closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Migration, openSqlite, type Sqlite, StoreError } from '#platform/sqlite.ts'

const FILE_NAME = 'queries.db'
/** A file and the two that SQLite keeps beside it. */
const PARTS = ['', '-wal', '-shm'] as const
const WAL_BYTES_MAX = 4 * 1024 * 1024
const ON = 1

/** `alive` counts milliseconds for which the agent has run with this file, so that age does not hang on the wall clock alone. */
const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE batch (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, alive INTEGER NOT NULL, rows BLOB NOT NULL) STRICT;
      CREATE INDEX batch_at ON batch (at);
      CREATE INDEX batch_alive ON batch (alive);
      CREATE TABLE life (one INTEGER PRIMARY KEY CHECK (one = 1), alive INTEGER NOT NULL) STRICT;
      INSERT INTO life VALUES (1, 0);`,
  },
]

/**
 * Opens the query log: `synchronous=NORMAL`, for its last seconds may be lost, and what is deleted is overwritten
 * (`secure_delete`); both are read back. Throws what SQLite throws.
 */
export function openQueryFile(stateDir: string): Sqlite {
  const file = join(stateDir, FILE_NAME)
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const db = openSqlite(file, MIGRATIONS, 'NORMAL')
  db.pragma('secure_delete = ON')
  db.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`)
  if (db.pragma('secure_delete', { simple: true }) === ON) return db
  db.close()
  throw new StoreError(`cannot set secure_delete on ${file}`)
}

/** Removes the log: it is of no more use, or no more wanted. */
export function removeQueryFile(stateDir: string): void {
  for (const part of PARTS) rmSync(join(stateDir, FILE_NAME + part), { force: true })
}
