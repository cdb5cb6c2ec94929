import type { Clock } from '#platform/clock.ts'
import type { BlockReason } from '#rules/verdict.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/** Counts one answered query by what became of it; `seconds` from receipt to answer. Keeps nothing of the query. */
export type CountQuery = (query: Query, seconds: number) => void

/**
 * Counts every query of clients by what became of it, never by name or client. Outermost, so that nothing goes uncounted; what another
 * thread goes on with is counted there.
 */
export function makeObserve(count: CountQuery, clock: Clock): Stage {
  const countAnswered = (query: Query, answer: Answer): Answer => {
    if (answer.kind !== 'pending' && !query.isSelfTest)
      count(query, (clock.monotonicMs() - query.startedAtMs) / 1000)
    return answer
  }
  return (next) => (query) => {
    query.startedAtMs = clock.monotonicMs()
    return whenAnswered(next(query), query, countAnswered)
  }
}

/** Why a query was blocked, if it was. */
export function blockReasonOf({ verdict }: Pick<Query, 'verdict'>): BlockReason | undefined {
  return verdict?.kind === 'block' ? verdict.reason : undefined
}
