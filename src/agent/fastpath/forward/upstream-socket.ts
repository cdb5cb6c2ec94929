import type { Sent } from './flight.ts'

/** After so many queries, or so long, the next ones leave from another port, so that no port is worth guessing for long. */
const QUERIES_MAX = 128
const AGE_MS_MAX = 10_000

/** A socket connected to one upstream, with the queries that went out on it by their ids. */
export class UpstreamSocket {
  readonly fd: number
  readonly #openedAtMs: number
  readonly #sent = new Map<number, Sent>()
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
    this.#sent.set(id, sent)
  }

  find(id: number): Sent | undefined {
    return this.#sent.get(id)
  }

  drop(id: number): void {
    this.#sent.delete(id)
  }

  /** Everything that is waited for, which ends with this. */
  dropAll(): readonly Sent[] {
    const all = [...this.#sent.values()]
    this.#sent.clear()
    return all
  }
}
