import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { answerFailed, answerKeptFailure, failureKindOf } from '../answer-failed.ts'
import { answerLimited } from '../answer-limited.ts'
import type { AnswerMemory } from '../cache/answer-memory.ts'
import { questionOf } from '../inner-query.ts'
import type { LimitKind } from '../limits/limit-kind.ts'
import type { WaitingClients } from '../limits/waiting-clients.ts'
import type { ZoneLimits } from '../limits/zone-limits.ts'
import type { Answer, Query } from '../query.ts'
import type { Resolve } from '../stage.ts'

const SILENT = extendedError(EDE.NO_REACHABLE_AUTHORITY, 'no upstream answers')
const FAULTY = extendedError(EDE.OTHER, 'the upstream answers with a fault')
const CROWDED = extendedError(EDE.OTHER, 'too many queries wait')

/** Asks the upstreams, for whom so many messages have gone out already; never rejects. */
export type AskUpstream = (
  question: Question,
  triesBefore?: number,
) => Promise<StoredAnswer | Failure>

export interface ForwardOptions {
  readonly ask: AskUpstream
  /** Knows which questions have failed a moment ago. */
  readonly cache: AnswerMemory
  readonly clock: Clock
  /** Queries that may wait for upstreams at once. */
  readonly inFlightMax: number
  /** Of one client. */
  readonly waiting: Pick<WaitingClients, 'hasRoom' | 'enter' | 'leave'>
  /** Of one zone. */
  readonly zones: Pick<ZoneLimits, 'depart' | 'land'>
}

/**
 * The last stage, and the only one that waits. An upstream that cannot be reached is SERVFAIL with the reason, which
 * tells a fault from a block. The cached EDE text never names an upstream. The same question of several clients is asked once, and one
 * that has failed is not asked again for a while (RFC 9520).
 */
export function makeForward(options: ForwardOptions): Resolve {
  const { ask, cache, clock, inFlightMax, waiting, zones } = options
  let inFlight = 0
  const { failures } = cache
  const asking = new Map<string, Promise<StoredAnswer | Failure>>()
  const land = (key: string, stored: StoredAnswer | Failure): StoredAnswer | Failure => {
    asking.delete(key)
    const kind = failureKindOf(stored)
    if (kind !== undefined) failures.note(key, kind, clock.monotonicMs())
    else if (!isFailure(stored)) failures.noteAnswer(key, clock.monotonicMs())
    return stored
  }
  const askOnce = (
    key: string,
    { view, tries }: Query,
  ): Promise<StoredAnswer | Failure> | LimitKind => {
    const going = asking.get(key)
    if (going) return going
    const place = zones.depart(view.name, view.nameLength, clock.monotonicMs())
    if (typeof place === 'string') return place
    const asked = ask(questionOf(view), tries).then((stored) => {
      zones.land(place)
      return land(key, stored)
    })
    asking.set(key, asked)
    return asked
  }
  const settle = (query: Query, stored: StoredAnswer | Failure): Answer => {
    inFlight--
    waiting.leave(query.clientAddress)
    if (isFailure(stored)) return answerFailed(query, SILENT)
    if (!isPassedOn(stored.rcode)) return answerFailed(query, FAULTY)
    const storedAtMs = clock.monotonicMs()
    query.result = stored.rcode === RCODE.SERVFAIL ? 'failed' : 'forwarded'
    return query.answer.setStored(cache.entryOf(stored, storedAtMs), 0)
  }
  return (query) => {
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

/** Other codes speak of the message that we sent, not of the client's; a client would draw wrong conclusions. */
function isPassedOn(rcode: number): boolean {
  return (
    rcode === RCODE.NOERROR ||
    rcode === RCODE.NXDOMAIN ||
    rcode === RCODE.SERVFAIL ||
    rcode === RCODE.REFUSED
  )
}
