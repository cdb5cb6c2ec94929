import type { FlushTarget } from '../cache/flush-target.ts'

/** A worker looks at its messages ten times a second; one that takes longer than this is about to be replaced. */
const WAIT_MS = 2_000

type TellFlush = (number: number, target: FlushTarget) => void

/** Asks the worker to drop answers, and waits until it has. */
export class WorkerFlush {
  readonly #tell: TellFlush
  readonly #waiting = new Map<number, (answers: number | undefined) => void>()
  #last = 0

  constructor(tell: TellFlush) {
    this.#tell = tell
  }

  /** How many were dropped; undefined where the worker did not say. Never rejects. */
  flush(target: FlushTarget): Promise<number | undefined> {
    const number = ++this.#last
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.take(number, undefined), WAIT_MS)
      this.#waiting.set(number, (answers) => {
        clearTimeout(timer)
        resolve(answers)
      })
      this.#tell(number, target)
    })
  }

  /** Takes what the worker says. */
  take(number: number, answers: number | undefined): void {
    this.#waiting.get(number)?.(answers)
    this.#waiting.delete(number)
  }
}
