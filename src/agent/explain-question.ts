/** The question of `explain`, and the answer that a cache or an upstream has for it. */
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { parseType, typeName } from '#wire/constants.ts'
import { QueryView } from '#wire/query-view.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { ExplainRequest, Explanation } from './control/control-api.ts'
import type { TrialParts } from './explain-trial.ts'

/** What one stage of the pipeline has to say of the query. */
export type StageSay = Explanation['stages'][number]

export interface Question {
  readonly name: Uint8Array
  readonly type: number
  readonly text: string
}

/** Reads what is asked. Never throws. */
export function readQuestion({ name, type }: ExplainRequest): Question | Failure<'bad-request'> {
  const parsed = parseDomainName(name)
  if (typeof parsed !== 'string') return failure('bad-request', `no domain name: ${parsed.detail}`)
  const number = parseType(type)
  if (number === undefined)
    return failure('bad-request', 'no record type; try A, AAAA, HTTPS or TYPE65')
  return { name: nameToWire(parsed), type: number, text: `${parsed} ${typeName(number)}` }
}

interface AnswerSources extends Pick<TrialParts, 'ask' | 'clock'> {
  readonly cache: AnswerCache
}

/** Looks into the cache, and asks the upstreams where that has nothing. */
export async function findAnswer(
  question: Question,
  { cache, ask, clock }: AnswerSources,
): Promise<{ stored: StoredAnswer | Failure; stages: readonly StageSay[] }> {
  const view = new QueryView()
  const asked = { ...question, isDnssecOk: false, isCheckingDisabled: false }
  const message = writeUpstreamQuery(asked, 0)
  view.parse(message, 0, message.length)
  const nowMs = clock.monotonicMs()
  const entry = cache.get(view.cacheKey(), nowMs)
  if (entry) {
    const left = Math.ceil((entry.expiresAtMs - nowMs) / 1000)
    return {
      stored: entry.stored,
      stages: [{ stage: 'answer-from-cache', say: `cached for another ${left} s` }],
    }
  }
  const stored = await ask(asked)
  const say = isFailure(stored)
    ? `no upstream answers: ${stored.detail}`
    : `an upstream answers, rcode ${stored.rcode}`
  return {
    stored,
    stages: [
      { stage: 'answer-from-cache', say: 'not in the cache' },
      { stage: 'forward', say },
    ],
  }
}
