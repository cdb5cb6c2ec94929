import type { AnswerCache } from './cache/answer-cache.ts'
import type { FlushTarget } from './cache/flush-target.ts'
import type { AnswerSaver } from './cache-file/answer-saver.ts'
import type { FastPath } from './fastpath/fast-path.ts'

/** How many answers were dropped; the caches know many of them both. */
export interface FlushedAnswers {
  readonly main: number
  /** Undefined where the fast path's worker did not say: it is being replaced, and begins with what the main thread has. */
  readonly worker: number | undefined
}

export interface FlushParts {
  readonly cache: AnswerCache
  /** Whose worker has a cache of its own; undefined where there is none. */
  readonly fast: Pick<FastPath, 'flush'> | undefined
  /** What it has on the disk goes too, and is written again in time. */
  readonly saver: Pick<AnswerSaver, 'forget'>
}

/** Drops answers wherever they are kept. Never rejects. */
export async function flushAnswers(
  { cache, fast, saver }: FlushParts,
  target: FlushTarget,
): Promise<FlushedAnswers> {
  const before = cache.flush(target)
  await saver.forget()
  // What is on its way to the worker has left by now, and what it had learnt is told before it says how many.
  const worker = fast ? await fast.flush(target) : 0
  return { main: before + cache.flush(target), worker }
}
