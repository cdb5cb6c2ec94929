import { LRUCache } from 'lru-cache'
import type { Clock } from '#platform/clock.ts'

/** What comes within this time of a blocked lookup may be an answer to it. */
export const AFTER_BLOCK_MS = 600_000
/** Who is blocked for longer on end asks by itself, and does nothing in answer to it. */
const RUN_MAX_MS = 3_600_000

/** When each device was last blocked: of so many devices, those blocked last. */
export class RecentBlocks {
  readonly #runs: LRUCache<string, { since: number; last: number }>

  constructor(devicesMax: number) {
    this.#runs = new LRUCache({ max: devicesMax })
  }

  note(device: string, nowMs: number): void {
    const known = this.#runs.get(device)
    const goesOn = known && nowMs - known.last <= AFTER_BLOCK_MS
    this.#runs.set(device, { since: goesOn ? known.since : nowMs, last: nowMs })
  }

  isAfter(device: string, nowMs: number): boolean {
    const known = this.#runs.get(device)
    if (!known) return false
    return nowMs - known.last <= AFTER_BLOCK_MS && nowMs - known.since <= RUN_MAX_MS
  }

  /** The wall time at which the device was first blocked, in the run of blocks that is not ten minutes old. */
  wallSince(device: string, clock: Clock): number {
    const known = this.#runs.get(device)
    if (!known) return Number.POSITIVE_INFINITY
    return clock.wallMs() - (clock.monotonicMs() - known.since)
  }
}
