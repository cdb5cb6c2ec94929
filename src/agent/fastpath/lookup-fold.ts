import type { CategoryId } from '#rules/category-ids.ts'
import { isTrial } from '#rules/sets/canaries.ts'
import type { Client } from '../identity/client.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'

/** For so long lookups of one client in one category go with the first. */
const FOLD_MS = 250
/** Folds open at once; when there are more, all are told. */
const FOLDS_MAX = 4_096

interface Fold {
  readonly first: BlockedLookup
  /** Lookups that the first does not stand for yet. */
  more: number
}

/** By client and category. */
type Folds = Map<string, Map<string, Fold>>

/**
 * Blocked lookups of one client in one category within a quarter of a second become two: the first at once, with its name, and
 * one that counts the others. A page full of blocked adverts, or a flood, so costs little to tell. Trials of the filter are
 * folded apart, so that none stands for a real lookup.
 */
export class LookupFold {
  readonly #tell: (lookup: BlockedLookup) => void
  readonly #real: Folds = new Map()
  readonly #trials: Folds = new Map()
  #count = 0
  #endsMs = 0

  constructor(tell: (lookup: BlockedLookup) => void) {
    this.#tell = tell
  }

  /** Whether a lookup has been counted with an earlier one. Does not allocate. */
  isFolded(client: Client, category: CategoryId, list: string): boolean {
    const fold = this.#foldsFor(list).get(client.key)?.get(category)
    if (!fold) return false
    fold.more += 1
    return true
  }

  /** Tells of a lookup and folds what comes after it. */
  open(lookup: BlockedLookup): void {
    if (this.#count >= FOLDS_MAX) this.#close()
    const { client, category, list } = lookup
    const folds = this.#foldsFor(list)
    const ofClient = folds.get(client) ?? new Map<string, Fold>()
    ofClient.set(category, { first: lookup, more: 0 })
    folds.set(client, ofClient)
    this.#count += 1
    this.#tell(lookup)
  }

  /** Tells what has been counted, when it is time. */
  look(nowMs: number): void {
    if (nowMs < this.#endsMs) return
    this.#endsMs = nowMs + FOLD_MS
    if (this.#count > 0) this.#close()
  }

  #foldsFor(list: string): Folds {
    return isTrial(list) ? this.#trials : this.#real
  }

  #close(): void {
    for (const folds of [this.#real, this.#trials]) {
      for (const ofClient of folds.values())
        for (const { first, more } of ofClient.values())
          if (more > 0) this.#tell({ ...first, count: more })
      folds.clear()
    }
    this.#count = 0
  }
}
