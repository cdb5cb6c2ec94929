import type { Clock } from '#platform/clock.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { AskUpstream } from './stages/forward.ts'
import { UpstreamPool } from './upstream/upstream-pool.ts'

/** The upstreams in force; a reload that names others replaces them, and what they had learnt of the old ones. */
export class UpstreamSlot {
  readonly #clock: Clock
  #pool: UpstreamPool
  #key = ''

  constructor(config: ReadyConfig, clock: Clock) {
    this.#clock = clock
    this.#pool = new UpstreamPool([], { timeoutMs: 1, triesMax: 1 }, clock)
    this.use(config)
  }

  readonly ask: AskUpstream = (question, triesBefore) => this.#pool.ask(question, triesBefore)

  get pool(): UpstreamPool {
    return this.#pool
  }

  use({ upstreams, limits }: ReadyConfig): void {
    const settings = {
      timeoutMs: limits.upstreamTimeoutMs,
      triesMax: limits.upstreamTries,
    }
    const key = JSON.stringify([upstreams, settings])
    if (key === this.#key) return
    this.#key = key
    this.#pool = new UpstreamPool(upstreams, settings, this.#clock)
  }
}
