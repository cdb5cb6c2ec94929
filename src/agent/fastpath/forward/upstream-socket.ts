import type { Sent } from './flight.ts'

/** After so many queries, or so long, the next ones leave from another port, so that no port is worth guessing for long. */
const QUERIES_MAX = 128
const AGE_MS_MAX = 10_000

/** A socket connected to one upstream, with the queries that went out on it by their ids. */
export class UpstreamSocket {
  readonly fd: number
  readonly #openedAtMs: number
  readonly #sent = new Map<number, Sent>()
  /** Ids of queries that are waited for no more: what comes for them late, or twice, is no forger's. */
  readonly #past = new Set<number>()
  #queries = 0

  constructor(fd: number, nowMs: number) {
    this.fd = fd
    this.#openedAtMs = nowMs
  }

  /** Whether nothing is waited for here. */
  get isIdle(): boolean {
    return this.#sent.size === 0
  }

  isWornOut(nowMs: number): boolean {
    return this.#queries >= QUERIES_MAX || nowMs - this.#openedAtMs > AGE_MS_MAX
  }

  add(id: number, sent: Sent): void {
    this.#queries += 1
    this.#past.delete(id)
    this.#sent.set(id, sent)
  }

  find(id: number): Sent | undefined {
    return this.#sent.get(id)
  }

  drop(id: number): void {
    if (this.#sent.delete(id)) this.#past.add(id)
  }

  /** Whether a query with that id has gone out here and is waited for no more. */
  isPast(id: number): boolean {
    return this.#past.has(id)
  }

  /** Everything that is waited for, which ends with this. */
  dropAll(): readonly Sent[] {
    const all = [...this.#sent.values()]
    for (const id of this.#sent.keys()) this.drop(id)
    return all
  }
}
