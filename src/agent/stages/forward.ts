import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { answerFailed, answerKeptFailure, failureKindOf, ROUND } from '../answer-failed.ts'
import { answerLimited } from '../answer-limited.ts'
import type { AnswerMemory } from '../cache/answer-memory.ts'
import type { ClientCounts } from '../client-counts.ts'
import { questionOf } from '../inner-query.ts'
import type { LimitKind } from '../limits/limit-kind.ts'
import type { ZoneLimits } from '../limits/zone-limits.ts'
import type { Answer, Query } from '../query.ts'
import type { Resolve } from '../stage.ts'
import { ANSWER_MS_MAX, type Spent } from '../upstream/upstream-pool.ts'

const SILENT = extendedError(EDE.NO_REACHABLE_AUTHORITY, 'no upstream answers')
const FAULTY = extendedError(EDE.OTHER, 'the upstream answers with a fault')
const CROWDED = extendedError(EDE.OTHER, 'too many queries wait')

/** How long an answer may take that nobody waits for any more. */
const LATER_MS_MAX = 10_000

/** Asks the upstreams, less what the question has cost already; the same question is asked once at a time. Never rejects. */
export type AskUpstream = (question: Question, spent?: Spent) => Promise<StoredAnswer | Failure>

export interface ForwardOptions {
  readonly ask: AskUpstream
  /** Whether a question with these marks has come back from an upstream; absent: none does. */
  readonly isLooping?: (marks: Uint8Array | undefined) => boolean
  /** Knows which questions have failed a moment ago. */
  readonly cache: AnswerMemory
  readonly clock: Clock
  /** Queries that may wait for upstreams at once. */
  readonly inFlightMax: number
  /** Of one client. */
  readonly waiting: Pick<ClientCounts, 'hasRoom' | 'enter' | 'leave'>
  /** Of one zone. */
  readonly zones: Pick<ZoneLimits, 'depart' | 'land'>
}

/**
 * The last stage, and the only one that waits. An upstream that cannot be reached is SERVFAIL with the reason, which
 * tells a fault from a block. The EDE text of ours never names an upstream. The same question of several clients is asked once, and one
 * that has failed is not asked again for a while (RFC 9520).
 */
export function makeForward(options: ForwardOptions): Resolve {
  const { ask, isLooping, cache, clock, inFlightMax, waiting, zones } = options
  let inFlight = 0
  const { failures } = cache
  const asking = new Map<string, Promise<StoredAnswer | Failure>>()
  const land = (key: string, stored: StoredAnswer | Failure): StoredAnswer | Failure => {
    const kind = failureKindOf(stored)
    if (kind !== undefined) failures.note(key, kind, clock.monotonicMs())
    else if (!isFailure(stored)) failures.noteAnswer(key, clock.monotonicMs())
    return stored
  }
  const askOnce = (key: string, query: Query): Promise<StoredAnswer | Failure> | LimitKind => {
    const { view, tries, isForLater, isByTcp } = query
    // Whoever waits for an answer is not to wait as long as one that is for the cache alone may take.
    const askingKey = isForLater ? `${key} later` : key
    const going = asking.get(askingKey)
    if (going) return going
    const place = zones.depart(view.name, view.nameLength, clock.monotonicMs())
    if (typeof place === 'string') return place
    const spent = { messages: tries, leftMs: leftMs(query, clock), isByTcp }
    const asked = ask(questionOf(view), spent).then((stored) => {
      zones.land(place)
      asking.delete(askingKey)
      return land(key, stored)
    })
    asking.set(askingKey, asked)
    return asked
  }
  const settle = (query: Query, stored: StoredAnswer | Failure): Answer => {
    inFlight--
    waiting.leave(query.clientAddress)
    if (isFailure(stored)) return answerFailed(query, stored.failure === 'loop' ? ROUND : SILENT)
    if (!isPassedOn(stored.rcode)) return answerFailed(query, FAULTY)
    const storedAtMs = clock.monotonicMs()
    query.result = stored.rcode === RCODE.SERVFAIL ? 'failed' : 'forwarded'
    return query.answer.setStored(cache.entryOf(stored, storedAtMs), 0)
  }
  return (query) => {
    // First of all: it must not wait for itself, nor be kept as a failure of the question that is still on its way.
    if (isLooping?.(query.view.marks())) return answerFailed(query, ROUND)
    const key = query.view.cacheKey()
    const kept = failures.find(key, clock.monotonicMs())
    if (kept && kept.kind !== 'handed-on') return answerKeptFailure(query, kept.kind)
    if (inFlight >= inFlightMax) return answerFailed(query, CROWDED)
    if (!waiting.hasRoom(query.clientAddress)) return answerLimited(query, 'client-waiting')
    const asked = askOnce(key, query)
    if (typeof asked === 'string') return answerLimited(query, asked)
    inFlight++
    waiting.enter(query.clientAddress)
    return asked.then((stored) => settle(query, stored))
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
