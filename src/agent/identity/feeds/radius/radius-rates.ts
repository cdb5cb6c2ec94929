import type { Clock } from '#platform/clock.ts'
import { makeBuckets } from '../../../token-bucket.ts'
import type { RadiusOutcome } from './radius-counts.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'

export interface RadiusRates {
  /** Whether one more signature may be looked at. Whoever sends with a client's address uses this up, so it is wide. */
  readonly mayCheck: () => boolean
  /** Charges a sender for a packet that is authentic and new; answers the rate that it is over. */
  readonly charge: (sender: string) => RadiusOutcome | undefined
}

/** What is charged to whom: what anybody can send to all together, what only a client can send to that client. */
export function makeRates(clock: Clock): RadiusRates {
  const ofClient = bucketsOf({
    burst: RADIUS_LIMITS.clientPacketBurst,
    perSecond: RADIUS_LIMITS.clientPacketsPerSecond,
    keysMax: RADIUS_LIMITS.senders,
  })
  const overall = bucketsOf({
    burst: RADIUS_LIMITS.packetBurst,
    perSecond: RADIUS_LIMITS.packetsPerSecond,
    keysMax: 1,
  })
  const checks = bucketsOf({
    burst: RADIUS_LIMITS.checkBurst,
    perSecond: RADIUS_LIMITS.checksPerSecond,
    keysMax: 1,
  })
  return {
    mayCheck: () => checks('', clock.monotonicMs()),
    charge: (sender) => {
      const nowMs = clock.monotonicMs()
      if (!ofClient(sender, nowMs)) return 'client-rate'
      return overall('', nowMs) ? undefined : 'overall-rate'
    },
  }
}

function bucketsOf({
  burst,
  perSecond,
  keysMax,
}: {
  readonly burst: number
  readonly perSecond: number
  readonly keysMax: number
}): ReturnType<typeof makeBuckets> {
  return makeBuckets({ tokens: burst, refillMs: (burst * 1000) / perSecond, keysMax })
}
