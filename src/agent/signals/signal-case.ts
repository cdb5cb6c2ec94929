import type { IntentReason, Moment, Signal, SignalContext } from '#domain/signal.ts'
import { categoryOf } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { pointsOf, scoreParts } from '#safeguarding/score-parts.ts'
import type { Weights } from '#safeguarding/weights.ts'
import type { NameBook } from './name-book.ts'
import { type PageWatch, WINDOW } from './page-watch.ts'
import { SECOND, type TickClock, ticksBetween } from './ticks.ts'
import { intentOf, isBegunByReload, isSettled, type WatchedSite } from './watched-site.ts'
import type { WayRoundWatch } from './way-round-watch.ts'

/** One event of one client, until ten minutes after its last lookup. */
export interface SignalCase {
  readonly event: string
  readonly slot: number
  readonly category: CategoryId
  readonly isBlocked: boolean
  readonly moment: Moment
  readonly firstTick: number
  lastTick: number
  /** When it is to be scored; undefined: nothing has changed. */
  dueTick: number | undefined
  /** Of the category, in the order in which they came. */
  readonly sites: Set<WatchedSite>
  hasBurst: boolean
  told: Told | undefined
}

/** What was told last, as far as it decides whether to tell again. */
interface Told {
  readonly why: IntentReason
  readonly points: number
  readonly distinctNames: number
}

/** What scoring looks at. */
export interface CaseParts {
  readonly weights: Weights
  readonly book: NameBook
  readonly pages: PageWatch
  readonly waysRound: WayRoundWatch
  readonly clock: TickClock
  /** All that the case's client asks for in alerting categories. */
  readonly watched: readonly WatchedSite[]
}

/** Less than this is rounding. */
const POINTS_STEP = 0.01
/** A tenth of a point is as fine as anybody reads. */
const ROUND = 1_000

/** Scores a case as it is at `tick`; undefined where that says nothing new. */
export function scoreCase(one: SignalCase, tick: number, parts: CaseParts): Signal | undefined {
  const { weights, book, pages } = parts
  const { slot, category, hasBurst, moment, told } = one
  const most = likeliest(one, tick, parts)
  if (!most) return undefined
  const { watched, why } = most
  const intent = weights.intent[why]
  const isNew = !isUntold(category) && book.isNewAt(watched.site, watched.firstTick)
  const wayRoundAfterSeconds = one.isBlocked ? wayRoundAfter(one, parts) : undefined
  const scored = scoreParts(weights, {
    category,
    intent,
    moment,
    isNew,
    wayRoundAfterSeconds,
    hasBurst,
  })
  const points = Math.round(pointsOf(scored) * ROUND) / ROUND
  const distinctNames = distinctOf(one, tick, parts)
  if (told && !isWorthTelling(told, { why, points, distinctNames })) return undefined
  one.told = { why, points, distinctNames }
  const site = isUntold(category) ? undefined : book.nameOf(watched.site)
  const context =
    points >= weights.bands.medium && !isUntold(category)
      ? contextOf(slot, tick, { ...parts, pages })
      : undefined
  return {
    weights: weights.version,
    intent,
    why,
    moment,
    distinctNames,
    ...(site !== undefined && { site }),
    isNew,
    ...(wayRoundAfterSeconds !== undefined && { wayRoundAfterSeconds }),
    parts: scored,
    points,
    ...(context && { context }),
  }
}

/** Of illegal sites no name leaves, in no form but the event's own. */
function isUntold(category: CategoryId): boolean {
  return category.startsWith('illegal.')
}

function isWorthTelling(before: Told, now: Told): boolean {
  if (now.why !== before.why || now.distinctNames > before.distinctNames) return true
  return now.points > before.points + POINTS_STEP
}

/** The site that a person most likely chose, the first of several. */
function likeliest(
  { sites, slot, firstTick }: SignalCase,
  tick: number,
  { weights, pages, book }: CaseParts,
): { readonly watched: WatchedSite; readonly why: IntentReason } | undefined {
  let most: { readonly watched: WatchedSite; readonly why: IntentReason } | undefined
  for (const watched of sites) {
    const seen = intentOf(watched, { slot, tick, pages, book })
    const isLeftOpen = seen !== 'retried' && isBegunByReload(watched, firstTick)
    const why = isLeftOpen ? 'background' : seen
    if (most && !isSettled(watched)) continue
    const isChosen = why !== 'embedded' && why !== 'background'
    if (isChosen && watched.isBlocked && !isUntold(watched.category))
      pages.choose(slot, watched.site, watched.firstTick, true)
    if (!most || weights.intent[why] > weights.intent[most.why]) most = { watched, why }
  }
  return most
}

/** Sites of the category in the window that came with no page of something else. */
function distinctOf({ category, slot }: SignalCase, tick: number, parts: CaseParts): number {
  const { book, pages, watched } = parts
  let count = 0
  for (const one of watched) {
    if (one.category !== category || ticksBetween(one.lastTick, tick) > WINDOW) continue
    const why = intentOf(one, { slot, tick, pages, book })
    if (isSettled(one) && why !== 'embedded' && why !== 'background') count++
  }
  return Math.max(1, count)
}

/** Seconds from a blocked lookup of the case to the first try of a way round, within ten minutes. */
function wayRoundAfter(one: SignalCase, { waysRound, pages }: CaseParts): number | undefined {
  const begun = waysRound.begun(one.slot)
  if (!begun || categoryOf(one.category)?.theme === 'circumvention') return undefined
  // VPNs are advertised.
  if (pages.isEmbedded(one.slot, begun.site, begun.tick, true)) return undefined
  let nearest: number | undefined
  for (const { asks } of one.sites) {
    for (const { tick } of asks) {
      const after = ticksBetween(tick, begun.tick)
      if (after >= 0 && after <= WINDOW) nearest = Math.min(nearest ?? after, after)
    }
  }
  return nearest === undefined ? undefined : Math.round(nearest / SECOND)
}

/** What the client chose in the ten minutes before `tick`, and how much else it asked for. */
function contextOf(slot: number, tick: number, { book, pages, clock }: CaseParts): SignalContext {
  const names = pages.chosen(slot, tick).flatMap(({ site, tick: when, isBlocked }) => {
    const name = book.nameOf(site)
    return name === undefined ? [] : [{ name, at: clock.wallOf(when), isBlocked }]
  })
  return {
    names,
    others: Math.max(0, pages.lookups(slot, tick) - names.length),
    fromMs: clock.wallOf(tick - WINDOW),
    toMs: clock.wallOf(tick),
  }
}
