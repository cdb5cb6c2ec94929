import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { type ExtendedError, extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import { LOOP_TEXT } from '#wire/loop-mark.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { newEntry } from '../cache/cache-entry.ts'
import { questionOf } from '../inner-query.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import type { Resolve } from '../stage.ts'
import { ANSWER_MS_MAX, type Spent } from '../upstream/upstream-pool.ts'

const SILENT = extendedError(EDE.NO_REACHABLE_AUTHORITY, 'no upstream answers')
const FAULTY = extendedError(EDE.OTHER, 'the upstream answers with a fault')
const ROUND = extendedError(EDE.OTHER, LOOP_TEXT)
const CROWDED = extendedError(EDE.OTHER, 'too many queries wait')

/** How long an answer may take that nobody waits for any more. */
const LATER_MS_MAX = 10_000

/** Asks the upstreams, less what the question has cost already; the same question is asked once at a time. Never rejects. */
export type AskUpstream = (question: Question, spent?: Spent) => Promise<StoredAnswer | Failure>

export interface ForwardOptions {
  readonly ask: AskUpstream
  readonly clock: Clock
  /** Queries that may wait for upstreams at once. */
  readonly inFlightMax: number
}

/**
 * The last stage, and the only one that waits. An upstream that cannot be reached is SERVFAIL with the reason, which
 * tells a fault from a block. The EDE text of ours never names an upstream.
 */
export function makeForward({ ask, clock, inFlightMax }: ForwardOptions): Resolve {
  let inFlight = 0
  const settle = (query: Query, stored: StoredAnswer | Failure): Answer => {
    inFlight--
    if (isFailure(stored)) return answerFailed(query, stored.failure === 'loop' ? ROUND : SILENT)
    if (!isPassedOn(stored.rcode)) return answerFailed(query, FAULTY)
    const storedAtMs = clock.monotonicMs()
    query.result = stored.rcode === RCODE.SERVFAIL ? 'failed' : 'forwarded'
    return query.answer.setStored(newEntry(stored, storedAtMs), 0)
  }
  return (query) => {
    if (inFlight >= inFlightMax) return answerFailed(query, CROWDED)
    inFlight++
    const spent = { messages: query.tries, leftMs: leftMs(query, clock) }
    return ask(questionOf(query.view), spent).then((stored) => settle(query, stored))
  }
}

/** How long an answer may still take; for the cache alone it may be late. */
function leftMs({ isForLater, startedAtMs, waitedMs }: Query, clock: Clock): number {
  if (isForLater) return LATER_MS_MAX
  const hereMs = startedAtMs > 0 ? clock.monotonicMs() - startedAtMs : 0
  return ANSWER_MS_MAX - waitedMs - hereMs
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

function answerFailed(query: Query, error: ExtendedError): Answer {
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error })
}
