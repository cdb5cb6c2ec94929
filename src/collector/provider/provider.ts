/**
 * Signing in at a provider that the school has already (OpenID Connect). It makes no account: an owner links theirs, once, and is
 * found again by what the provider tells people apart by, never by an e-mail address. A journey there and back belongs to one browser.
 */
import { waysIn } from '#console/words/ways-in.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { WayInLimits } from '../config/way-in-limits.ts'
import { makeOneTime } from '../sign-in/one-time.ts'
import { makeIdentityTable, type ProviderKey, type ProviderLink } from './identity-table.ts'
import {
  makeProviderClient,
  type ProviderFailure,
  type ProviderPerson,
  type Question,
} from './provider-client.ts'
import type { ProviderSettings } from './provider-settings.ts'

/** What a journey is for: signing in, or linking the account that is signed in, in its own session. */
export type Purpose =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'link'; readonly account: string; readonly session: string }

/** What came of a journey. */
type Arrival =
  /** Undefined where no account is linked to whoever it is. */
  | { readonly kind: 'sign-in'; readonly account: string | undefined }
  /** The owner has to say yes: the token is for that. */
  | {
      readonly kind: 'link'
      readonly account: string
      readonly token: string
      readonly label: string
    }

export interface Provider {
  /** For people to recognise. */
  readonly host: string
  /** Where the browser is sent, and the token by which it is known again. */
  readonly begin: (
    redirectUri: string,
    address: string,
    purpose: Purpose,
  ) => Promise<{ readonly url: URL; readonly token: string } | ProviderFailure>
  /** `at` is the address under which the browser came back. The token is used up, whatever comes of it. */
  readonly arrive: (
    token: string | undefined,
    at: URL,
    address: string,
  ) => Promise<Arrival | ProviderFailure | Failure<'not-begun'>>
  readonly linkOf: (account: string) => ProviderLink | undefined
  /** The label of what is linked now. */
  readonly link: (
    token: string | undefined,
    owner: { readonly account: string; readonly session: string },
  ) => string | Failure<'not-valid'>
  readonly unlink: (account: string) => boolean
}

/** Somebody who has come back and may be linked. */
interface Waiting extends ProviderPerson {
  readonly account: string
  readonly session: string
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
  const keyOf = (subject: string): ProviderKey => ({ issuer, claim, subject })

  const arrived = (person: ProviderPerson, purpose: Purpose, address: string): Arrival => {
    if (purpose.kind === 'link') {
      const { account, session } = purpose
      const token = waiting.put(address, { ...person, account, session })
      return { kind: 'link', account, token, label: person.label }
    }
    const key = keyOf(person.subject)
    const account = table.accountOf(key)
    if (account !== undefined) table.use(key, clock.wallMs())
    return { kind: 'sign-in', account }
  }
  return {
    host: new URL(issuer).host,
    ...makeJourneys(options, bounds, arrived),
    linkOf: (account) => table.of(account, settings),
    link: (token, { account, session }) => {
      const person = token === undefined ? undefined : waiting.take(token)
      if (person === undefined || person.account !== account || person.session !== session)
        return failure('not-valid', waysIn.provider.tooLate)
      const { subject, label } = person
      return table.add(keyOf(subject), { account, label, addedAt: clock.wallMs() })
        ? label
        : failure('not-valid', waysIn.provider.taken)
    },
    unlink: table.remove,
  }
}

/** There and back again; `arrived` is told of whoever the provider names. */
function makeJourneys(
  options: Parts,
  bounds: Parameters<typeof makeOneTime>[1],
  arrived: (person: ProviderPerson, purpose: Purpose, address: string) => Arrival,
): Pick<Provider, 'begin' | 'arrive'> {
  const client = makeProviderClient(options)
  const journeys = makeOneTime<{ readonly question: Question; readonly purpose: Purpose }>(
    options.clock,
    bounds,
  )
  return {
    begin: async (redirectUri, address, purpose) => {
      const asked = await client.ask(redirectUri)
      if (isFailure(asked)) return asked
      const { url, question } = asked
      return { url, token: journeys.put(address, { question, purpose }) }
    },
    arrive: async (token, at, address) => {
      const journey = token === undefined ? undefined : journeys.take(token)
      if (journey === undefined)
        return failure('not-begun', 'no such journey was begun in this browser')
      const person = await client.answer(at, journey.question)
      return isFailure(person) ? person : arrived(person, journey.purpose, address)
    },
  }
}
