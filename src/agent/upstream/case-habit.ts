import { hasSameCase } from '#wire/mixed-case.ts'

/** Answers in a row that changed the case of the name, after which an upstream is taken for one that never keeps it. */
const FOLDED_MAX = 8

/** Whether an upstream repeats names letter by letter, as it has shown: see `mixed-case.ts`. */
export class CaseHabit {
  /** Answers in a row with another case. */
  #folded = 0

  /** Whether a name in a case of chance is of use. */
  get isKept(): boolean {
    return this.#folded < FOLDED_MAX
  }

  /** Judges what comes for one query. Only the first message teaches anything, or one forger could teach it all. */
  judge(asked: Buffer): (message: Buffer) => boolean {
    let isFirst = true
    return (message) => {
      const accepted = isFirst ? this.accepts(asked, message) : hasSameCase(asked, message)
      isFirst = false
      return accepted
    }
  }

  /** Whether an answer may be believed as far as its case goes; learns from it. */
  accepts(asked: Buffer, message: Buffer): boolean {
    if (hasSameCase(asked, message)) {
      if (this.#folded < FOLDED_MAX) this.#folded = 0
      return true
    }
    this.#folded += 1
    return this.#folded > FOLDED_MAX
  }
}
