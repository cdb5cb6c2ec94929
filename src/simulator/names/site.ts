import type { CategoryId } from '#rules/category-ids.ts'

/** A web site as a resolver sees it. Every name ends in `.test` (RFC 6761), so none can be anybody's. */
export interface Site {
  /** The registrable name. */
  readonly name: string
  /** What lists say of it; absent where it is in none. */
  readonly category?: CategoryId
  /** Its own hosts that a page needs: `static.`, `api.`. */
  readonly assets: readonly string[]
  /** What its pages bring from elsewhere: fonts, counters, adverts, players. */
  readonly embeds: readonly Host[]
}

/** One name that is asked for, and what lists say of it. */
export interface Host {
  readonly name: string
  readonly category?: CategoryId
}

/** The hosts of a site's own page, beside its registrable name and `www`. */
export function assetsOf(name: string, kinds: readonly string[]): readonly string[] {
  return kinds.map((kind) => `${kind}.${name}`)
}

/** A site that stands alone, as those have that embed nothing. */
export function plainSite(name: string, category: CategoryId | undefined): Site {
  const assets = assetsOf(name, ['static'])
  return category === undefined
    ? { name, assets, embeds: [] }
    : { name, category, assets, embeds: [] }
}
