import type { StatusFault } from '#domain/ingest.ts'
import type { Clock } from '#platform/clock.ts'

const FAULTS_MAX = 50
const TEXT_MAX = 300

/** The newest faults that a person may want to know of; the same one twice in a row counts as one, at its last time. */
export class Faults {
  readonly #clock: Clock
  #faults: readonly StatusFault[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(part: string, text: string): void {
    const fault = { at: this.#clock.wallMs(), part, text: text.slice(0, TEXT_MAX) }
    const newest = this.#faults[0]
    const isRepeated = newest?.part === part && newest.text === fault.text
    this.#faults = [fault, ...(isRepeated ? this.#faults.slice(1) : this.#faults)].slice(
      0,
      FAULTS_MAX,
    )
  }

  /** Newest first. */
  all(): readonly StatusFault[] {
    return this.#faults
  }
}
