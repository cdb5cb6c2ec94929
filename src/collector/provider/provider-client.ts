/**
 * What is said to the provider and what is believed of it: OpenID Connect's authorization code with PKCE, state and nonce. The
 * library throws for whatever is wrong; each of that is expected here, and a value.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { WayInLimits } from '../config/way-in-limits.ts'
import { makeBoundedFetch, ProviderAway } from './bounded-fetch.ts'
import type { ProviderSettings } from './provider-settings.ts'

/**
 * `down`: it gave no answer that can be used. `refused`: what came is not believed. `untimed` and `old`: it does not say when somebody
 * signed in there, or that they did before they were asked to. `detail` is a fixed code.
 */
export type ProviderFailure = Failure<'down' | 'refused' | 'untimed' | 'old'>

/** What the answer must fit; none of it leaves the collector but as the provider is asked. */
export interface Question {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** Somebody has to sign in there after this, however lately they did before; undefined where that is not asked. */
  readonly afterMs: number | undefined
}

/** Somebody, as the provider knows them. */
export interface ProviderPerson {
  readonly subject: string
  /** For people to recognise; hostile text, and never a key. */
  readonly label: string
  /** As the provider wrote it; hostile text. */
  readonly email: string | undefined
  /** The provider says that the address is theirs (OpenID Connect Core 1.0 section 5.1). */
  readonly isEmailVerified: boolean
}

export interface ProviderClient {
  /** Where the browser is sent, and what its answer must fit. `isAgain`: they have to sign in there once more. */
  readonly ask: (
    redirectUri: string,
    isAgain: boolean,
  ) => Promise<{ readonly url: URL; readonly question: Question } | ProviderFailure>
  /** Who came back. The address is the one under which the browser came, all of it. */
  readonly answer: (address: URL, question: Question) => Promise<ProviderPerson | ProviderFailure>
}

const SUBJECT_MAX = 255
const LABEL_MAX = 100
/** Both, because some providers heed one alone; `max_age` makes them say when it was (OpenID Connect Core 1.0 section 3.1.2.1). */
const SIGN_IN_AGAIN = { prompt: 'login', max_age: '0' }
const CODE = /^(?:OAUTH|EDGE)_[A-Z_]{1,60}$/

export function makeProviderClient(options: {
  readonly settings: ProviderSettings
  readonly clock: Clock
  readonly limits: WayInLimits
  readonly log: Log
}): ProviderClient {
  const { settings, clock, limits, log } = options
  const known = makeDiscovery(options)
  return {
    ask: async (redirectUri, isAgain) => {
      const config = await known()
      if (isFailure(config)) return config
      const secrets = { state: randomState(), nonce: randomNonce() }
      const verifier = randomPKCECodeVerifier()
      const url = buildAuthorizationUrl(config, {
        ...secrets,
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(isAgain && SIGN_IN_AGAIN),
      })
      const afterMs = isAgain ? clock.wallMs() : undefined
      return { url, question: { redirectUri, verifier, afterMs, ...secrets } }
    },
    answer: async (address, question) => {
      const config = await known()
      if (isFailure(config)) return config
      if (`${address.origin}${address.pathname}` !== question.redirectUri)
        return failure('refused', 'EDGE_OTHER_ADDRESS')
      try {
        const tokens = await authorizationCodeGrant(config, address, {
          expectedState: question.state,
          expectedNonce: question.nonce,
          pkceCodeVerifier: question.verifier,
          idTokenExpected: true,
        })
        const claims = tokens.claims() ?? {}
        const { afterMs } = question
        const times = { nowMs: clock.wallMs(), skewMs: limits.providerSkewMs }
        const not = afterMs === undefined ? undefined : notAgain(claims, { afterMs, ...times })
        return not ?? personOf(claims, settings.claim)
      } catch (error) {
        const failed = failureOf(error)
        log.warn({ code: failed.detail }, 'what the provider answered is not believed')
        return failed
      }
    },
  }
}

