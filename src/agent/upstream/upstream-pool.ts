import { randomInt } from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { RCODE } from '#wire/constants.ts'
import { readAnswer, type StoredAnswer } from '#wire/stored-answer.ts'
import { isTruncated, type Question, writeUpstreamQuery } from '#wire/upstream-query.ts'
import { exchangeTcp, exchangeUdp, type UpstreamAddress } from './exchange.ts'

export interface UpstreamLimits {
  readonly timeoutMs: number
  /** Messages to upstreams for one question, all upstreams, UDP and TCP together. */
  readonly triesMax: number
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

  /** Never rejects. A SERVFAIL or REFUSED of the last upstream tried is passed on as an answer. */
  async ask(question: Question): Promise<StoredAnswer | Failure> {
    let last: StoredAnswer | Failure = failure('no-upstream', 'no upstream is configured')
    const order = this.#inOrder()
    for (let tries = 0; tries < this.#limits.triesMax && order.length > 0; tries++) {
      const state = order[tries % order.length]
      if (!state) break
      const triesLeft = this.#limits.triesMax - tries
      const query = writeUpstreamQuery(question, randomInt(1, 0x10000))
      const message = await this.#exchange(state, query, triesLeft)
      if (message.usedTcp) tries++
      last = isFailure(message.answer) ? message.answer : readAnswer(message.answer)
      if (!isFailure(last) && isUseful(last.rcode)) return last
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

  #inOrder(): UpstreamState[] {
    const nowMs = this.#clock.monotonicMs()
    const isResting = (state: UpstreamState): number => (state.restsUntilMs > nowMs ? 1 : 0)
    return this.states.toSorted((a, b) => isResting(a) - isResting(b))
  }
}

/** Whether an answer says something of the name, and not of the upstream's own trouble. */
function isUseful(rcode: number): boolean {
  return rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN
}
