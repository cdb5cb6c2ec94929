import { fill } from '#console/words/fill.ts'
import { waysIn } from '#console/words/ways-in.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'

/** Where a passkey is made and shown: the console's own origin, and the name in it that the passkey belongs to. */
export interface PasskeyPlace {
  readonly origin: string
  readonly rpId: string
}

/**
 * Browsers have passkeys on pages that nobody on the way can change, and for names, never for addresses (WebAuthn level 3,
 * section 5.1.3). `origin` is one of the console's own, as its names are configured. The failure says why there are none.
 */
export function passkeyPlace(origin: string): PasskeyPlace | Failure<'no-passkeys'> {
  const url = URL.parse(origin)
  if (url === null) return failure('no-passkeys', waysIn.passkeysOff.strangeName)
  const rpId = url.hostname
  if (parseAddress(rpId.replace(/^\[|\]$/g, '')) !== undefined)
    return failure('no-passkeys', fill(waysIn.passkeysOff.address, { address: rpId }))
  if (url.protocol !== 'https:' && rpId !== 'localhost')
    return failure('no-passkeys', waysIn.passkeysOff.notSecure)
  return { origin: url.origin, rpId }
}
