/** The stages and what comes behind them on the main thread: see `stage-list.ts`. */
import { containFaults } from './contain-faults.ts'
import type { Resolve } from './stage.ts'
import { compose, makeStages, type StageParts } from './stage-list.ts'
import { makeAnswerBelowNxdomain } from './stages/answer-below-nxdomain.ts'
import { type ForwardOptions, makeForward } from './stages/forward.ts'
import { makeServeStale } from './stages/serve-stale.ts'

export interface PipelineParts extends StageParts, Omit<ForwardOptions, 'clock'> {
  /** Whether "no such name" answers for all names below it; absent: not. */
  readonly coversBelow?: boolean
  /** Told of a stage that threw. */
  readonly onFault: (error: unknown) => void
}

type LastParts = ForwardOptions & Pick<PipelineParts, 'cache' | 'coversBelow'>

/**
 * What comes behind the stages on the main thread: the upstreams, which have 1.8 s to be quicker than what was known yesterday.
 * On the fast path there stands the hand-over to the main thread instead.
 */
export function makeLast(parts: LastParts): Resolve {
  const { cache, clock, coversBelow } = parts
  const asking = makeServeStale((key, entry) => cache.set(key, entry), clock)(makeForward(parts))
  return coversBelow ? makeAnswerBelowNxdomain(cache, clock)(asking) : asking
}

/** Puts the list together with its end; a stage that breaks costs one query, not the process. */
export function makePipeline(parts: PipelineParts): Resolve {
  return containFaults(compose(makeStages(parts), makeLast(parts)), parts.onFault)
}
