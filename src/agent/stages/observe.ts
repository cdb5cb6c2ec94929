import type { Clock } from '#platform/clock.ts'
import type { BlockReason } from '#rules/verdict.ts'
import { type BypassWay, bypassWayOf } from '../bypass-way.ts'
import type { QueryResult, Transport } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/** Counts one answered query; `seconds` from receipt to answer, `reason` where it was blocked, `way` where it is a sign of a way round. */
export type CountQuery = (
  transport: Transport,
  result: QueryResult,
  seconds: number,
  reason: BlockReason | undefined,
  way: BypassWay | undefined,
) => void

/** Counts every query by what became of it, never by name or client. Outermost, so that nothing goes uncounted. */
export function makeObserve(count: CountQuery, clock: Clock): Stage {
  return (next) => (query) => {
    const startedAtMs = clock.monotonicMs()
    return whenAnswered(next(query), (answer) => {
      const { transport, result, verdict } = query
      const reason = verdict?.kind === 'block' ? verdict.reason : undefined
      const seconds = (clock.monotonicMs() - startedAtMs) / 1000
      count(transport, result, seconds, reason, bypassWayOf(query))
      return answer
    })
  }
}
