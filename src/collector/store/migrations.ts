import type { Migration } from '#platform/sqlite.ts'
import { ACCOUNT_TABLES } from '../accounts/account-tables.ts'
import { WAY_IN_TABLES } from '../accounts/way-in-tables.ts'
import { alertTables } from '../alerts/alert-tables.ts'
import { LIST_INDEXES } from '../alerts/list-indexes.ts'
import { siteIndex } from '../alerts/site-index.ts'
import { TRIAL_COLUMNS } from '../alerts/trial-columns.ts'
import { WRONG_SITE_TABLE } from '../alerts/wrong-sites.ts'
import { EVIDENCE_TABLES } from '../evidence/evidence-tables.ts'
import { NOTIFY_TABLES } from '../notify/notify-schema.ts'
import { PUSH_PLACE_TABLES } from '../notify/places/push-places.ts'
import { LATER_POLICY_TABLES } from '../policy/later-policy-tables.ts'
import { POLICY_TABLES } from '../policy/policy-tables.ts'
import { PAGE_INDEXES } from './page-indexes.ts'

const eventTables = `
CREATE TABLE ledger (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  epoch TEXT NOT NULL,
  lane TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  row_hash BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, appliance, epoch, lane, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  epoch TEXT NOT NULL,
  lane TEXT NOT NULL,
  contiguous INTEGER NOT NULL,
  highest INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, appliance, epoch, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  lane TEXT NOT NULL,
  kind TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  group_name TEXT,
  category TEXT,
  severity TEXT,
  first_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_safeguarding ON event (tenant_id, first_at DESC, id DESC) WHERE lane = 'safeguarding';
CREATE INDEX event_operations ON event (tenant_id, appliance, kind, at DESC) WHERE lane = 'operations';

CREATE TABLE event_revision (
  tenant_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  draft_hash BLOB NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, event_id, revision)
) STRICT, WITHOUT ROWID;
`

const applianceTables = `
CREATE TABLE status (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  signed_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (tenant_id, appliance)
) STRICT, WITHOUT ROWID;

CREATE TABLE ingest_fault (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  times INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, appliance, kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX ingest_fault_last ON ingest_fault (tenant_id, last_at DESC);

CREATE TABLE filter_choice (
  tenant_id TEXT NOT NULL,
  facet TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, facet, value)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO filter_choice SELECT DISTINCT tenant_id, 'group', group_name FROM event WHERE group_name IS NOT NULL;
INSERT OR IGNORE INTO filter_choice SELECT DISTINCT tenant_id, 'category', category FROM event WHERE category IS NOT NULL;
INSERT OR IGNORE INTO filter_choice SELECT DISTINCT tenant_id, 'severity', severity FROM event WHERE severity IS NOT NULL;
`

const sessionTables = `
CREATE TABLE session (
  tenant_id TEXT NOT NULL,
  token_hash BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, token_hash)
) STRICT, WITHOUT ROWID;
`

const deviceTables = `
CREATE TABLE device_series (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  series TEXT NOT NULL,
  next_part INTEGER NOT NULL,
  is_whole INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  networks TEXT NOT NULL,
  PRIMARY KEY (tenant_id, appliance, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE device (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  series TEXT NOT NULL,
  id TEXT NOT NULL,
  sort_name TEXT NOT NULL,
  search TEXT NOT NULL,
  network TEXT,
  group_name TEXT NOT NULL,
  band TEXT NOT NULL,
  is_random INTEGER NOT NULL,
  goes_round INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (tenant_id, appliance, series, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_last ON device (last_seen_at);

CREATE TABLE device_seen (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  id TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, appliance, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_seen_last ON device_seen (last_seen_at);
`

const addedInSeven = `${siteIndex}${PUSH_PLACE_TABLES}`

/** The collector's schema, step by step; a step that has shipped is never edited. */
export const migrations: readonly Migration[] = [
  { version: 1, sql: eventTables },
  { version: 2, sql: applianceTables },
  { version: 3, sql: sessionTables },
  { version: 4, sql: deviceTables },
  { version: 5, sql: alertTables },
  { version: 6, sql: NOTIFY_TABLES },
  { version: 7, sql: addedInSeven },
  // Some stores had their accounts as version 7, and not what is 7 now: each step leaves what it finds.
  { version: 8, sql: `${addedInSeven}${ACCOUNT_TABLES}` },
  { version: 9, sql: WAY_IN_TABLES },
  { version: 10, sql: EVIDENCE_TABLES },
  { version: 11, sql: POLICY_TABLES },
  { version: 12, sql: PAGE_INDEXES },
  { version: 13, sql: LATER_POLICY_TABLES },
  { version: 14, sql: TRIAL_COLUMNS },
  { version: 15, sql: `${WRONG_SITE_TABLE}${LIST_INDEXES}` },
]
