/** A port rests so long after it was taken: a minute, and as long as a socket of the batch listener may be in use. */
const REST_MS = 75_000
/** Of the range from which kernels choose, so many are remembered; the oldest give way. */
const PORTS_MAX = 16_384

/** How often another port is asked for; after that the last one must do. */
export const DRAWS_MAX = 8

/**
 * Ports from which upstreams were asked a moment ago: whoever has found one out finds nobody there for a while, although the kernel, which
 * chooses by chance, may choose it again.
 */
export class RecentPorts {
  /** In the order in which they were taken. */
  readonly #takenAtMs = new Map<number, number>()

  /** Takes a port; false where it still rests. */
  take(port: number, nowMs: number): boolean {
    this.#forget(nowMs - REST_MS)
    if (this.#takenAtMs.has(port)) return false
    this.#takenAtMs.set(port, nowMs)
    return true
  }

  #forget(beforeMs: number): void {
    for (const [port, atMs] of this.#takenAtMs) {
      if (atMs > beforeMs && this.#takenAtMs.size < PORTS_MAX) return
      this.#takenAtMs.delete(port)
    }
  }
}
