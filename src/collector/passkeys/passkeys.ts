/**
 * Passkeys, by which people sign in and show again that it is them (WebAuthn level 3). Each is asked by a challenge that is answered
 * once; the device has seen its owner's finger, face or number, so that no code of an app is needed besides.
 */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { fill } from '#console/words/fill.ts'
import { waysIn } from '#console/words/ways-in.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Account } from '../accounts/account.ts'
import type { WayInLimits } from '../config/way-in-limits.ts'
import { makeOneTime, type OneTime } from '../sign-in/one-time.ts'
import { ALGORITHMS, checkMade, checkShown, loadLibrary } from './check-passkey.ts'
import type { PasskeyPlace } from './passkey-place.ts'
import { readMade, readShown } from './passkey-response.ts'
import { makePasskeyTable, type Passkey, type PasskeyTable } from './passkey-table.ts'

/** Whoever is signed in, and from where. */
export interface PasskeyOwner {
  readonly account: Account
  /** The short name of the session: a challenge is answered in the one that asked. */
  readonly session: string
  readonly address: string
}

/** Why a passkey does not count, and whose it would be. */
export interface PasskeyRefused extends Failure<'wrong' | 'copied'> {
  readonly account: string | undefined
}

export interface Passkeys {
  /** Somebody has one. */
  readonly any: () => boolean
  /** Newest first. */
  readonly of: (account: string) => readonly Passkey[]
  readonly askToAdd: (
    owner: PasskeyOwner,
    place: PasskeyPlace,
  ) => Promise<PublicKeyCredentialCreationOptionsJSON>
  readonly add: (
    owner: PasskeyOwner,
    place: PasskeyPlace,
    given: { readonly response: string; readonly name: string },
  ) => Promise<Passkey | Failure<'not-valid'>>
  readonly askToSignIn: (
    address: string,
    place: PasskeyPlace,
  ) => Promise<PublicKeyCredentialRequestOptionsJSON>
  readonly signIn: (response: string, place: PasskeyPlace) => Promise<Passkey | PasskeyRefused>
  readonly askToProve: (
    owner: PasskeyOwner,
    place: PasskeyPlace,
  ) => Promise<PublicKeyCredentialRequestOptionsJSON>
  readonly prove: (
    owner: PasskeyOwner,
    place: PasskeyPlace,
    response: string,
  ) => Promise<Passkey | PasskeyRefused>
  /** What was removed; another's is as if there were none. */
  readonly remove: (account: string, id: string) => Passkey | undefined
}

/** What a challenge was made for. */
type Purpose = 'sign-in' | `add ${string}` | `prove ${string}`

interface Parts {
  readonly table: PasskeyTable
  readonly challenges: OneTime<Purpose>
  readonly clock: Clock
  readonly limits: WayInLimits
}

export function makePasskeys(options: {
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Clock
  readonly limits: WayInLimits
}): Passkeys {
  const { db, tenant, clock, limits } = options
  const table = makePasskeyTable(db, tenant)
  const challenges = makeOneTime<Purpose>(clock, {
    lifeMs: limits.challengeLifeMs,
    perAddressMax: limits.challengesPerAddressMax,
    max: limits.challengesMax,
  })
  const parts = { table, challenges, clock, limits }
  return {
    any: table.any,
    of: table.of,
    ...makeAdding(parts),
    ...makeShowing(parts),
    remove: (account, id) => {
      const passkey = table.byId(id)
      return table.remove(account, id) ? passkey : undefined
    },
  }
}

