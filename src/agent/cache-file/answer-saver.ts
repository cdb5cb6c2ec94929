import { open, rm } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { writeStateFile } from '#platform/state-file.ts'
import { KEY_SUFFIX_BYTES } from '#wire/query-view.ts'
import type { ActivePolicy } from '../active-policy.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import { mayServeStale } from '../stale.ts'
import {
  type AgedAnswer,
  type AnswerFile,
  FRAME_BYTES,
  packAnswers,
  readRecord,
  recordBytes,
  unpackAnswers,
} from './answer-file.ts'
import { mayBeSaved } from './may-be-saved.ts'

/** An SD card bears a few megabytes so often for years. */
const SAVE_EVERY_MS = 600_000
/** Answers looked at in one turn of the event loop: a millisecond or two. */
const STEP = 200
/** A file that somebody put there is read so far at most, whatever the school's limit. */
const FILE_BYTES_MAX = 67_108_864 + FRAME_BYTES

export interface AnswerSaverParts {
  readonly path: string
  readonly cache: AnswerCache
  readonly clock: Clock
  readonly policy: () => ActivePolicy
  /** Whether answers are to be on the disk at all, as the configuration in force has it. */
  readonly isWanted: () => boolean
  readonly bytesMax: number
  /** Told in plain words of what went wrong; nothing depends on the file. */
  readonly onFault: (text: string) => void
}

/** Keeps the answers that were used last over a restart. What goes wrong costs only that. */
export class AnswerSaver {
  readonly #parts: AnswerSaverParts
  #timer: NodeJS.Timeout | undefined
  /** What is under way with the file; one thing follows another. */
  #busy: Promise<void>
  #keptWhenSaved = 0
  /** Of the rules that said what may be in the file. */
  #savedGeneration = 0
  #isClosed = false
  /** Files written, and answers that the last one holds or held. */
  readonly counters: { writes: number; answers: number } = { writes: 0, answers: 0 }

  constructor(parts: AnswerSaverParts) {
    this.#parts = parts
    this.#busy = Promise.resolve()
  }

  /** Takes up what the run before has left, some at a time, and saves every ten minutes from now on. */
  start(): void {
    this.#queue(async () => {
      if (this.#parts.isWanted()) await this.#load()
      else await this.#remove()
    })
    this.#timer = setInterval(() => this.#queue(() => this.#saveIfNew()), SAVE_EVERY_MS)
    this.#timer.unref()
  }

  /** Follows a configuration that wants no file any more. */
  follow(): void {
    if (!this.#parts.isWanted()) this.#queue(() => this.#remove())
  }

  /** Removes the file: what is in it is not wanted. It is written again in time. */
  forget(): Promise<void> {
    this.#queue(() => this.#remove())
    return this.#busy
  }

  /** Saves a last time. */
  async close(): Promise<void> {
    if (this.#isClosed) return this.#busy
    clearInterval(this.#timer)
    this.#isClosed = true
    this.#queue(() => (this.#parts.isWanted() ? this.#save() : Promise.resolve()))
    return this.#busy
  }

  #queue(work: () => Promise<void>): void {
    this.#busy = this.#busy.then(work).catch((error: unknown) => {
      this.#parts.onFault(`kept answers: ${error instanceof Error ? error.message : String(error)}`)
    })
  }

  async #saveIfNew(): Promise<void> {
    const { cache, isWanted, policy } = this.#parts
    const isNew = cache.kept !== this.#keptWhenSaved
    // Newer rules may forbid what the file has.
    const isOutdated = policy().generation !== this.#savedGeneration && this.counters.answers > 0
    if (isWanted() && (isNew || isOutdated)) await this.#save()
  }

  async #save(): Promise<void> {
    const { path, cache, clock } = this.#parts
    this.#keptWhenSaved = cache.kept
    this.#savedGeneration = this.#parts.policy().generation
    const answers = await this.#chosen()
    try {
      await writeStateFile(path, packAnswers(answers, clock.wallMs()))
    } catch (error) {
      // Half a file would only fill a disk that is full already.
      await rm(unfinished(path), { force: true })
      throw error
    }
    this.counters.writes += 1
    this.counters.answers = answers.length
  }

  /** Those used last that may be on the disk and fit, the least recently used first. */
  async #chosen(): Promise<readonly AgedAnswer[]> {
    const { cache, clock, bytesMax } = this.#parts
    const chosen: AgedAnswer[] = []
    let bytes = FRAME_BYTES
    for (const [i, [key, entry]] of [...cache.entries()].entries()) {
      if (i % STEP === STEP - 1) await nextTurn()
      const { wire } = entry.stored
      const nowMs = clock.monotonicMs()
      const answer = { ageMs: nowMs - entry.storedAtMs, wire }
      if (bytes + recordBytes(answer) > bytesMax) break
      if (!mayServeStale(entry, nowMs) || !isPlain(key)) continue
      // Who answers for a zone may be another after the restart.
      if (this.#parts.policy().zones.holdsKey(key)) continue
      if (!mayBeSaved(wire, typeOf(key), this.#parts.policy())) continue
      bytes += recordBytes(answer)
      chosen.push(answer)
    }
    return chosen.toReversed()
  }

  async #load(): Promise<void> {
    const { path, onFault, clock } = this.#parts
    const bytes = await readFileUpTo(path, FILE_BYTES_MAX)
    if (!bytes) return
    const file = isFailure(bytes) ? bytes : unpackAnswers(bytes)
    if (isFailure(file)) return onFault(`kept answers are not used: ${file.detail}`)
    const asleepMs = clock.wallMs() - file.savedAtWallMs
    // Nobody knows how old they are where the clock was set back; where it is far ahead they are of no use.
    if (!(asleepMs >= 0)) return onFault('kept answers are not used: the clock was set back')
    await this.#takeUp(file, asleepMs)
  }

  async #takeUp({ answers }: AnswerFile, asleepMs: number): Promise<void> {
    const { cache, clock } = this.#parts
    for (const [i, { ageMs, wire }] of answers.entries()) {
      if (i % STEP === STEP - 1) await nextTurn()
      const record = ageMs >= 0 ? readRecord(wire) : undefined
      if (!record) continue
      const nowMs = clock.monotonicMs()
      const entry = cache.entryOf(record.stored, nowMs - ageMs - asleepMs)
      // What has been learnt since the start is newer.
      if (!mayServeStale(entry, nowMs) || cache.find(record.key)) continue
      if (this.#parts.policy().zones.holdsKey(record.key)) continue
      cache.set(record.key, entry)
      this.counters.answers += 1
    }
  }

  async #remove(): Promise<void> {
    const { path } = this.#parts
    for (const file of [path, unfinished(path)]) await rm(file, { force: true })
  }
}

/** What a power cut leaves of a file that was being written: see `writeStateFile`. */
function unfinished(path: string): string {
  return `${path}.new`
}

/** Asked without DO and CD. */
function isPlain(key: string): boolean {
  return key.charCodeAt(key.length - 1) === 0
}

function typeOf(key: string): number {
  const at = key.length - KEY_SUFFIX_BYTES
  return (key.charCodeAt(at) << 8) | key.charCodeAt(at + 1)
}

/** A whole file, or undefined where there is none. Rejects when the disk does. */
async function readFileUpTo(
  path: string,
  bytesMax: number,
): Promise<Buffer | Failure<'bad-answer-file'> | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (!file) return undefined
  try {
    const facts = await file.stat()
    if (!facts.isFile()) return failure('bad-answer-file', 'it is no file')
    if (facts.size > bytesMax) return failure('bad-answer-file', `it is over ${bytesMax} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}
