/**
 * Signing in at a provider that the school has already (OpenID Connect). It makes no account: an owner links theirs, once, or takes it by
 * its one-time link, and is found again by what the provider tells people apart by, never by an e-mail address. A journey there and back
 * belongs to one browser.
 */
import { waysIn } from '#console/words/ways-in.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { AccountFailure } from '../accounts/account.ts'
import type { WayInLimits } from '../config/way-in-limits.ts'
import { makeOneTime, type OneTime } from '../sign-in/one-time.ts'
import {
  type IdentityTable,
  makeIdentityTable,
  type ProviderKey,
  type ProviderLink,
} from './identity-table.ts'
import { type Journeys, makeJourneys, type Purpose } from './journeys.ts'
import { makeProviderClient, type ProviderFailure, type ProviderPerson } from './provider-client.ts'
import type { ProviderSettings } from './provider-settings.ts'

/** What came of a journey. */
export type Arrival =
  /** Undefined where no account is linked to whoever it is. */
  | {
      readonly kind: 'sign-in'
      readonly account: string | undefined
      readonly to: string | undefined
    }
  /** The owner has to say yes: the token is for that. */
  | {
      readonly kind: 'link'
      readonly account: string
      readonly token: string
      readonly label: string
    }
  /** The token is for taking the account. */
  | {
      readonly kind: 'invite'
      readonly invite: string
      readonly token: string
      readonly person: Omit<ProviderPerson, 'subject'>
    }
  /** It is them. */
  | Extract<Purpose, { kind: 'prove' }>

/** Why nothing came of it. */
export type ArrivalFailure = ProviderFailure | Failure<'not-begun' | 'other-person'>

/** Somebody who came by a one-time link, signed in at the provider, and may take the account. */
export interface Taker {
  readonly invite: string
  readonly label: string
  /** Gives them the account; within the transaction that uses the invitation up. */
  readonly link: (account: string) => undefined | AccountFailure
}

export interface Provider extends Pick<Journeys, 'begin'> {
  /** For people to recognise. */
  readonly host: string
  /** `at` is the address under which the browser came back. The token is used up, whatever comes of it. */
  readonly arrive: (
    token: string | undefined,
    at: URL,
    address: string,
  ) => Promise<{
    readonly purpose: Purpose | undefined
    readonly arrival: Arrival | ArrivalFailure
  }>
  readonly linkOf: (account: string) => ProviderLink | undefined
  /** The label of what is linked now. */
  readonly link: (
    token: string | undefined,
    owner: { readonly account: string; readonly session: string },
  ) => string | Failure<'not-valid'>
  /** Undefined where the token is not theirs, was used, or is too old. */
  readonly taker: (token: string | undefined) => Taker | undefined
  readonly unlink: (account: string) => boolean
}

/** Somebody who has come back and may be linked. */
interface Waiting extends ProviderPerson {
  readonly account: string
  readonly session: string
}

/** Somebody who has come back and may take an account. */
interface Invited extends ProviderPerson {
  readonly invite: string
}

interface Parts {
  readonly settings: ProviderSettings
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Clock
  readonly limits: WayInLimits
  readonly log: Log
}

export function makeProvider(options: Parts): Provider {
  const { settings, db, tenant, clock, limits } = options
  const { issuer, claim } = settings
  const table = makeIdentityTable(db, tenant)
  const bounds = {
    lifeMs: limits.journeyLifeMs,
    perAddressMax: limits.journeysPerAddressMax,
    max: limits.journeysMax,
  }
  const waiting = makeOneTime<Waiting>(clock, bounds)
  const takers = makeOneTime<Invited>(clock, bounds)
  const arrived = makeArrived({ ...options, table, waiting, takers })
  const journeys = makeJourneys(makeProviderClient(options), clock, bounds)
  const keyOf = (subject: string): ProviderKey => ({ issuer, claim, subject })
  const add = (account: string, { subject, label }: ProviderPerson): undefined | Taken =>
    table.add(keyOf(subject), { account, label, addedAt: clock.wallMs() }) ? undefined : TAKEN

  return {
    host: new URL(issuer).host,
    begin: journeys.begin,
    arrive: async (token, at, address) => {
      const back = await journeys.end(token, at)
      if (back.purpose === undefined) return { purpose: undefined, arrival: back.person }
      const { purpose, person } = back
      const arrival = isFailure(person) ? person : arrived(person, purpose, address)
      return { purpose, arrival }
    },
    linkOf: (account) => table.of(account, settings),
    link: (token, { account, session }) => {
      const person = token === undefined ? undefined : waiting.take(token)
      if (person === undefined || person.account !== account || person.session !== session)
        return failure('not-valid', waysIn.provider.tooLate)
      return add(account, person) ?? person.label
    },
    taker: (token) => {
      const person = token === undefined ? undefined : takers.take(token)
      if (person === undefined) return undefined
      const { invite, label } = person
      return { invite, label, link: (account) => add(account, person) }
    },
    unlink: table.remove,
  }
}

/** What becomes of somebody whom the provider named, by what they were sent there for. */
function makeArrived({
  settings: { issuer, claim },
  clock,
  table,
  waiting,
  takers,
}: Pick<Parts, 'settings' | 'clock'> & {
  readonly table: IdentityTable
  readonly waiting: OneTime<Waiting>
  readonly takers: OneTime<Invited>
}): (person: ProviderPerson, purpose: Purpose, address: string) => Arrival | ArrivalFailure {
  return (person, purpose, address) => {
    if (purpose.kind === 'link') {
      const { account, session } = purpose
      const token = waiting.put(address, { ...person, account, session })
      return { kind: 'link', account, token, label: person.label }
    }
    if (purpose.kind === 'invite') {
      const { invite } = purpose
      return { kind: 'invite', invite, token: takers.put(address, { ...person, invite }), person }
    }
    const key = { issuer, claim, subject: person.subject }
    const account = table.accountOf(key)
    if (purpose.kind === 'prove' && account !== purpose.account)
      return failure('other-person', 'EDGE_OTHER_SUBJECT')
    if (account !== undefined) table.use(key, clock.wallMs())
    return purpose.kind === 'prove' ? purpose : { kind: 'sign-in', account, to: purpose.to }
  }
}

type Taken = Failure<'not-valid'>
const TAKEN: Taken = failure('not-valid', waysIn.provider.taken)
