import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What references hold what others hold is gone after some rounds. */
const ROUNDS = 3

/** Bytes of the heap, after everything that nobody needs is gone. */
export function collectedHeapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  for (let i = 0; i < ROUNDS; i++) if (typeof collect === 'function') collect()
  return process.memoryUsage().heapUsed
}
