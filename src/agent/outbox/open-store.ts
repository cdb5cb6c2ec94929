import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { join } from 'node:path'
import { isFailure } from '#domain/failure.ts'
import { openSqlite, type Sqlite } from '#platform/sqlite.ts'
import { checkSqlite } from '#platform/sqlite-check.ts'
import { OUTBOX_MIGRATIONS } from './store-schema.ts'

const FILE_NAME = 'outbox.db'
const WAL_BYTES_MAX = 16 * 1024 * 1024
/** A file and the two that SQLite keeps beside it. */
const PARTS = ['', '-wal', '-shm'] as const

export interface OpenedStore {
  readonly db: Sqlite
  /** What a person should know of the opening, when it did not go as always. */
  readonly fault?: string
}

/**
 * Opens the outbox's file, checked. One that is corrupt, or of a newer program, is moved aside and kept, and a new one begun:
 * a box that cannot read its past must still write down what happens now. Throws what SQLite throws when the disk is at fault.
 */
export function openStore(stateDir: string, asideFilesMax: number, wallMs: number): OpenedStore {
  const file = join(stateDir, FILE_NAME)
  ownFile(file)
  const word = unusableWord(file)
  if (!word) return { db: openBounded(file) }
  moveAside(file, `${file}.${word}-${wallMs}`)
  prune(stateDir, asideFilesMax)
  ownFile(file)
  const fault = `outbox.db was ${word} and was moved aside; events in it that were not shipped are only there`
  return { db: openBounded(file), fault }
}

function openBounded(file: string): Sqlite {
  const db = openSqlite(file, OUTBOX_MIGRATIONS)
  db.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`)
  return db
}

/** SQLite gives the files beside it the mode of the file itself. */
function ownFile(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

function unusableWord(file: string): 'corrupt' | 'newer' | undefined {
  const found = checkSqlite(file)
  if (isFailure(found)) return 'corrupt'
  return found.version > (OUTBOX_MIGRATIONS.at(-1)?.version ?? 0) ? 'newer' : undefined
}

function moveAside(from: string, to: string): void {
  for (const part of PARTS) if (existsSync(from + part)) renameSync(from + part, to + part)
}

/** Keeps the newest files that were moved aside; their names end in the time. */
function prune(stateDir: string, asideFilesMax: number): void {
  const aside = readdirSync(stateDir)
    .filter((name) => /^outbox\.db\.(?:corrupt|newer)-\d+$/.test(name))
    .toSorted((a, b) => timeOf(b) - timeOf(a))
  for (const name of aside.slice(asideFilesMax))
    for (const part of PARTS) rmSync(join(stateDir, name + part), { force: true })
}

function timeOf(name: string): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? 0)
}
