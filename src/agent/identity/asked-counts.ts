/** Queries of one client since the last count. */
export interface AskedCount {
  /** See `clientKey`. */
  readonly key: string
  /** The address that sent them, which may be a forwarder's. */
  readonly sender: string
  queries: number
}

/** More clients in one count are left out, and nothing is lost but their number. */
const CLIENTS_MAX = 20_000

/** Who has asked how often, gathered over several client tables. */
export class AskedCounts {
  #counts = new Map<string, AskedCount>()

  add({ key, sender, queries }: AskedCount): void {
    if (queries === 0) return
    const known = this.#counts.get(key)
    if (known) known.queries += queries
    else if (this.#counts.size < CLIENTS_MAX) this.#counts.set(key, { key, sender, queries })
  }

  /** All, and begins anew. */
  take(): readonly AskedCount[] {
    const counts = [...this.#counts.values()]
    this.#counts = new Map()
    return counts
  }
}
