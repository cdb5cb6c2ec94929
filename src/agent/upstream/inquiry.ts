import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { isAboutTheName } from '#wire/constants.ts'
import { LOOP_TEXT } from '#wire/loop-mark.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { readTrimmed } from '#wire/trim-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import type { Budget } from './budget.ts'
import type { Errand, Upstream } from './upstream.ts'
import { hedgeAfterMs } from './when-to-ask.ts'

export interface InquiryParts {
  readonly question: Question
  /** In the order in which they are asked. */
  readonly upstreams: readonly Upstream[]
  readonly budget: Budget
  readonly timeoutMs: number
  /** After so long nobody waits any more. */
  readonly deadlineMs: number
  /** Whether it begins over TCP, whatever the first upstream's transport. */
  readonly isByTcp: boolean
  /** Told when an upstream has failed or was overtaken. */
  readonly onTrouble: () => void
}

/**
 * One question on its way: the first upstream, another where that fails or is slow, until an answer says something of the name or the
 * messages or the time are spent. The last answer of an upstream in trouble is better than none.
 */
export class Inquiry {
  readonly #parts: InquiryParts
  readonly #resolve: (outcome: StoredAnswer | Failure) => void
  readonly #deadline: NodeJS.Timeout
  #hedge: NodeJS.Timeout | undefined
  #place: number
  /** Upstreams that have not answered yet, and since when they are asked. */
  readonly #silent = new Map<Upstream, { readonly errand: Errand; readonly askedAtMs: number }>()
  /** Upstreams that lead back here: asking them again only makes the loop longer. */
  readonly #looping = new Set<Upstream>()
  #going = 0
  /** Of the next message. */
  #isByTcp: boolean
  #isOver = false
  #last: StoredAnswer | Failure = failure('timeout', 'no answer in time')

  /** Never rejects. */
  static run(parts: InquiryParts): Promise<StoredAnswer | Failure> {
    if (parts.upstreams.length === 0)
      return Promise.resolve(failure('no-upstream', 'no upstream is configured'))
    return new Promise((resolve) => {
      new Inquiry(parts, resolve).#askNext()
    })
  }

  private constructor(parts: InquiryParts, resolve: (outcome: StoredAnswer | Failure) => void) {
    this.#parts = parts
    this.#resolve = resolve
    this.#place = parts.budget.spent
    this.#isByTcp = parts.isByTcp
    this.#deadline = setTimeout(() => this.#finish(this.#last), Math.max(0, parts.deadlineMs))
  }

  #askNext(): void {
    if (this.#isOver) return
    const { upstreams, budget, question, timeoutMs } = this.#parts
    const upstream = this.#nextInPlace(upstreams)
    if (!upstream || !budget.take()) {
      if (this.#going === 0) this.#finish(this.#last)
      return
    }
    this.#going += 1
    const errand = { question, timeoutMs, budget, isOvertaken: false, isByTcp: this.#isByTcp }
    this.#isByTcp = false
    this.#silent.set(upstream, { errand, askedAtMs: performance.now() })
    this.#armHedge(upstream)
    upstream.ask(errand).then(
      (outcome) => this.#take(upstream, outcome),
      () => this.#take(upstream, failure('unreachable', 'the upstream cannot be asked')),
    )
  }

  /** The next in turn; none that has led back here. */
  #nextInPlace(upstreams: readonly Upstream[]): Upstream | undefined {
    for (let tried = 0; tried < upstreams.length; tried++) {
      const upstream = upstreams[this.#place % upstreams.length]
      this.#place += 1
      if (upstream && !this.#looping.has(upstream)) return upstream
    }
    return undefined
  }

  #take(upstream: Upstream, outcome: Buffer | Failure): void {
    this.#going -= 1
    this.#silent.delete(upstream)
    if (isFailure(outcome)) this.#parts.onTrouble()
    if (this.#isOver) return
    const read = isFailure(outcome)
      ? outcome
      : readTrimmed(outcome, { keepsAd: upstream.isAdTrusted })
    if (!isFailure(read) && isAboutTheName(read.rcode)) return this.#finish(read)
    if (!isFailure(read) && read.error?.text === LOOP_TEXT) this.#looping.add(upstream)
    if (!isFailure(read) || isFailure(this.#last)) this.#last = read
    this.#askNext()
  }

  /** Over UDP a message may be lost; a connection brings it or breaks. */
  #armHedge({ settings }: Upstream): void {
    clearTimeout(this.#hedge)
    const { upstreams, timeoutMs } = this.#parts
    const isAlone = upstreams.length === 1
    if (isAlone && settings.transport !== 'udp') return
    this.#hedge = setTimeout(() => this.#askNext(), hedgeAfterMs(timeoutMs, isAlone))
  }

  #finish(outcome: StoredAnswer | Failure): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#hedge)
    clearTimeout(this.#deadline)
    if (!isFailure(outcome)) this.#noteOvertaken()
    this.#resolve(outcome)
  }

  /** Another was asked because these were slow, and has answered before them. */
  #noteOvertaken(): void {
    const { timeoutMs, onTrouble } = this.#parts
    const sinceMs = performance.now() - hedgeAfterMs(timeoutMs, false)
    for (const [{ health }, { errand, askedAtMs }] of this.#silent) {
      if (askedAtMs > sinceMs) continue
      errand.isOvertaken = true
      health.overtaken()
    }
    if (this.#silent.size > 0) onTrouble()
  }
}