function makeAdding({
  table,
  challenges,
  clock,
  limits,
}: Parts): Pick<Passkeys, 'askToAdd' | 'add'> {
  return {
    askToAdd: async ({ account, session, address }, { rpId }) => {
      const { generateRegistrationOptions } = await loadLibrary()
      return generateRegistrationOptions({
        rpName: 'SuperCloud Edge',
        rpID: rpId,
        userName: account.email,
        userDisplayName: account.name,
        userID: handleOf(account.id),
        challenge: bytesOf(challenges.put(address, `add ${session}`)),
        timeout: limits.challengeLifeMs,
        excludeCredentials: table.of(account.id).map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: [...ALGORITHMS],
      })
    },
    add: async ({ account, session }, place, given) => {
      const response = readMade(given.response)
      const takeChallenge = taking(challenges, `add ${session}`)
      const made = response && (await checkMade(response, { place, takeChallenge }))
      if (made === undefined) return failure('not-valid', waysIn.passkeyProblems.notChecked)
      if (table.of(account.id).length >= limits.passkeysPerAccountMax)
        return failure(
          'not-valid',
          fill(waysIn.passkeyProblems.tooMany, { count: limits.passkeysPerAccountMax }),
        )
      const name = given.name.trim().slice(0, limits.passkeyNameMax) || waysIn.passkeys.nameless
      const { id, publicKey, counter } = made
      const times = { addedAt: clock.wallMs() }
      const passkey = { id, account: account.id, rpId: place.rpId, name, publicKey, ...times }
      if (!table.add(passkey, counter)) return failure('not-valid', waysIn.passkeyProblems.inUse)
      return { ...passkey, usedAt: null }
    },
  }
}

function makeShowing({
  table,
  challenges,
  clock,
  limits,
}: Parts): Pick<Passkeys, 'askToSignIn' | 'signIn' | 'askToProve' | 'prove'> {
  const ask = async (
    challenge: string,
    { rpId }: PasskeyPlace,
    own: readonly Passkey[],
  ): Promise<PublicKeyCredentialRequestOptionsJSON> => {
    const { generateAuthenticationOptions } = await loadLibrary()
    return generateAuthenticationOptions({
      rpID: rpId,
      challenge: bytesOf(challenge),
      timeout: limits.challengeLifeMs,
      userVerification: 'required',
      allowCredentials: own.map(({ id }) => ({ id })),
    })
  }
  const check = async (
    text: string,
    place: PasskeyPlace,
    purpose: Purpose,
  ): Promise<Passkey | PasskeyRefused> => {
    const response = readShown(text)
    const passkey = response && table.byId(response.id)
    if (response === undefined || passkey === undefined) return refused('wrong', undefined)
    const takeChallenge = taking(challenges, purpose)
    const counter = isWhose(response.response.userHandle, passkey)
      ? await checkShown(response, passkey, { place, takeChallenge })
      : undefined
    if (counter === undefined) return refused('wrong', passkey)
    return table.use(passkey.id, counter, clock.wallMs()) ? passkey : refused('copied', passkey)
  }
  const ownHere = (account: string, { rpId }: PasskeyPlace): readonly Passkey[] =>
    table.of(account).filter((one) => one.rpId === rpId)
  return {
    askToSignIn: (address, place) => ask(challenges.put(address, 'sign-in'), place, []),
    signIn: (response, place) => check(response, place, 'sign-in'),
    askToProve: ({ account, session, address }, place) =>
      ask(challenges.put(address, `prove ${session}`), place, ownHere(account.id, place)),
    prove: async ({ account, session }, place, response) => {
      const shown = await check(response, place, `prove ${session}`)
      return shown.account === account.id || 'failure' in shown ? shown : refused('wrong', shown)
    },
  }
}

function refused(why: PasskeyRefused['failure'], passkey: Passkey | undefined): PasskeyRefused {
  return { ...failure(why, 'the passkey does not count'), account: passkey?.account }
}

/** A challenge is used up by whatever comes with it, also by what is wrong. */
function taking(challenges: OneTime<Purpose>, purpose: Purpose): (challenge: string) => boolean {
  return (challenge) => challenges.take(challenge) === purpose
}

/** A device that says whose the passkey is must say what it was told when it was made. */
function isWhose(handle: string | undefined, { account }: Passkey): boolean {
  return handle === undefined || Buffer.from(handle, 'base64url').toString() === account
}

/** By what a device tells accounts apart: it holds no name. */
function handleOf(account: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(account)
}

function bytesOf(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(token, 'base64url'))
}
