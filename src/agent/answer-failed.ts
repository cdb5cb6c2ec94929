import { type Failure, isFailure } from '#domain/failure.ts'
import { type ExtendedError, extendedError } from '#wire/answer-writer.ts'
import { EDE, isAboutTheName, RCODE } from '#wire/constants.ts'
import { LOOP_TEXT } from '#wire/loop-mark.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { FailureKind } from './cache/kept-failures.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'

type KeptKind = Exclude<FailureKind, 'handed-on'>

/** Said of a question that goes round. */
export const ROUND: ExtendedError = extendedError(EDE.OTHER, LOOP_TEXT)

/** What is said where a failure is remembered (RFC 8914 section 4.14); it never names an upstream. */
const CACHED: Readonly<Record<KeptKind, ExtendedError>> = {
  silent: extendedError(EDE.CACHED_ERROR, 'no upstream answered a moment ago'),
  faulty: extendedError(EDE.CACHED_ERROR, 'the upstream answered with a fault a moment ago'),
  refused: extendedError(EDE.CACHED_ERROR, 'the upstream refused a moment ago'),
  // As at first: a forwarder that asks again goes by the text.
  loop: ROUND,
}

/** What is to be remembered of an upstream's answer; undefined where it is a good one, or where nobody was asked. */
export function failureKindOf(stored: StoredAnswer | Failure): KeptKind | undefined {
  if (isFailure(stored)) {
    if (stored.failure === 'no-upstream') return undefined
    if (stored.failure === 'loop') return 'loop'
    return stored.failure === 'malformed-answer' ? 'faulty' : 'silent'
  }
  if (isAboutTheName(stored.rcode)) return undefined
  if (stored.error?.text === LOOP_TEXT) return 'loop'
  return stored.rcode === RCODE.REFUSED ? 'refused' : 'faulty'
}

/** Answers with a failure that is remembered, as the one who asked first was answered. */
export function answerKeptFailure(query: Query, kind: KeptKind): Answer {
  const rcode = kind === 'refused' ? RCODE.REFUSED : RCODE.SERVFAIL
  return answerLocally(query, 'failed', { rcode, error: CACHED[kind] })
}

export function answerFailed(query: Query, error: ExtendedError): Answer {
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error })
}
