import { join } from 'node:path'
import type { AgentBase } from '../agent-base.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import { AnswerSaver } from './answer-saver.ts'

/** In the state folder. */
const FILE = 'answers.cache'

/** Takes up the answers of the run before, in the background, and keeps those of this one. */
export function startAnswerSaver(
  { stateDir, clock, first, log }: AgentBase,
  cache: AnswerCache,
  keeper: PolicyKeeper,
): AnswerSaver {
  const saver = new AnswerSaver({
    path: join(stateDir, FILE),
    cache,
    clock,
    policy: () => keeper.slot.current,
    isWanted: () => keeper.config.cache.save,
    bytesMax: first.limits.cacheFileBytes,
    onFault: (text) => log.warn(text),
  })
  saver.start()
  return saver
}
