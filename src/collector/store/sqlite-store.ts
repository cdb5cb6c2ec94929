import { openSqlite, type Sqlite } from '#platform/sqlite.ts'
import { makeApplianceTables } from './appliance-tables.ts'
import type { CollectorStore } from './collector-store.ts'
import { migrations } from './migrations.ts'
import { makeReadDevices } from './read-devices.ts'
import { makeReadEvents } from './read-events.ts'
import { makeSessionTable } from './session-table.ts'
import { makeTakeBatch } from './take-batch.ts'
import { makeTakeDevices } from './take-devices.ts'

/** Opens the collector's file. Throws `StoreError` when it cannot be trusted. */
export function openCollectorFile(file: string): Sqlite {
  const db = openSqlite(file, migrations)
  // SQLite's own `lower` knows only the letters of ASCII.
  db.function('folded', { deterministic: true }, (text: unknown) =>
    typeof text === 'string' ? text.toLowerCase() : '',
  )
  return db
}

/** The store in an open file, which it closes. */
export function makeSqliteStore(db: Sqlite, faultsKeptMax: number): CollectorStore {
  const takeBatch = makeTakeBatch(db)
  return {
    takeBatch: async (batch) => takeBatch(batch),
    ...makeReadEvents(db),
    ...makeApplianceTables(db, faultsKeptMax),
    ...makeSessionTable(db),
    ...makeTakeDevices(db),
    ...makeReadDevices(db),
    close: () => {
      db.close()
    },
  }
}
