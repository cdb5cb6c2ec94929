import { type ExtendedError, extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { LimitKind } from './limits/limit-kind.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'

const TEXTS: Readonly<Record<LimitKind, ExtendedError>> = {
  'client-rate': extendedError(EDE.OTHER, 'too many queries a second'),
  'client-waiting': extendedError(EDE.OTHER, 'too many queries of this client wait'),
  'zone-rate': extendedError(EDE.OTHER, 'too many new names of this zone a second'),
  'zone-waiting': extendedError(EDE.OTHER, 'too many names of this zone wait'),
  'all-waiting': extendedError(EDE.OTHER, 'too many names wait'),
}

/** SERVFAIL with the reason; a client may ask somebody else, or again. */
export function answerLimited(query: Query, limit: LimitKind): Answer {
  query.limited = limit
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error: TEXTS[limit] })
}

/** "Ask by TCP", which nobody can do in another's name. */
export function answerSlipped(query: Query): Answer {
  query.limited = 'client-rate'
  return answerLocally(query, 'refused', { rcode: RCODE.NOERROR, isTruncated: true })
}
