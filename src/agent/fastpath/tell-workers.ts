import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/log.ts'
import type { FastPath } from './fast-path.ts'

/** Workers start within a second; whoever waits longer has told of it elsewhere. */
const WAIT_MAX_MS = 20_000
const LOOK_EVERY_MS = 250

/** Says once how many workers answer and what memory each takes, when they do. */
export async function tellWorkers(fast: FastPath, log: Log): Promise<void> {
  const giveUpAtMs = performance.now() + WAIT_MAX_MS
  while (!fast.isUp && performance.now() < giveUpAtMs)
    await sleep(LOOK_EVERY_MS, undefined, { ref: false })
  const heapBytes = await fast.heapBytes()
  log.info({ workers: fast.workers, heapBytes }, 'workers answer UDP')
}
