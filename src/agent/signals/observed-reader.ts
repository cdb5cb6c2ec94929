import type { CategoryId } from '#rules/category-ids.ts'
import { nameFromWire } from '#rules/domain-name.ts'
import {
  CLIENT_WORDS,
  categoryOfCode,
  HEAD,
  KIND,
  LOOKUP_WORDS,
  type ObservedVerdict,
  observedMemory,
  RING_WORDS,
  SLOTS,
  TRIAL_BIT,
  VERDICTS,
} from './observed-layout.ts'

/** Names whose text is remembered; when there are more, all are forgotten and read again. */
const NAMES_MAX = 16_384

/** Whom a slot stands for. */
export interface ObservedClient {
  /** See `clientKey`. */
  readonly key: string
  readonly group: string
}

/** One lookup as it was told; the object is the reader's and is used again for the next. */
export interface ObservedRecord {
  client: ObservedClient
  /** Presentation form, hostile text; `#` and a keyed hash where the law forbids more. */
  name: string
  type: number
  verdict: ObservedVerdict
  category: CategoryId | undefined
  isTrial: boolean
  /** How long ago it was, in milliseconds. */
  ageMs: number
}

const NOBODY: ObservedClient = { key: '', group: '' }

/** Takes lookups out of a ring, the oldest first. One for each ring; a new one is told of all clients anew. */
export class ObservedReader {
  readonly #memory: ReturnType<typeof observedMemory>
  readonly #buffer: Buffer
  readonly #clients: (ObservedClient | undefined)[] = Array.from({ length: SLOTS })
  readonly #names = new Map<string, string>()
  readonly #record: ObservedRecord = {
    client: NOBODY,
    name: '',
    type: 0,
    verdict: 'allowed',
    category: undefined,
    isTrial: false,
    ageMs: 0,
  }

  constructor(memory: SharedArrayBuffer) {
    this.#memory = observedMemory(memory)
    const { bytes } = this.#memory
    this.#buffer = Buffer.from(memory, bytes.byteOffset, bytes.byteLength)
    Atomics.add(this.#memory.head, HEAD.reader, 1)
  }

  /**
   * Hands out what there is; `take` says whether it has taken a lookup, and the first that it has not ends this and stays in the
   * ring. `machineMs` is now, on the machine's monotonic clock.
   */
  drain(machineMs: number, take: (record: ObservedRecord) => boolean): void {
    const { head, words } = this.#memory
    const written = Atomics.load(head, HEAD.written)
    let read = head[HEAD.read]!
    while (read !== written) {
      const at = read & (RING_WORDS - 1)
      const first = words[at]!
      const kind = (first >>> 24) & 3
      if (kind === KIND.rest) read = (read + RING_WORDS - at) | 0
      else {
        if (kind === KIND.client) this.#meet(at, first)
        else if (this.#read(at, first, machineMs) && !take(this.#record)) break
        read = (read + (first & 0xff)) | 0
      }
      Atomics.store(head, HEAD.read, read)
    }
  }

  #meet(at: number, first: number): void {
    const slot = this.#memory.words[at + 1]! & 0xffff
    const start = (at + CLIENT_WORDS) * 4
    const middle = start + ((first >>> 8) & 0xff)
    const key = this.#buffer.toString('latin1', start, middle)
    const groupEnd = middle + ((first >>> 16) & 0xff)
    const group = this.#buffer.toString('latin1', middle, groupEnd)
    this.#clients[slot] = { key, group }
  }

  /** False for a lookup of a client that was told to an earlier reader. */
  #read(at: number, first: number, machineMs: number): boolean {
    const { words } = this.#memory
    const second = words[at + 1]!
    const client = this.#clients[second & 0xffff]
    if (!client) return false
    const record = this.#record
    const start = (at + LOOKUP_WORDS) * 4
    record.client = client
    record.type = second >>> 16
    record.verdict = VERDICTS[(first >>> 26) & 3] ?? 'allowed'
    record.category = categoryOfCode((first >>> 16) & 0xff)
    record.isTrial = (first & TRIAL_BIT) !== 0
    record.ageMs = Math.max(0, (machineMs - (words[at + 2]! >>> 0)) | 0)
    const raw = this.#buffer.toString('latin1', start, start + ((first >>> 8) & 0xff))
    record.name = record.category?.startsWith('illegal.') ? `#${raw}` : this.#nameOf(raw)
    return true
  }

  #nameOf(raw: string): string {
    const known = this.#names.get(raw)
    if (known !== undefined) return known
    if (this.#names.size >= NAMES_MAX) this.#names.clear()
    const name = nameFromWire(Buffer.from(raw, 'latin1'), 0)
    this.#names.set(raw, name)
    return name
  }
}
