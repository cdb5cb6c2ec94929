/** How much a server can answer: with a share of a core each, so that the client is never who gives up first. */
import { shareProcessor } from './processor-share.ts'
import { measureSteady } from './steady-load.ts'
import type { TurnServer } from './turns.ts'

/** Of one core. */
export const SHARE = 0.4
const FIRST_PER_SECOND = 8_000
const STEP = 1.3
const STEPS_MAX = 14
const HALVINGS = 2
const SECONDS = 1
/** Of a thousand queries one may be lost before a rate is too high. */
const LOST_SHARE_MAX = 0.001

export interface HighestRateOptions {
  readonly program: string
  readonly folder: string
  readonly names: readonly string[]
}

/** Queries a second, found by steps and then by halves; undefined where shares cannot be given. */
export async function highestRate(
  server: TurnServer,
  options: HighestRateOptions,
): Promise<number | undefined> {
  const share = shareProcessor(server.pid, SHARE)
  if (!share) return undefined
  const isHeld = async (perSecond: number): Promise<boolean> => {
    const { latencies } = await measureSteady(server, { ...options, perSecond, seconds: SECONDS })
    return latencies.lost <= latencies.asked * LOST_SHARE_MAX
  }
  try {
    let held = 0
    let tooHigh = FIRST_PER_SECOND
    for (let i = 0; i < STEPS_MAX && (await isHeld(tooHigh)); i++) {
      held = tooHigh
      tooHigh = Math.round(tooHigh * STEP)
    }
    for (let i = 0; i < HALVINGS; i++) {
      const middle = Math.round((held + tooHigh) / 2)
      if (await isHeld(middle)) held = middle
      else tooHigh = middle
    }
    return held
  } finally {
    share.end()
  }
}
