import type { IntentReason } from '#domain/signal.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { APEX, type NameBook, WWW } from './name-book.ts'
import type { PageWatch } from './page-watch.ts'
import { isOwnReload, retryPattern } from './retry-pattern.ts'
import { SECOND, ticksBetween } from './ticks.ts'

/** A name that is asked for again so soon is one lookup. */
const SAME_LOOKUP: number = 3 * SECOND
/** Lookups that are remembered of a site; enough for every pattern. */
const ASKS_MAX = 12
/** What came along with a page is known so long after it was asked for. */
export const SETTLES_AFTER: number = SECOND
/** Somebody who tries a name with and without www does so within. */
const VARIANTS_WITHIN: number = 120 * SECOND

interface Ask {
  readonly tick: number
  /** It came with a page of something else; undefined until that is known. */
  isEmbedded: boolean | undefined
}

/** A site in an alerting category, as one client asks for it. */
export interface WatchedSite {
  readonly site: number
  readonly category: CategoryId
  readonly isBlocked: boolean
  /** Adverts lead to sites of its kind. */
  readonly isAdvertised: boolean
  readonly asks: Ask[]
  /** When it was first asked for in this window; 0 for `apexAt` and `wwwAt`: never. */
  readonly firstTick: number
  lastTick: number
  apexAt: number
  wwwAt: number
}

export function watchSite(
  what: Pick<WatchedSite, 'site' | 'category' | 'isBlocked' | 'isAdvertised'>,
  tick: number,
): WatchedSite {
  return { ...what, asks: [], firstTick: tick, lastTick: tick, apexAt: 0, wwwAt: 0 }
}

/** Another lookup of the site; true where it is not one with the last. */
export function askAgain(watched: WatchedSite, kind: number, tick: number): boolean {
  watched.lastTick = tick
  if (kind === APEX) watched.apexAt = tick
  if (kind === WWW) watched.wwwAt = tick
  const last = watched.asks.at(-1)
  if (last && ticksBetween(last.tick, tick) < SAME_LOOKUP) return false
  if (watched.asks.length >= ASKS_MAX) watched.asks.shift()
  watched.asks.push({ tick, isEmbedded: undefined })
  return true
}

/** What speaks for or against that a person chose the site, as far as it is known at `tick`. */
export function intentOf(
  watched: WatchedSite,
  {
    slot,
    tick,
    pages,
    book,
  }: {
    readonly slot: number
    readonly tick: number
    readonly pages: PageWatch
    readonly book: NameBook
  },
): IntentReason {
  const { site, asks, isBlocked, isAdvertised } = watched
  for (const ask of asks) {
    if (ask.isEmbedded !== undefined || ticksBetween(ask.tick, tick) < SETTLES_AFTER) continue
    ask.isEmbedded = pages.isEmbedded(slot, site, ask.tick, isAdvertised)
  }
  const own = asks.filter(({ isEmbedded }) => isEmbedded !== true)
  if (!isBlocked && own.some((ask) => pages.isAnchor(slot, site, ask.tick))) return 'anchor'
  if (own.length === 0 || book.isThirdParty(site)) return 'embedded'
  const pattern = retryPattern(own.map((ask) => ask.tick))
  if (pattern === 'beacon') return 'background'
  if (pattern === 'retries' || hasVariants(watched)) return 'retried'
  return pattern === 'reloads' ? 'reloaded' : 'lone'
}

/** Whether what was asked for from `tick` on began with a browser that loaded its error page again: nobody needs to sit before it. */
export function isBegunByReload({ asks }: WatchedSite, tick: number): boolean {
  const at = asks.findIndex((ask) => ticksBetween(tick, ask.tick) >= 0)
  const [before, first] = [asks[at - 1], asks[at]]
  return (
    before !== undefined &&
    first !== undefined &&
    isOwnReload(ticksBetween(before.tick, first.tick))
  )
}

/** Whether it is known of any of its lookups what it came with. */
export function isSettled({ asks }: WatchedSite): boolean {
  return asks.some(({ isEmbedded }) => isEmbedded !== undefined)
}

/** Only where it is blocked, and not at once: programs may lead from one to the other by themselves. */
function hasVariants({ isBlocked, apexAt, wwwAt }: WatchedSite): boolean {
  if (!isBlocked || apexAt === 0 || wwwAt === 0) return false
  const apart = Math.abs(ticksBetween(apexAt, wwwAt))
  return apart >= SAME_LOOKUP && apart <= VARIANTS_WITHIN
}
