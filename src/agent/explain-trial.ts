import type { Failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import type { ActivePolicy } from './active-policy.ts'
import { type AnswerMemory, leftAsItIs } from './cache/answer-memory.ts'
import { type Asker, makeRehearsal, type Rehearsed } from './rehearse/rehearsal.ts'
import type { AskUpstream } from './stages/forward.ts'

/** One question of `explain` waits for few others. */
const IN_FLIGHT_MAX = 8

export interface TrialParts {
  readonly policy: ActivePolicy
  readonly cache: AnswerMemory
  readonly ask: AskUpstream
  readonly clock: Clock
  /** Told of a stage that threw. */
  readonly onFault: (error: unknown) => void
}

/** What the stages make of one question; how a client that checks signatures asks, when told. */
export type Try = (isDnssecOk?: boolean) => Promise<Rehearsed>

/** Tries a question through the very stages that answer clients, with the policy given. Leaves the cache as it is. */
export function makeTrial(
  { name, type }: Pick<Question, 'name' | 'type'>,
  asker: Asker,
  parts: TrialParts,
): Try {
  const rehearse = makeRehearsal({
    ask: parts.ask,
    clock: parts.clock,
    onFault: parts.onFault,
    policy: { current: parts.policy },
    cache: leftAsItIs(parts.cache),
    inFlightMax: IN_FLIGHT_MAX,
    // Nothing is recorded, so nobody reads what would have been.
    hashName: () => '',
  })
  return (isDnssecOk = false) => rehearse({ asker, name, type, isDnssecOk })
}

/** Asks each question once, however often it comes up while one lookup is explained. */
export function askingOnce(ask: AskUpstream): AskUpstream {
  const asked = new Map<string, Promise<StoredAnswer | Failure>>()
  return (question, spent) => {
    const { name, type, isDnssecOk, isCheckingDisabled } = question
    const key = `${Buffer.from(name).toString('latin1')} ${type} ${isDnssecOk} ${isCheckingDisabled}`
    const answer = asked.get(key) ?? ask(question, spent)
    asked.set(key, answer)
    return answer
  }
}
