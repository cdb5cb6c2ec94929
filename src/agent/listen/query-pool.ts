import { Query } from '../query.ts'
import type { QueryPool } from './listener.ts'

/** Idle queries kept; more are made when needed and left to the collector afterwards. */
const IDLE_MAX = 4_096
const NOTHING = new Uint8Array(0)

export function makeQueryPool(): QueryPool {
  const idle: Query[] = []
  return {
    take: () => idle.pop() ?? new Query(),
    giveBack: (query) => {
      query.answer.setNone()
      // An idle query must not keep a client's message in memory, which may be 64 KB.
      query.view.bytes = NOTHING
      if (idle.length < IDLE_MAX) idle.push(query)
    },
  }
}
