/** What a browser asks for when somebody goes to a page. */
import type { Host, Site } from '../names/site.ts'
import { type Asker, askAddresses, askAll } from './ask.ts'
import { addReloads } from './error-page.ts'
import type { Cause } from './lookup.ts'

/** Own assets come within 5 s (safeguarding.md section 7.2), most of them at once. */
const ASSETS_WITHIN_MS = 1500
const EMBEDS_WITHIN_MS = 3500
/** What the device's own cache still knows is not asked for again. Our assumption. */
const EMBED_ASKED = 0.45
const ASSET_ASKED = 0.7
/** Sites that answer at `www.` too. */
const HAS_WWW = 0.4

export interface Visit {
  readonly site: Site
  readonly atMs: number
  readonly cause: Cause
  readonly isBlocked: boolean
  /** Where its adverts come from, and how often one of them is in a category that somebody is told of. */
  readonly adverts: readonly Host[]
  readonly advertRate: number
}

/** A page with its own hosts and its third parties; a blocked one is an error page, which loads nothing. */
export function visit(asker: Asker, page: Visit): void {
  const { site, atMs, cause, isBlocked } = page
  askAll(asker, site.name, site.category, atMs, cause)
  // Where the site itself would lead, nobody gets who is stopped before it.
  if (isBlocked) return addReloads(asker, site, atMs)
  if (asker.dice.chance(HAS_WWW))
    askAll(asker, `www.${site.name}`, site.category, atMs + 20 + asker.dice.int(80), cause)
  addAssets(asker, page)
  addEmbeds(asker, page)
}

function addAssets(asker: Asker, { site, atMs }: Visit): void {
  for (const name of site.assets)
    if (asker.dice.chance(ASSET_ASKED)) {
      const later = 60 + asker.dice.int(ASSETS_WITHIN_MS)
      askAll(asker, name, site.category, atMs + later, 'asset')
    }
}

function addEmbeds(asker: Asker, { site, atMs, adverts, advertRate }: Visit): void {
  const { dice } = asker
  for (const { name, category } of site.embeds) {
    if (!dice.chance(EMBED_ASKED)) continue
    const later = 100 + dice.int(EMBEDS_WITHIN_MS)
    // Networks of hosts give each page a name of its own.
    const host = name.startsWith('cdn-') ? `d${dice.int(400)}.${name}` : name
    askAll(asker, host, category, atMs + later, 'embed')
  }
  if (adverts.length > 0 && dice.chance(advertRate)) {
    const { name, category } = dice.pick(adverts)
    askAddresses(asker, name, category, atMs + 400 + dice.int(EMBEDS_WITHIN_MS), 'advert')
  }
}
