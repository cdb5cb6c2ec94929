import type { AnswerCache } from '../cache/answer-cache.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { AnswerPacker } from './answer-pack.ts'

/** Answers told to a new worker in one turn. */
const WARM_UP_STEP = 500

/** What the main thread knows, on its way to the worker: those of a turn of the event loop go together. */
export class SharedAnswers {
  readonly #tell: (packed: Uint8Array) => void
  readonly #packer = new AnswerPacker()

  constructor(tell: (packed: Uint8Array) => void) {
    this.#tell = tell
  }

  share(key: string, entry: CacheEntry): void {
    if (this.#packer.isEmpty) setImmediate(() => this.#tell(this.#packer.take()))
    this.#packer.add(key, entry)
  }

  /** Tells a new worker what is in the cache, some at a time, for as long as it is the one that is told. */
  warmUp(cache: AnswerCache, isStillNew: () => boolean): void {
    const entries = cache.fresh(performance.now())
    const step = (): void => {
      if (!isStillNew()) return
      for (let i = 0; i < WARM_UP_STEP; i++) {
        const next = entries.next()
        if (next.done) return
        this.share(...next.value)
      }
      setImmediate(step)
    }
    step()
  }
}
