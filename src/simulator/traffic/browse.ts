/** One page of somebody's own: popular sites mostly, at times a search, seldom help, seldom a wrong click. */
import type { CategoryId } from '#rules/category-ids.ts'
import type { Site } from '../names/site.ts'
import { verdictOf } from '../verdict-of.ts'
import type { World } from '../world.ts'
import type { Asker } from './ask.ts'
import type { Cause } from './lookup.ts'
import { visit } from './page-visit.ts'
import {
  CLOSED_PAGE_STAYS,
  HELP_PAGE,
  LISTED_ADVERT,
  LISTED_RESULT,
  RESULTS_SHOWN,
  SEARCH_SHARE,
  SUICIDE_SEARCH,
  WRONG_CLICK,
} from './rates.ts'
import { prefetch } from './search-page.ts'

/** What a wrong click may lead to; the graver ones nobody meets by mistake, they only stand in adverts and search results. */
const MET_BY_MISTAKE: ReadonlySet<CategoryId> = new Set([
  'adult.porn',
  'adult.mixed',
  'adult.dating',
  'crime.vape_alcohol_tobacco',
  'crime.hacking',
  'commerce.gambling',
  'bypass.proxy',
  'security.phishing',
] as const)

interface Page {
  readonly atMs: number
  readonly isLesson: boolean
}

export function browse(asker: Asker, world: World, page: Page): void {
  const { dice } = asker
  const { catalogue } = world
  const roll = dice.fraction()
  if (roll < SEARCH_SHARE) return search(asker, world, page)
  if (roll < SEARCH_SHARE + WRONG_CLICK) return go(asker, world, page, wrongSite(asker, world))
  if (roll < SEARCH_SHARE + WRONG_CLICK + HELP_PAGE && asker.device.group !== 'staff')
    return go(asker, world, page, dice.pick(catalogue.help))
  return go(asker, world, page, pickSite(asker, world, page))
}

/** Goes to a page, however the filter answers. */
export function go(
  asker: Asker,
  { catalogue }: World,
  { atMs, isLesson }: Page,
  site: Site,
  cause: Cause = 'visit',
): void {
  visit(asker, {
    site,
    atMs,
    cause,
    isBlocked: verdictOf(site.category, asker.device.group, isLesson) === 'blocked',
    adverts: site.embeds.length > 5 ? catalogue.adverts : [],
    advertRate: LISTED_ADVERT,
  })
}

/** What is known to be closed is mostly not tried again. */
function pickSite(asker: Asker, { catalogue }: World, { isLesson }: Page): Site {
  const { dice, device } = asker
  const site = dice.pickPopular(catalogue.sites)
  const isClosed = verdictOf(site.category, device.group, isLesson) === 'blocked'
  if (!isClosed || dice.chance(CLOSED_PAGE_STAYS)) return site
  return dice.pickPopular(catalogue.sites)
}

function wrongSite({ dice }: Asker, { catalogue }: World): Site {
  const met = catalogue.listed.filter(
    ({ category }) => category !== undefined && MET_BY_MISTAKE.has(category),
  )
  return dice.pick(met)
}

function search(asker: Asker, world: World, page: Page): void {
  const { dice } = asker
  const { catalogue } = world
  go(asker, world, page, dice.pick(catalogue.searchEngines))
  const shown: Site[] = []
  for (let i = 0; i < RESULTS_SHOWN; i++)
    shown.push(
      dice.chance(LISTED_RESULT) ? dice.pick(catalogue.listed) : dice.pickPopular(catalogue.sites),
    )
  if (dice.chance(SUICIDE_SEARCH))
    shown.push(dice.pick(catalogue.listed.filter(({ category }) => category === 'harm.suicide')))
  prefetch(asker, shown, page.atMs + 700)
}
