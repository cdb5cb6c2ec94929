import type { CategoryId } from '#rules/category-ids.ts'
import { categoryCode, type ObservedVerdict, VERDICT } from '../signals/observed-layout.ts'
import { packRows, TEXTS_MAX } from './pack-rows.ts'
import type { QueryBatch } from './query-row.ts'

/** Rows of one batch; more lookups than fit are counted and left out. */
const ROWS_MAX = 40_000
const VERDICT_BITS = 4
const CATEGORY_BITS = 256

export interface FoldedLookup {
  readonly client: string
  readonly name: string
  readonly verdict: ObservedVerdict
  readonly category: CategoryId | undefined
}

/** Gathers lookups for the query log: those that differ in time or type alone are one row. */
export class QueryFold {
  readonly #clients = new Map<string, number>()
  readonly #names = new Map<string, number>()
  /** How many, by all that tells rows apart in one number. */
  readonly #rows = new Map<number, number>()
  #at = 0
  /** Lookups that found no room. */
  dropped = 0

  /** `atMs` is when it was, in milliseconds since the epoch. */
  add({ client, name, verdict, category }: FoldedLookup, atMs: number): void {
    if (this.#names.size >= TEXTS_MAX || this.#rows.size >= ROWS_MAX) {
      this.dropped += 1
      return
    }
    this.#at = this.#rows.size === 0 ? atMs : Math.min(this.#at, atMs)
    const texts = numberOf(this.#names, name) * (TEXTS_MAX + 1) + numberOf(this.#clients, client)
    const key = (texts * VERDICT_BITS + VERDICT[verdict]) * CATEGORY_BITS + categoryCode(category)
    this.#rows.set(key, (this.#rows.get(key) ?? 0) + 1)
  }

  /** What was gathered, and begins anew; undefined where that is nothing. */
  take(): QueryBatch | undefined {
    if (this.#rows.size === 0) return undefined
    const rows = packRows({
      clients: [...this.#clients.keys()],
      names: [...this.#names.keys()],
      size: this.#rows.size,
      each: (visit) => {
        for (const [key, count] of this.#rows) {
          const texts = Math.floor(key / (VERDICT_BITS * CATEGORY_BITS))
          const codes = key % (VERDICT_BITS * CATEGORY_BITS)
          visit(
            texts % (TEXTS_MAX + 1),
            Math.floor(texts / (TEXTS_MAX + 1)),
            Math.floor(codes / CATEGORY_BITS),
            codes % CATEGORY_BITS,
            count,
          )
        }
      },
    })
    this.#rows.clear()
    this.#clients.clear()
    this.#names.clear()
    return { at: this.#at, rows }
  }
}

function numberOf(texts: Map<string, number>, text: string): number {
  const known = texts.get(text)
  if (known !== undefined) return known
  texts.set(text, texts.size)
  return texts.size - 1
}
