import Database from 'better-sqlite3'

export type Sqlite = Database.Database

/** FULL keeps every acknowledged row through a power cut; NORMAL may lose the last ones (measured). */
const SYNCHRONOUS = { NORMAL: 1, FULL: 2 } as const
type Synchronous = keyof typeof SYNCHRONOUS

export interface Migration {
  readonly version: number
  readonly sql: string
}

/**
 * Opens a file in WAL mode with `synchronous=FULL` unless told otherwise, reads the setting back, and brings it up to the newest migration,
 * each in its own transaction. Throws `StoreError` when the file is newer than this program or cannot be made safe.
 */
export function openSqlite(
  file: string,
  migrations: readonly Migration[],
  synchronous: Synchronous = 'FULL',
): Sqlite {
  const db = new Database(file)
  try {
    makeSafe(db, file, synchronous)
    migrate(db, file, migrations)
    return db
  } catch (error) {
    // Left open, it would touch the -wal of whatever file stands here by the time it is collected.
    db.close()
    throw error
  }
}

function makeSafe(db: Sqlite, file: string, synchronous: Synchronous): void {
  db.pragma('journal_mode = WAL')
  db.pragma(`synchronous = ${synchronous}`)
  db.pragma('foreign_keys = ON')
  db.pragma('busy_timeout = 5000')
  if (db.pragma('synchronous', { simple: true }) !== SYNCHRONOUS[synchronous])
    throw new StoreError(`cannot set synchronous=${synchronous} on ${file}`)
}

function migrate(db: Sqlite, file: string, migrations: readonly Migration[]): void {
  const current = Number(db.pragma('user_version', { simple: true }))
  const newest = migrations.at(-1)?.version ?? 0
  if (current > newest)
    throw new StoreError(`${file} is of version ${current}, this program knows up to ${newest}`)
  for (const { version, sql } of migrations) {
    if (version <= current) continue
    db.transaction(() => {
      db.exec(sql)
      db.pragma(`user_version = ${version}`)
    })()
  }
}

/** A store that cannot be trusted: a start-up fault. */
export class StoreError extends Error {
  readonly code = 'EDGE_STORE'
}
