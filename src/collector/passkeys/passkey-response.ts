/** What a browser gave of a passkey, as it came in a form: JSON of WebAuthn level 3, section 5.1. All of it is hostile. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'

const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]+$/)
  .max(1400)
const bytes = z.string().regex(/^[A-Za-z0-9_-]*$/)
// Nothing is asked of extensions, so nothing of them is read.
const common = {
  id,
  rawId: id,
  type: z.literal('public-key'),
  clientExtensionResults: z.unknown().transform(() => ({})),
}
const made = z.object({
  ...common,
  response: z.object({ clientDataJSON: bytes, attestationObject: bytes }),
})
const shown = z.object({
  ...common,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.exactOptional(),
  }),
})

/** A new passkey; undefined where the text is none. */
export function readMade(text: string): RegistrationResponseJSON | undefined {
  return made.safeParse(jsonOf(text)).data
}

/** A passkey that was shown; undefined where the text is none. */
export function readShown(text: string): AuthenticationResponseJSON | undefined {
  return shown.safeParse(jsonOf(text)).data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
