import { LRUCache } from 'lru-cache'
import { type AskHistory, type AskHistoryOf, SLOTS_KEPT } from './ask-history.ts'

/** Silent for at least ten minutes, and as long as a slot takes to fill. */
const SILENT_SLOTS = 3
/** The half hour before. */
const STEADY_SLOTS = 6
/** Some 30 queries in five minutes. */
const STEADY_SAMPLES = 2
/** Of what all others asked before: below it there was a break, or the network was down. */
const OTHERS_GO_ON = 0.5
const MARKED_MAX = 10_000

/**
 * Finds devices that asked steadily for half an hour, have asked nothing for ten minutes, and are still there while the others go on asking. A
 * device that sleeps is seen no more, or soon not. Each silence is told once.
 */
export class SilenceWatch {
  readonly #isSeen: (address: string) => boolean
  readonly #told = new LRUCache<string, true>({ max: MARKED_MAX })

  /** `isSeen`: whether something else than DNS shows that the address is in use now. */
  constructor(isSeen: (address: string) => boolean) {
    this.#isSeen = isSeen
  }

  /** Addresses that have fallen silent since the last look. */
  look(history: Pick<AskHistory, 'all' | 'each'>, nowMs: number): readonly string[] {
    const all = history.all(nowMs).samples
    const goesOn = rate(all, 0, SILENT_SLOTS) >= OTHERS_GO_ON * rate(all, SILENT_SLOTS, SLOTS_KEPT)
    const fallen: string[] = []
    for (const one of history.each(nowMs)) {
      if (rate(one.samples, 0, SILENT_SLOTS) > 0) this.#told.delete(one.address)
      else if (goesOn && this.#hasFallen(one)) fallen.push(one.address)
    }
    for (const address of fallen) this.#told.set(address, true)
    return fallen
  }

  #hasFallen({ address, samples }: AskHistoryOf): boolean {
    if (this.#told.has(address)) return false
    const before = samples.slice(SILENT_SLOTS, SILENT_SLOTS + STEADY_SLOTS)
    return before.every((count) => count >= STEADY_SAMPLES) && this.#isSeen(address)
  }
}

/** Samples a slot. */
function rate(samples: readonly number[], from: number, to: number): number {
  const some = samples.slice(from, to)
  return some.reduce((sum, count) => sum + count, 0) / some.length
}
