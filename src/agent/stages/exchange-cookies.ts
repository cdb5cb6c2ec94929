import { parseAddress } from '#domain/ip-address.ts'
import type { Clock } from '#platform/clock.ts'
import { RCODE } from '#wire/constants.ts'
import { isSelfMark } from '#wire/self-mark.ts'
import {
  CLIENT_COOKIE_BYTES,
  type CookieSecret,
  judgeServerCookie,
  writeServerCookie,
} from '#wire/server-cookie.ts'
import { answerTruncated } from '../answer-truncated.ts'
import { answerLocally } from '../local-answer.ts'
import type { CookieMode } from '../policy/sections/listen.ts'
import type { Answer, Query } from '../query.ts'
import type { Stage } from '../stage.ts'

export interface CookieParts {
  readonly mode: CookieMode
  readonly secretOf: CookieSecret
  /** Of our own self-test, which needs no cookie; without it nobody is taken for it. */
  readonly selfMark?: Uint8Array | undefined
}

/**
 * Gives clients a cookie, by which they can show later on that they are at their address (RFC 7873, RFC 9018), and knows those again
 * that show theirs. Costs nothing where none comes. Where cookies are demanded, a client that has none yet is sent to TCP, and one whose cookie
 * does not hold gets BADCOOKIE with a fresh one. Who shows the mark of our own self-test is known as such. Fails open, but where cookies are demanded.
 */
export function makeExchangeCookies(
  { mode, secretOf, selfMark }: CookieParts,
  clock: Clock,
): Stage {
  return (next) => (query) => {
    const { view } = query
    if (selfMark && isSelfMark(view.bytes, view.selfMarkStart, selfMark)) {
      query.isSelfTest = true
      query.hasCookie = true
    }
    const hasQuestion = view.questionEnd > 0
    if (mode === 'off' && !hasQuestion)
      return answerLocally(query, 'malformed', { rcode: RCODE.FORMERR })
    if (mode === 'off') return next(query)
    if (view.cookieBytes > 0) exchange(query, Math.floor(clock.wallMs() / 1000), secretOf)
    // A client may ask for a cookie alone (RFC 7873 section 5.4).
    if (!hasQuestion) return answerLocally(query, 'local', { rcode: RCODE.NOERROR })
    return mode === 'require' && query.transport === 'udp' && !query.hasCookie
      ? demand(query)
      : next(query)
  }
}

function demand(query: Query): Answer {
  if (query.view.cookieBytes === 0) return answerTruncated(query)
  return answerLocally(query, 'refused', { rcode: RCODE.BADCOOKIE })
}

function exchange(query: Query, seconds: number, secretOf: CookieSecret): void {
  const { view } = query
  const address = parseAddress(query.clientAddress)
  if (!address) return
  const shown = view.bytes.subarray(view.cookieStart, view.cookieStart + view.cookieBytes)
  const state = judgeServerCookie(shown, address, seconds, secretOf)
  query.hasCookie = state !== 'wrong'
  view.hasAnswerCookie = true
  view.answerCookie.set(state === 'fresh' ? shown : shown.subarray(0, CLIENT_COOKIE_BYTES))
  if (state !== 'fresh') writeServerCookie(view.answerCookie, address, seconds, secretOf)
}
