import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { NO_RULES } from '../address-rules.ts'
import { NO_ENTRIES, NOT_INSPECTED } from '../cache/cache-entry.ts'
import { questionOf } from '../inner-query.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import type { Resolve } from '../stage.ts'

/** Asks the upstreams; never rejects. */
export type AskUpstream = (question: Question) => Promise<StoredAnswer | Failure>

export interface ForwardOptions {
  readonly ask: AskUpstream
  readonly clock: Clock
  /** Queries that may wait for upstreams at once. */
  readonly inFlightMax: number
}

/**
 * The last stage, and the only one that waits. An upstream that cannot be reached is SERVFAIL with the reason, which
 * tells a fault from a block. The cached EDE text never names an upstream.
 */
export function makeForward({ ask, clock, inFlightMax }: ForwardOptions): Resolve {
  let inFlight = 0
  const settle = (query: Query, stored: StoredAnswer | Failure): Answer => {
    inFlight--
    if (isFailure(stored))
      return answerFailed(query, EDE.NO_REACHABLE_AUTHORITY, 'no upstream answers')
    if (!isPassedOn(stored.rcode))
      return answerFailed(query, EDE.OTHER, 'the upstream answers with a fault')
    const storedAtMs = clock.monotonicMs()
    query.result = stored.rcode === RCODE.SERVFAIL ? 'failed' : 'forwarded'
    return query.answer.setStored(
      {
        stored,
        storedAtMs,
        expiresAtMs: storedAtMs + stored.ttlSeconds * 1000,
        retryAtMs: 0,
        hopEntries: [],
        addressRules: NO_RULES,
        addressEntries: NO_ENTRIES,
        isPrivate: false,
        generation: NOT_INSPECTED,
      },
      0,
    )
  }
  return (query) => {
    if (inFlight >= inFlightMax) return answerFailed(query, EDE.OTHER, 'too many queries wait')
    inFlight++
    return ask(questionOf(query.view)).then((stored) => settle(query, stored))
  }
}

/** Other codes speak of the message that we sent, not of the client's; a client would draw wrong conclusions. */
function isPassedOn(rcode: number): boolean {
  return (
    rcode === RCODE.NOERROR ||
    rcode === RCODE.NXDOMAIN ||
    rcode === RCODE.SERVFAIL ||
    rcode === RCODE.REFUSED
  )
}

function answerFailed(query: Query, code: number, text: string): Answer {
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error: { code, text } })
}
