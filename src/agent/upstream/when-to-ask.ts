/** Which upstream is asked first, and when another: the same for whoever asks. */
import type { Strategy } from '../policy/sections/upstreams.ts'

/** After so long another upstream is asked as well. */
export const HEDGE_MS = 300
/** The same one again, where there is no other, after that share of its time. */
const AGAIN_SHARE = 0.6
/** One question of so many is first asked of another than the fastest, so that the others stay measured. */
const OTHERS_EVERY = 20

/** After how long a question that has no answer yet is asked again, of another upstream where there is one. */
export function hedgeAfterMs(timeoutMs: number, isAlone: boolean): number {
  return isAlone ? timeoutMs * AGAIN_SHARE : Math.min(HEDGE_MS, timeoutMs / 2)
}

/** The place of the upstream that the `number`th question asks first, of `count` in their steady order. */
export function firstPlace(strategy: Strategy, number: number, count: number): number {
  if (count < 2 || strategy === 'in-order') return 0
  if (strategy === 'spread') return number % count
  const isTrial = number % OTHERS_EVERY === OTHERS_EVERY - 1
  return isTrial ? 1 + (Math.floor(number / OTHERS_EVERY) % (count - 1)) : 0
}
