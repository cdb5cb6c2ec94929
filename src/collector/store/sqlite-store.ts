import { openSqlite } from '#platform/sqlite.ts'
import { makeApplianceTables } from './appliance-tables.ts'
import type { CollectorStore } from './collector-store.ts'
import { migrations } from './migrations.ts'
import { makeReadDevices } from './read-devices.ts'
import { makeReadEvents } from './read-events.ts'
import { makeSessionTable } from './session-table.ts'
import { makeTakeBatch } from './take-batch.ts'
import { makeTakeDevices } from './take-devices.ts'

/** Opens the store in one SQLite file. Throws `StoreError` when the file cannot be trusted. */
export function openSqliteStore(file: string, faultsKeptMax: number): CollectorStore {
  const db = openSqlite(file, migrations)
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
