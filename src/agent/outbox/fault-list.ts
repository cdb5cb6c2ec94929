import type { StatusFault } from '#domain/ingest.ts'

/** The newest faults, bounded; one that comes again only moves its time. */
export class FaultList {
  readonly #part: string
  readonly #max: number
  readonly #faults: Map<string, StatusFault> = new Map()

  constructor(part: string, max: number) {
    this.#part = part
    this.#max = max
  }

  add(at: number, text: string): void {
    this.#faults.delete(text)
    this.#faults.set(text, { at, part: this.#part, text })
    const [oldest] = this.#faults.keys()
    if (this.#faults.size > this.#max && oldest !== undefined) this.#faults.delete(oldest)
  }

  /** Oldest first. */
  read(): readonly StatusFault[] {
    return [...this.#faults.values()]
  }
}
