import { randomInt } from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { isAboutTheName } from '#wire/constants.ts'
import { readAnswer, type StoredAnswer } from '#wire/stored-answer.ts'
import { isTruncated, type Question, writeUpstreamQuery } from '#wire/upstream-query.ts'
import { exchangeTcp, exchangeUdp, type UpstreamAddress } from './exchange.ts'
import type { UpstreamReport } from './upstream-report.ts'

export interface UpstreamLimits {
  readonly timeoutMs: number
  /** Messages to upstreams for one question, all upstreams, UDP and TCP together. */
  readonly triesMax: number
}

/** Whom somebody else may ask, the first one first, and within which limits. */
export interface PreferredUpstreams extends UpstreamLimits {
  readonly upstreams: readonly UpstreamAddress[]
}

/** Failures in a row after which an upstream is asked last. */
const FAILURES_TO_REST = 3
/** How long it rests before a live query tries it again. */
const REST_MS = 5_000

/** One upstream as it has shown itself. */
export interface UpstreamState {
  readonly upstream: UpstreamAddress
  failuresInARow: number
  restsUntilMs: number
  queries: number
  failures: number
  /** Smoothed round trip of answered queries, in milliseconds; 0 before the first. */
  rttMs: number
}

/**
 * Asks the upstreams in the configured order, those that keep failing last, and fails over on silence, on an
 * unreachable address and on an answer that says the upstream itself is at fault.
 */
export class UpstreamPool {
  readonly states: readonly UpstreamState[]
  readonly counters: { mismatched: number; truncated: number } = { mismatched: 0, truncated: 0 }
  readonly #limits: UpstreamLimits
  readonly #clock: Clock

  constructor(upstreams: readonly UpstreamAddress[], limits: UpstreamLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.states = upstreams.map((upstream) => ({
      upstream,
      failuresInARow: 0,
      restsUntilMs: 0,
      queries: 0,
      failures: 0,
      rttMs: 0,
    }))
  }

  /**
   * Never rejects. A SERVFAIL or REFUSED of the last upstream tried is passed on as an answer. `triesBefore`: messages that have gone
   * out for it already, the first of them to the first upstream.
   */
  async ask(question: Question, triesBefore = 0): Promise<StoredAnswer | Failure> {
    const order = this.#inOrder()
    let last: StoredAnswer | Failure =
      order.length === 0
        ? failure('no-upstream', 'no upstream is configured')
        : failure('timeout', 'no answer in time')
    for (let tries = triesBefore; tries < this.#limits.triesMax && order.length > 0; tries++) {
      const state = order[tries % order.length]
      if (!state) break
      const triesLeft = this.#limits.triesMax - tries
      const query = writeUpstreamQuery(question, randomInt(1, 0x10000))
      const message = await this.#exchange(state, query, triesLeft)
      if (message.usedTcp) tries++
      last = isFailure(message.answer) ? message.answer : readAnswer(message.answer)
      if (!isFailure(last) && isAboutTheName(last.rcode)) return last
    }
    return last
  }

  async #exchange(
    state: UpstreamState,
    query: Buffer,
    triesLeft: number,
  ): Promise<{ answer: Buffer | Failure; usedTcp: boolean }> {
    const startedAtMs = this.#clock.monotonicMs()
    state.queries++
    let usedTcp = false
    let answer = await exchangeUdp(state.upstream, query, this.#limits.timeoutMs, this.counters)
    if (!isFailure(answer) && isTruncated(answer)) {
      this.counters.truncated++
      if (triesLeft < 2) return { answer: failure('malformed-answer', 'truncated'), usedTcp }
      usedTcp = true
      answer = await exchangeTcp(state.upstream, query, this.#limits.timeoutMs)
    }
    this.#learn(state, !isFailure(answer), this.#clock.monotonicMs() - startedAtMs)
    return { answer, usedTcp }
  }

  #learn(state: UpstreamState, isAnswered: boolean, tookMs: number): void {
    if (isAnswered) {
      state.failuresInARow = 0
      state.restsUntilMs = 0
      state.rttMs = state.rttMs === 0 ? tookMs : state.rttMs * 0.8 + tookMs * 0.2
      return
    }
    state.failures++
    state.failuresInARow++
    if (state.failuresInARow >= FAILURES_TO_REST)
      state.restsUntilMs = this.#clock.monotonicMs() + REST_MS
  }

  /** Those to be asked first, in that order; those that rest come last. */
  preferred(count: number): PreferredUpstreams {
    const first = this.#inOrder().slice(0, count)
    return { upstreams: first.map(({ upstream }) => upstream), ...this.#limits }
  }

  /** Takes up how an upstream has done when somebody else asked it. */
  learn({ address, port, asked, answered, unanswered, mismatched, rttMs }: UpstreamReport): void {
    this.counters.mismatched += mismatched
    const isIt = ({ upstream }: UpstreamState): boolean =>
      upstream.address === address && upstream.port === port
    const state = this.states.find(isIt)
    if (!state) return
    state.queries += asked
    if (answered > 0) {
      this.#learn(state, true, rttMs)
      state.failures += unanswered
      return
    }
    for (let i = 0; i < unanswered; i++) this.#learn(state, false, 0)
  }

  #inOrder(): UpstreamState[] {
    const nowMs = this.#clock.monotonicMs()
    const isResting = (state: UpstreamState): number => (state.restsUntilMs > nowMs ? 1 : 0)
    return this.states.toSorted((a, b) => isResting(a) - isResting(b))
  }
}
