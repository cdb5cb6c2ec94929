import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { type ExtendedError, extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import { answerLimited } from '../answer-limited.ts'
import { newEntry } from '../cache/cache-entry.ts'
import { questionOf } from '../inner-query.ts'
import type { LimitKind } from '../limits/limit-kind.ts'
import type { WaitingClients } from '../limits/waiting-clients.ts'
import type { ZoneLimits } from '../limits/zone-limits.ts'
import { answerLocally } from '../local-answer.ts'
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
 * tells a fault from a block. The cached EDE text never names an upstream. The same question of several clients is asked once.
 */
export function makeForward(options: ForwardOptions): Resolve {
  const { ask, clock, inFlightMax, waiting, zones } = options
  let inFlight = 0
  const asking = new Map<string, Promise<StoredAnswer | Failure>>()
  const askOnce = ({ view, tries }: Query): Promise<StoredAnswer | Failure> | LimitKind => {
    const key = view.cacheKey()
    const going = asking.get(key)
    if (going) return going
    const place = zones.depart(view.name, view.nameLength, clock.monotonicMs())
    if (typeof place === 'string') return place
    const asked = ask(questionOf(view), tries).finally(() => {
      zones.land(place)
      asking.delete(key)
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
    return query.answer.setStored(newEntry(stored, storedAtMs), 0)
  }
  return (query) => {
    if (inFlight >= inFlightMax) return answerFailed(query, CROWDED)
    if (!waiting.hasRoom(query.clientAddress)) return answerLimited(query, 'client-waiting')
    const asked = askOnce(query)
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

function answerFailed(query: Query, error: ExtendedError): Answer {
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error })
}