/** What the provider publishes of itself: read only under its issuer, kept for a time, and not asked again at once where it fails. */
function makeDiscovery({
  settings,
  clock,
  limits,
  log,
}: Parameters<typeof makeProviderClient>[0]): () => Promise<Configuration | ProviderFailure> {
  let kept:
    | { readonly found: Configuration | ProviderFailure; readonly untilMs: number }
    | undefined
  let asking: Promise<Configuration | ProviderFailure> | undefined
  const ask = async (): Promise<Configuration | ProviderFailure> => {
    const found = await discover(settings, limits)
    const lifeMs = isFailure(found) ? limits.providerRestMs : limits.providerKnownMs
    kept = { found, untilMs: clock.monotonicMs() + lifeMs }
    if (isFailure(found)) log.warn({ detail: found.detail }, 'the provider cannot be used')
    return found
  }
  return () => {
    if (kept !== undefined && clock.monotonicMs() < kept.untilMs) return Promise.resolve(kept.found)
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }
}

async function discover(
  { issuer, clientId, secret, isPlain }: ProviderSettings,
  limits: WayInLimits,
): Promise<Configuration | ProviderFailure> {
  // oxlint-disable-next-line typescript/no-deprecated -- marked so that nobody does it off this machine, where nobody listens
  const plain = isPlain ? [allowInsecureRequests] : []
  try {
    const config = await discovery(new URL(issuer), clientId, {}, secretOf(secret), {
      // Without it the library would believe any signature that came over TLS.
      execute: [enableNonRepudiationChecks, ...plain],
      timeout: limits.providerTimeoutMs / 1000,
      [customFetch]: makeBoundedFetch(limits.providerBytesMax),
    })
    // To the letter: the library lets some providers speak for others of their house.
    return config.serverMetadata().issuer === issuer ? config : failure('down', 'EDGE_OTHER_ISSUER')
  } catch (error) {
    return failure('down', failureOf(error).detail)
  }
}

/** As the provider takes it; where it does not say, as OpenID Connect Discovery 1.0 section 3 supposes. */
function secretOf(secret: string): ClientAuth {
  const [post, basic] = [ClientSecretPost(secret), ClientSecretBasic(secret)]
  return (server, ...rest) =>
    server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
      ? post(server, ...rest)
      : basic(server, ...rest)
}

function personOf(
  claims: Readonly<Record<string, unknown>>,
  claim: ProviderSettings['claim'],
): ProviderPerson | ProviderFailure {
  const subject = claims[claim]
  if (typeof subject !== 'string' || subject === '' || subject.length > SUBJECT_MAX)
    return failure('refused', 'EDGE_NO_SUBJECT')
  const names = [claims['email'], claims['preferred_username'], claims['name']]
  const label = names.filter((one) => typeof one === 'string').find((one) => one !== '')
  const email = typeof claims['email'] === 'string' ? claims['email'] : undefined
  return {
    subject,
    label: (label ?? subject).slice(0, LABEL_MAX),
    email,
    isEmailVerified: email !== undefined && claims['email_verified'] === true,
  }
}

/** Why somebody did not sign in anew, by what the provider says of it (OpenID Connect Core 1.0 section 3.1.3.7). */
function notAgain(
  claims: Readonly<Record<string, unknown>>,
  {
    afterMs,
    nowMs,
    skewMs,
  }: { readonly afterMs: number; readonly nowMs: number; readonly skewMs: number },
): ProviderFailure | undefined {
  const time = claims['auth_time']
  if (typeof time !== 'number' || !Number.isFinite(time))
    return failure('untimed', 'EDGE_NO_AUTH_TIME')
  // In whole seconds.
  const ms = time * 1000
  if (ms < afterMs - 1000 - skewMs) return failure('old', 'EDGE_OLD_AUTH_TIME')
  return ms > nowMs + skewMs ? failure('refused', 'EDGE_FUTURE_AUTH_TIME') : undefined
}

/** The code of what went wrong, without anything that was sent. */
function failureOf(error: unknown): ProviderFailure {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof ProviderAway) return failure('down', at.message)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'OAUTH_TIMEOUT') return failure('down', 'EDGE_LATE_ANSWER')
  return failure('refused', CODE.test(code) ? code : 'EDGE_NOT_UNDERSTOOD')
}
