/** The way of a browser to the provider and back. What it is for is kept here: nothing that comes back can change that. */
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { makeOneTime } from '../sign-in/one-time.ts'
import type { SessionRecord } from '../store/collector-store.ts'
import type {
  ProviderClient,
  ProviderFailure,
  ProviderPerson,
  Question,
} from './provider-client.ts'

/** What a journey is for. */
export type Purpose =
  /** `to`: the page to go on to, of ours. */
  | { readonly kind: 'sign-in'; readonly to: string | undefined }
  /** Linking the account that is signed in, in its own session. */
  | { readonly kind: 'link'; readonly account: string; readonly session: string }
  /** Taking an account by the token of its one-time link. */
  | { readonly kind: 'invite'; readonly invite: string }
  /** Showing once more that it is them, in their session, for the page that asked. */
  | {
      readonly kind: 'prove'
      readonly account: string
      readonly session: SessionRecord
      readonly to: string
    }

/** Who came back, and what for. */
type Returned =
  | { readonly purpose: undefined; readonly person: Failure<'not-begun'> }
  | { readonly purpose: Purpose; readonly person: ProviderPerson | ProviderFailure }

export interface Journeys {
  /** Where the browser is sent, and the token by which it is known again. */
  readonly begin: (
    redirectUri: string,
    address: string,
    purpose: Purpose,
  ) => Promise<{ readonly url: URL; readonly token: string } | ProviderFailure>
  /** `at` is the address under which the browser came back. The token is used up, whatever comes of it. */
  readonly end: (token: string | undefined, at: URL) => Promise<Returned>
}

export function makeJourneys(
  client: ProviderClient,
  ...bounds: Parameters<typeof makeOneTime>
): Journeys {
  const journeys = makeOneTime<{ readonly question: Question; readonly purpose: Purpose }>(
    ...bounds,
  )
  return {
    begin: async (redirectUri, address, purpose) => {
      const asked = await client.ask(redirectUri, purpose.kind === 'prove')
      if (isFailure(asked)) return asked
      const { url, question } = asked
      return { url, token: journeys.put(address, { question, purpose }) }
    },
    end: async (token, at) => {
      const journey = token === undefined ? undefined : journeys.take(token)
      if (journey === undefined) return { purpose: undefined, person: NOT_BEGUN }
      const { question, purpose } = journey
      return { purpose, person: await client.answer(at, question) }
    },
  }
}

const NOT_BEGUN = failure('not-begun', 'EDGE_NOT_BEGUN')
