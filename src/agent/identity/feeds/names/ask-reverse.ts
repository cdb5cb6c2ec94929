import { type Failure, isFailure } from '#domain/failure.ts'
import { addressesOf } from '#wire/answer-addresses.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import { pointerNames } from '#wire/pointer-records.ts'
import { reverseName } from '#wire/reverse-name.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { MayAsk } from './may-ask.ts'
import { NAME_LIMITS } from './name-limits.ts'
import { deviceNameOf } from './name-text.ts'

/** Asks whoever is responsible for the name, wire form. Never rejects. */
export type AskName = (name: Uint8Array, type: number) => Promise<StoredAnswer | Failure>

/** What came of looking for a name. */
export type Naming =
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'nameless' }
  /** It has a name that does not lead back to it: anybody may say that of his addresses. */
  | { readonly kind: 'unconfirmed' }
  | { readonly kind: 'failed' }

export const NAMELESS: Naming = { kind: 'nameless' }
export const FAILED: Naming = { kind: 'failed' }

export interface ReverseParts {
  readonly ask: AskName
  readonly mayAsk: MayAsk
  /** Waits until another question may be asked. */
  readonly turn: () => Promise<void>
}

/** The name of an address, where that name has the address (RFC 8499: forward-confirmed). Never rejects. */
export async function askReverse(
  address: Uint8Array,
  { ask, mayAsk, turn }: ReverseParts,
): Promise<Naming> {
  if (!mayAsk.backward(address)) return NAMELESS
  await turn()
  const answer = await ask(reverseName(address), TYPE.PTR)
  if (isFailure(answer) || isTrouble(answer)) return FAILED
  const names = pointerNames(answer.wire).slice(0, NAME_LIMITS.candidates)
  if (names.length === 0) return NAMELESS
  for (const name of names) {
    const text = deviceNameOf(name)
    if (text === undefined || !mayAsk.forward(name)) continue
    // oxlint-disable-next-line no-await-in-loop -- the second only where the first is not confirmed
    await turn()
    // oxlint-disable-next-line no-await-in-loop -- as above
    const onward = await ask(name, address.length === 4 ? TYPE.A : TYPE.AAAA)
    if (!isFailure(onward) && leadsTo(onward, address)) return { kind: 'named', name: text }
  }
  return { kind: 'unconfirmed' }
}

function isTrouble({ rcode }: StoredAnswer): boolean {
  return rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN
}

function leadsTo(answer: StoredAnswer, address: Uint8Array): boolean {
  return addressesOf(answer).some(
    (one) => one.length === address.length && one.every((byte, i) => byte === address[i]),
  )
}
