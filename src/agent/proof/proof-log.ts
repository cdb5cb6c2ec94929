/**
 * What the self-tests found, kept for 13 months: a file of lines for each month in the state folder, which anybody can read who may read that. A
 * month's file takes so many bytes and no more; then rows are counted and left out. Lines are appended, never changed.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type ProofRow, readProofRow } from './proof-row.ts'

/** The month that goes on, and 13 that are over. */
export const MONTHS_KEPT = 14
const MONTH_BYTES_MAX = 8_388_608
const MONTH_FILE = /^\d{4}-\d{2}\.jsonl$/

export interface ProofLogOptions {
  readonly stateDir: string
  readonly onFault: (text: string) => void
  readonly monthBytesMax?: number
}

export class ProofLog {
  readonly #options: ProofLogOptions
  /** Appends follow one another. */
  #last: Promise<void> = Promise.resolve()
  /** Rows that were not kept: no room in the month, or the disk. */
  leftOut = 0

  constructor(options: ProofLogOptions) {
    this.#options = options
  }

  /** Keeps a row; does not wait for the disk, and never throws. */
  add(row: ProofRow): void {
    this.#last = this.#last
      .then(() => this.#append(row))
      .catch((error: unknown) => {
        this.leftOut++
        this.#options.onFault(
          `a proof could not be kept: ${error instanceof Error ? error.message : 'unknown'}`,
        )
      })
  }

  /** Resolves when what was added is on the disk. */
  flush(): Promise<void> {
    return this.#last
  }

  async #append(row: ProofRow): Promise<void> {
    const folder = proofFolder(this.#options.stateDir)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = await open(join(folder, monthFile(row.at)), 'a+', 0o600)
    try {
      const { size } = await file.stat()
      // A line that the power cut off would take this one with it.
      const before = (await endsWithin(file, size)) ? '\n' : ''
      const bytes = Buffer.from(`${before}${JSON.stringify(row)}\n`)
      const { monthBytesMax = MONTH_BYTES_MAX } = this.#options
      if (size + bytes.length > monthBytesMax) {
        this.leftOut++
        return
      }
      await file.appendFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await removeOld(folder)
  }
}

/** The rows that are kept since a time, oldest first; lines that cannot be read are counted. Blocks on the disk; throws when it fails. */
export function readProof(
  stateDir: string,
  sinceMs: number,
): { readonly rows: readonly ProofRow[]; readonly unreadable: number } {
  const folder = proofFolder(stateDir)
  const first = monthFile(sinceMs)
  const lines = monthFiles(folder)
    .filter((name) => name >= first)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
  const rows = lines.flatMap((line) => readProofRow(line) ?? [])
  return {
    rows: rows.filter(({ at }) => at >= sinceMs).toSorted((a, b) => a.at - b.at),
    unreadable: lines.length - rows.length,
  }
}

/** When the newest row that can be read was found; undefined where there is none. Looks into the newest file alone; blocks on the disk, and never throws. */
export function newestProofAt(stateDir: string): number | undefined {
  const folder = proofFolder(stateDir)
  try {
    const name = monthFiles(folder).at(-1)
    const lines = name === undefined ? [] : readFileSync(join(folder, name), 'utf8').split('\n')
    // The last line may have been cut off when the power went.
    for (const line of lines.toReversed()) {
      const row = readProofRow(line)
      if (row) return row.at
    }
    return undefined
  } catch {
    return undefined
  }
}

/** Whether a file ends within a line. */
async function endsWithin(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== NEWLINE
}
const NEWLINE = 0x0a

function proofFolder(stateDir: string): string {
  return join(stateDir, 'proof')
}

/** In UTC, so that the name of a file needs no clock on a wall. */
function monthFile(at: number): string {
  return `${new Date(Math.max(0, at)).toISOString().slice(0, 7)}.jsonl`
}

function monthFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => MONTH_FILE.test(name))
      .toSorted()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

async function removeOld(folder: string): Promise<void> {
  const old = monthFiles(folder).slice(0, -MONTHS_KEPT)
  for (const name of old) await unlink(join(folder, name))
}
