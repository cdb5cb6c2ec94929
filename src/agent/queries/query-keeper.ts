import { statfsSync } from 'node:fs'
import { failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { needsReopening, storageFaultCode } from '../outbox/storage-fault.ts'
import { openQueryFile, removeQueryFile } from './query-file.ts'
import type { QueryAnswer, QueryReadings, QuerySettings } from './query-messages.ts'
import type { QueryBatch } from './query-row.ts'
import { type QueryFilter, QueryStore } from './query-store.ts'

/** So much of the disk is left to what matters more: events above all. */
const FREE_BYTES_MIN = 64 * 1024 * 1024
const CORRUPT = /^SQLITE_(?:CORRUPT|NOTADB)|^EDGE_STORE$/

export interface QueryKeeperOptions {
  readonly stateDir: string
  readonly settings: QuerySettings
  readonly clock: Clock
  readonly log: Log
  readonly freeBytesMin?: number
}

/**
 * Keeps the log through what disks do: what cannot be written is dropped and counted, and tried again with the next batch. A
 * file that is damaged, or of a newer program, is begun anew: it holds nothing that anybody must have.
 */
export class QueryKeeper {
  readonly #options: QueryKeeperOptions
  #settings: QuerySettings
  #store: QueryStore | undefined
  #batches = 0
  #lost = 0
  #bytes = 0
  #fault = ''

  constructor(options: QueryKeeperOptions) {
    this.#options = options
    this.#settings = options.settings
  }

  use(settings: QuerySettings): void {
    this.#settings = settings
    this.look()
  }

  /** Deletes what is past its age or too much; call it every BATCH_MS. */
  look(): void {
    this.#guard(() => {
      const store = this.#opened()
      if (!store) return
      store.expire(this.#settings.keepMs)
      store.trim(this.#settings.bytesMax)
      this.#bytes = store.bytes
    })
  }

  keep(batch: QueryBatch): void {
    let isKept = false
    this.#guard(() => {
      const store = this.#opened()
      if (!store) return
      const free = freeBytes(this.#options.stateDir)
      if (free < (this.#options.freeBytesMin ?? FREE_BYTES_MIN))
        return this.#note('the disk is nearly full: lookups are not logged')
      store.keep(batch)
      isKept = true
      this.#fault = ''
    })
    if (isKept) this.#batches += 1
    else if (this.#settings.enabled) this.#lost += 1
  }

  find(filter: QueryFilter): QueryAnswer {
    if (!this.#settings.enabled) return failure('store-unavailable', 'the query log is off')
    let found: QueryAnswer = failure('store-unavailable', 'the query log is not open')
    this.#guard(() => {
      found = this.#opened()?.find(filter) ?? found
    })
    return found
  }

  readings(): QueryReadings {
    return { batches: this.#batches, lost: this.#lost, bytes: this.#bytes, fault: this.#fault }
  }

  close(): void {
    this.#guard(() => this.#store?.close())
    this.#store = undefined
  }

  /** Undefined where there is to be none. */
  #opened(): QueryStore | undefined {
    const { stateDir, clock } = this.#options
    if (this.#settings.enabled) {
      this.#store ??= new QueryStore(openQueryFile(stateDir), clock)
      return this.#store
    }
    this.#store?.close()
    this.#store = undefined
    this.#bytes = 0
    removeQueryFile(stateDir)
    return undefined
  }

  /** Throws what is no fault of disk or file. */
  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      const code = storageFaultCode(error)
      if (code === undefined) throw error
      this.#note(`lookups cannot be logged (${code})`)
      if (!this.#store || needsReopening(code) || CORRUPT.test(code)) this.#giveUp(code)
    }
  }

  #giveUp(code: string): void {
    const store = this.#store
    this.#store = undefined
    try {
      store?.close()
    } catch (error) {
      if (storageFaultCode(error) === undefined) throw error
    }
    if (CORRUPT.test(code)) removeQueryFile(this.#options.stateDir)
  }

  #note(fault: string): void {
    if (this.#fault !== fault) this.#options.log.warn(fault)
    this.#fault = fault
  }
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}
