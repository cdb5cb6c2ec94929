import { makeBuckets } from '../token-bucket.ts'

/** A handshake costs as much as a thousand answers from memory: so many at once, and again each second. */
const PER_CLIENT = 40
const PER_CLIENT_SECOND = 10
const ALL = 400
const ALL_SECOND = 200
/** Clients remembered. */
const CLIENTS_MAX = 4_096

/** Tells whether a client may shake hands now. */
export type MayShakeHands = (client: string) => boolean

/** Limits on handshakes, of each client and of all together. */
export function makeHandshakeRate(monotonicMs: () => number): MayShakeHands {
  const perClient = makeBuckets({
    tokens: PER_CLIENT,
    refillMs: (1000 * PER_CLIENT) / PER_CLIENT_SECOND,
    keysMax: CLIENTS_MAX,
  })
  const all = makeBuckets({ tokens: ALL, refillMs: (1000 * ALL) / ALL_SECOND, keysMax: 1 })
  return (client) => {
    const nowMs = monotonicMs()
    return perClient(client, nowMs) && all('', nowMs)
  }
}
