import type { Migration } from '#platform/sqlite.ts'

/**
 * Numbered, never edited once released. A row's key is (epoch, lane, sequence); `epoch.number` only orders the epochs of
 * this file, `epoch.id` is what the collector sees. `alive_ms` is the time this file's agent had been running: ages are
 * believed only when both clocks agree, because a box without a battery wakes up in 1970.
 */
export const OUTBOX_MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE epoch (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, began_at INTEGER NOT NULL) STRICT;
      CREATE TABLE lane (
        epoch INTEGER NOT NULL REFERENCES epoch (number),
        lane TEXT NOT NULL,
        last_sequence INTEGER NOT NULL,
        mark INTEGER NOT NULL,
        PRIMARY KEY (epoch, lane)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE event (
        epoch INTEGER NOT NULL,
        lane TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at INTEGER NOT NULL,
        body TEXT NOT NULL,
        stored_at INTEGER NOT NULL,
        alive_ms INTEGER NOT NULL,
        acked_at INTEGER,
        PRIMARY KEY (epoch, lane, sequence)
      ) STRICT;
      CREATE UNIQUE INDEX event_revision ON event (id, revision);
      CREATE INDEX event_time ON event (lane, at);
      CREATE INDEX event_acked ON event (acked_at) WHERE acked_at IS NOT NULL;
      CREATE INDEX event_unacked ON event (stored_at) WHERE acked_at IS NULL;`,
  },
]
