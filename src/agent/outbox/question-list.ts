import { type Failure, failure } from '#domain/failure.ts'
import type { StoreAnswer } from './store-messages.ts'

const QUESTIONS_MAX = 64

interface Open {
  readonly resolve: (answer: StoreAnswer) => void
  readonly timer: ReturnType<typeof setTimeout>
}

/** Questions to the store worker that wait for their answer, each for a bounded time. */
export class QuestionList {
  readonly #timeoutMs: number
  readonly #open: Map<number, Open> = new Map()
  #asked = 0

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs
  }

  /** Asks by `send`, which gets the question's number and answers false when nobody hears it. Never rejects. */
  ask(send: (ask: number) => boolean): Promise<StoreAnswer> {
    if (this.#open.size >= QUESTIONS_MAX) return Promise.resolve(unavailable('too many questions'))
    const ask = ++this.#asked
    return new Promise((resolve) => {
      const expire = (): void => this.answer(ask, unavailable('the store does not answer'))
      this.#open.set(ask, { resolve, timer: setTimeout(expire, this.#timeoutMs) })
      if (!send(ask)) this.answer(ask, unavailable('the store is being started'))
    })
  }

  answer(ask: number, answer: StoreAnswer): void {
    const open = this.#open.get(ask)
    if (!open) return
    this.#open.delete(ask)
    clearTimeout(open.timer)
    open.resolve(answer)
  }

  close(): void {
    for (const ask of this.#open.keys()) this.answer(ask, unavailable('the outbox is closed'))
  }
}

function unavailable(detail: string): Failure<'store-unavailable'> {
  return failure('store-unavailable', detail)
}
