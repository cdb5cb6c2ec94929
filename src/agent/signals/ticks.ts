/**
 * Time inside the signal desk: ticks of 10 ms since it began, which fit into 32 bits for 497 days and are compared modulo that.
 * They never run far back, whatever the wall clock does.
 */
export const TICK_MS = 10
export const SECOND: number = 1_000 / TICK_MS
export const MINUTE: number = 60 * SECOND

/** Rings bring lookups of several threads out of order by less. */
const BACK_MAX_MS = 2_000

/** From `earlier`, as it is kept in 32 bits, to `later`; negative where it is not earlier. */
export function ticksBetween(earlier: number, later: number): number {
  return (later - earlier) | 0
}

/** A clock that jumps further ahead was set. */
const AHEAD_MAX_MS = 86_400_000

/** Wall time to ticks and back. */
export class TickClock {
  #baseMs: number | undefined
  #newestMs = 0

  /** The tick of a wall time. When the wall clock was set back, time goes on from where it was; when it was set ahead, by a day. */
  tickOf(wallMs: number): number {
    if (this.#baseMs === undefined) {
      this.#baseMs = wallMs - TICK_MS
      this.#newestMs = wallMs
    }
    const passedMs = wallMs - this.#newestMs
    if (passedMs < -BACK_MAX_MS) this.#baseMs += passedMs
    if (passedMs > AHEAD_MAX_MS) this.#baseMs += passedMs - AHEAD_MAX_MS
    if (passedMs > 0 || passedMs < -BACK_MAX_MS) this.#newestMs = wallMs
    return Math.max(1, Math.floor((wallMs - this.#baseMs) / TICK_MS))
  }

  /** The wall time of a tick kept in 32 bits, by the clock as it is set now. */
  wallOf(tick: number): number {
    const now = Math.floor((this.#newestMs - (this.#baseMs ?? 0)) / TICK_MS)
    return this.#newestMs - ticksBetween(tick, now) * TICK_MS
  }
}
