/** Where somebody goes on after signing in: to the page that they asked for, as whoever opens the link of a message does. Pure. */
import { ruleAt } from './route-access.ts'

const URL_CHARS_MAX = 500
/** Nothing is read there: streams, proofs, and ways to the school's own sign-in. */
const NO_PAGE = /^\/(?:live|prove|ways-in\/provider)(?:\/|$)/

/** The page for strangers who asked for an address of ours. */
export function signInFor(url: string): string {
  const to = pageAfterSignIn(url)
  return to === undefined ? '/sign-in' : `/sign-in?to=${encodeURIComponent(to)}`
}

/** Only to a page of ours that is for people who have signed in, and is not the first one: never anywhere else. */
export function pageAfterSignIn(to: string): string | undefined {
  const url = to.length > URL_CHARS_MAX ? null : URL.parse(to, 'http://console.invalid')
  if (url === null || url.host !== 'console.invalid') return undefined
  const { pathname, search } = url
  const rule = ruleAt(pathname)
  if (rule === undefined || typeof rule.who === 'string') return undefined
  return pathname === '/' || NO_PAGE.test(pathname) ? undefined : `${pathname}${search}`
}
