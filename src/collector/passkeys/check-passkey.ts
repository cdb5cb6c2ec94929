/** What the library says of a browser's answer, as values: it throws for whatever is wrong, and each of that is expected. */
import type * as Library from '@simplewebauthn/server'
import type {
  AuthenticationResponseJSON,
  RegistrationResponseJSON,
  WebAuthnCredential,
} from '@simplewebauthn/server'
import type { PasskeyPlace } from './passkey-place.ts'
import type { Passkey } from './passkey-table.ts'

/** EdDSA, ES256 and RS256 (IANA COSE algorithms): what browsers and keys have. */
export const ALGORITHMS = [-8, -7, -257] as const

/** It takes some 29 MB (measured), so it is loaded when somebody first asks for a passkey. */
export function loadLibrary(): Promise<typeof Library> {
  return import('@simplewebauthn/server')
}

interface Expected {
  readonly place: PasskeyPlace
  /** Told of the challenge that came, at most once; false where it was not asked, or for something else. */
  readonly takeChallenge: (challenge: string) => boolean
}

/** The new key and where its counter stands; undefined where it is not right. */
export async function checkMade(
  response: RegistrationResponseJSON,
  { place, takeChallenge }: Expected,
): Promise<WebAuthnCredential | undefined> {
  const { verifyRegistrationResponse } = await loadLibrary()
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: takeChallenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...ALGORITHMS],
    })
    return registrationInfo?.credential
  } catch {
    return undefined
  }
}

/** The counter that was signed; undefined where the answer is not right. Whether the counter may stand so is the table's to say. */
export async function checkShown(
  response: AuthenticationResponseJSON,
  passkey: Passkey,
  { place, takeChallenge }: Expected,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await loadLibrary()
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: takeChallenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      credential: { id: passkey.id, publicKey: passkey.publicKey, counter: 0 },
    })
    return verified ? authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}
