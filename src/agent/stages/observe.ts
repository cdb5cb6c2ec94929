import type { Clock } from '#platform/clock.ts'
import type { QueryResult, Transport } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/** Counts one answered query; `seconds` from receipt to answer. */
export type CountQuery = (transport: Transport, result: QueryResult, seconds: number) => void

/** Counts every query by what became of it, never by name or client. Outermost, so that nothing goes uncounted. */
export function makeObserve(count: CountQuery, clock: Clock): Stage {
  return (next) => (query) => {
    const startedAtMs = clock.monotonicMs()
    return whenAnswered(next(query), (answer) => {
      count(query.transport, query.result, (clock.monotonicMs() - startedAtMs) / 1000)
      return answer
    })
  }
}
