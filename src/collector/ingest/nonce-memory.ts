import { SIGNATURE_AGE_MAX_SECONDS } from '#domain/http-signature.ts'

/** A signature is believed for its age either side, so a nonce must be remembered for twice that. */
const KEEP_MS = 2 * SIGNATURE_AGE_MAX_SECONDS * 1000

type NonceVerdict = 'fresh' | 'replayed' | 'full'

/** Remembers which nonces each appliance used, within two bounds. Only verified requests may be given to it. */
export interface NonceMemory {
  readonly take: (appliance: string, nonce: string, nowMs: number) => NonceVerdict
}

/** Makes an empty memory. Maps keep insertion order, so the oldest nonces stand first and age out from there. */
export function makeNonceMemory(limits: {
  readonly noncesPerApplianceMax: number
  readonly noncesMax: number
}): NonceMemory {
  const seen = new Map<string, Map<string, number>>()
  let total = 0

  const forgetOld = (appliance: string, nowMs: number): void => {
    const own = seen.get(appliance)
    if (own === undefined) return
    for (const [nonce, at] of own) {
      if (at + KEEP_MS > nowMs) break
      own.delete(nonce)
      total -= 1
    }
    if (own.size === 0) seen.delete(appliance)
  }

  const take = (appliance: string, nonce: string, nowMs: number): NonceVerdict => {
    forgetOld(appliance, nowMs)
    const own = seen.get(appliance) ?? new Map<string, number>()
    if (own.has(nonce)) return 'replayed'
    if (total >= limits.noncesMax) for (const other of seen.keys()) forgetOld(other, nowMs)
    if (own.size >= limits.noncesPerApplianceMax || total >= limits.noncesMax) return 'full'
    own.set(nonce, nowMs)
    seen.set(appliance, own)
    total += 1
    return 'fresh'
  }

  return { take }
}
