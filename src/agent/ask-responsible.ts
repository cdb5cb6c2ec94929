/**
 * Each question goes to whoever is responsible for its name, and an alias that leads out of a zone is followed by asking whoever is responsible
 * there: what one upstream says of another's names is not used, for a client or for the cache (MaginotDNS).
 */
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { TYPE } from '#wire/constants.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { chainOf, joinAnswers } from '#wire/trim-answer.ts'
import type { Question } from '#wire/upstream-query.ts'
import type { Budget } from './upstream/budget.ts'
import type { UpstreamPool } from './upstream/upstream-pool.ts'

/** How often a chain may change hands: more is a loop of aliases. */
const TURNS_MAX = 4

export interface ResponsibleParts {
  /** Whose the lower-cased wire name is, at this moment. */
  readonly poolOf: (name: Uint8Array) => UpstreamPool
  readonly budget: Budget
  /** Until when it must be answered, by `performance.now`. */
  readonly untilMs: number
  readonly nowMs: () => number
  /** Whether the first upstream is asked over TCP. */
  readonly isByTcp?: boolean | undefined
}

/** Never rejects. */
export async function askResponsible(
  question: Question,
  parts: ResponsibleParts,
  turns = 0,
): Promise<StoredAnswer | Failure> {
  if (turns > TURNS_MAX) return failure('loop', 'aliases lead round')
  const { poolOf, budget, untilMs, nowMs, isByTcp } = parts
  const pool = poolOf(question.name)
  const leftMs = untilMs - nowMs()
  const first = await pool.ask(question, { messages: budget.spent, leftMs, isByTcp }, budget)
  if (isFailure(first)) return first
  // The zones have changed while it was on its way: the answer is of somebody who is not responsible any more.
  if (poolOf(question.name) !== pool) return askResponsible(question, parts, turns + 1)
  if (first.hopNames.length === 0 || question.type === TYPE.CNAME) return first
  const chain = chainOf(first)
  const cutAt = chain.findIndex((name) => poolOf(Buffer.from(name, 'latin1')) !== pool)
  if (cutAt < 1) return first
  const name = Buffer.from(chain[cutAt] ?? '', 'latin1')
  const onward = { ...parts, isByTcp: false }
  const rest = await askResponsible({ ...question, name }, onward, turns + 1)
  return isFailure(rest) ? rest : joinAnswers(first, cutAt, rest)
}
