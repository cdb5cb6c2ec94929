/**
 * Lookups in alerting categories on their way from the fast path to the main thread: a ring in shared memory, written by one thread and read
 * by one. Never waits: what finds no room is left out, and the writer counts it.
 *
 *   [written, read: two words] [bytes]     a record: length (2), then each text with its length before it (2)
 */
import { categoryOf } from '#rules/categories.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'

const HEAD_BYTES = 8
const RING_BYTES = 1 << 18
/** A record that reaches the end goes on at the beginning, so positions only ever grow, modulo 2^32. */
const MASK = RING_BYTES - 1
const RECORD_BYTES_MAX = 2_048

export class LookupRing {
  readonly memory: SharedArrayBuffer
  readonly #positions: Int32Array
  readonly #ring: Uint8Array
  readonly #record = Buffer.alloc(RECORD_BYTES_MAX)

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(HEAD_BYTES + RING_BYTES)) {
    this.memory = memory
    this.#positions = new Int32Array(memory, 0, 2)
    this.#ring = new Uint8Array(memory, HEAD_BYTES)
  }

  /** False where there is no room. */
  push(lookup: BlockedLookup): boolean {
    const { client, group, category, list, count = 1 } = lookup
    const record = this.#record
    let end = 2
    const shown = shownName(lookup)
    for (const text of [client, group, category, list, shown, String(count)]) {
      const length = record.write(text, end + 2, 'latin1')
      record.writeUInt16LE(length, end)
      end += 2 + length
    }
    record.writeUInt16LE(end, 0)
    const written = Atomics.load(this.#positions, 0)
    if (((written - Atomics.load(this.#positions, 1)) | 0) + end > RING_BYTES) return false
    for (let i = 0; i < end; i++) this.#ring[(written + i) & MASK] = record[i]!
    Atomics.store(this.#positions, 0, (written + end) | 0)
    return true
  }

  /** Takes out what there is, the oldest first. */
  drain(take: (lookup: BlockedLookup) => void): void {
    const written = Atomics.load(this.#positions, 0)
    let read = Atomics.load(this.#positions, 1)
    while (read !== written) {
      const length = this.#byte(read) | (this.#byte(read + 1) << 8)
      const lookup = this.#read(read + 2, read + length)
      read = (read + length) | 0
      Atomics.store(this.#positions, 1, read)
      if (lookup) take(lookup)
    }
  }

  #read(start: number, end: number): BlockedLookup | undefined {
    const texts: string[] = []
    for (let at = start; at !== end; ) {
      const length = this.#byte(at) | (this.#byte(at + 1) << 8)
      const bytes = Uint8Array.from({ length }, (_, i) => this.#byte(at + 2 + i))
      texts.push(Buffer.from(bytes).toString('latin1'))
      at += 2 + length
    }
    const [client = '', group = '', id = '', list = '', shown = '', count = ''] = texts
    const category = categoryOf(id)
    if (!category?.theme) return undefined
    const { theme, severity } = category
    const text = shown.slice(1)
    const name = shown.startsWith(HASHED)
      ? ({ form: 'hash', hash: text } as const)
      : ({ form: 'clear', name: text } as const)
    const lookup = {
      client,
      group,
      category: id,
      theme,
      severity,
      name,
      list,
      count: Number(count),
    }
    return shown.startsWith(MONITORED) ? { ...lookup, isMonitored: true } : lookup
  }

  #byte(at: number): number {
    return this.#ring[at & MASK]!
  }
}

/** What stands before a name: it was blocked, it was blocked and is a hash, or it was allowed and is watched. */
const BLOCKED = '='
const HASHED = '#'
const MONITORED = '~'

function shownName({ name, isMonitored }: BlockedLookup): string {
  if (name.form === 'hash') return HASHED + name.hash
  return (isMonitored ? MONITORED : BLOCKED) + name.name
}
