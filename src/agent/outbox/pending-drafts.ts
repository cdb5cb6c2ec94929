import { LANES, type Lane } from '#domain/event.ts'
import type { HeldDraft } from './held-draft.ts'

/** Events of one lane that were lost before they had a sequence, and when they happened. */
export interface Gap {
  readonly lane: Lane
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/**
 * What waits for the store, bounded. At the bound the operations lane loses first, the oldest first, because a later fact
 * or revision says more than an earlier one. What is lost is remembered as a gap until it has been told.
 */
export class PendingDrafts {
  readonly #max: number
  readonly #lanes: Record<Lane, HeldDraft[]> = { safeguarding: [], operations: [] }
  readonly #gaps: Map<Lane, Gap> = new Map()

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#lanes.safeguarding.length + this.#lanes.operations.length
  }

  get hasGaps(): boolean {
    return this.#gaps.size > 0
  }

  /** Takes a draft in. At the bound that may cost a draft, this one or another: the answer is its lane. */
  add(draft: HeldDraft): Lane | undefined {
    if (this.size < this.#max) {
      this.#lanes[draft.lane].push(draft)
      return undefined
    }
    if (this.#supersede(draft)) return undefined
    const victim = this.#makeRoom(draft)
    this.noteLost(victim.lane, victim.at)
    return victim.lane
  }

  /** Remembers an event that is lost for another reason than the bound. */
  noteLost(lane: Lane, at: number, count = 1): void {
    const gap = this.#gaps.get(lane)
    this.#gaps.set(lane, {
      lane,
      count: (gap?.count ?? 0) + count,
      firstAt: Math.min(gap?.firstAt ?? at, at),
      lastAt: Math.max(gap?.lastAt ?? at, at),
    })
  }

  /** Removes and answers at most `max` drafts, safeguarding first, each lane in its order. */
  take(max: number): HeldDraft[] {
    const taken: HeldDraft[] = []
    for (const lane of LANES) taken.push(...this.#lanes[lane].splice(0, max - taken.length))
    return taken
  }

  /** Removes and answers what is still to be told. */
  takeGaps(): Gap[] {
    const gaps = [...this.#gaps.values()]
    this.#gaps.clear()
    return gaps
  }

  /** At the bound a revision replaces an earlier one of its event: nothing is lost but history. */
  #supersede(draft: HeldDraft): boolean {
    if (draft.revision === 1) return false
    const lane = this.#lanes[draft.lane]
    const at = lane.findLastIndex(
      ({ id, revision }) => id === draft.id && revision < draft.revision,
    )
    if (at === -1) return false
    lane[at] = draft
    return true
  }

  #makeRoom(draft: HeldDraft): HeldDraft {
    const { safeguarding, operations } = this.#lanes
    const oldest =
      operations.shift() ?? (draft.lane === 'safeguarding' ? safeguarding.shift() : undefined)
    if (!oldest) return draft
    this.#lanes[draft.lane].push(draft)
    return oldest
  }
}
