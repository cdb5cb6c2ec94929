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
  if (url === null) return failure('no-passkeys', 'this console is not known under that name')
  const rpId = url.hostname
  if (parseAddress(rpId.replace(/^\[|\]$/g, '')) !== undefined)
    return failure(
      'no-passkeys',
      `this page was opened by an address, ${rpId}, and passkeys belong to a name. Ask IT for the name of this console; on its own machine, localhost is one`,
    )
  if (url.protocol !== 'https:' && rpId !== 'localhost')
    return failure(
      'no-passkeys',
      'this page was not opened over https, and browsers allow passkeys only on pages that were. Ask IT for the https address of this console',
    )
  return { origin: url.origin, rpId }
}
