/** Every made-up name of the simulated internet, and what lists say of each. */

import type { CategoryId } from '#rules/category-ids.ts'
import { Dice } from '../dice.ts'
import { APPS } from './apps.ts'
import { isByCanary, madeUpName } from './made-up-name.ts'
import {
  ADVERT_BROKERS,
  ADVERTS,
  EMBED_SORTS,
  HELP_SITES,
  LISTED,
  SITE_SORTS,
} from './name-counts.ts'
import { assetsOf, type Host, plainSite, type Site } from './site.ts'
import { TOPICS, type Topic } from './topics.ts'

export interface Catalogue {
  /** What people visit, the most popular first. */
  readonly sites: readonly Site[]
  readonly searchEngines: readonly Site[]
  /** Sites in alerting categories that nobody in the background means to visit. */
  readonly listed: readonly Site[]
  readonly adverts: readonly Host[]
  readonly help: readonly Site[]
  readonly topics: readonly TopicSites[]
  /** Everything that a list must name for the box to know it; each covers the names below it. */
  readonly categories: ReadonlyMap<string, CategoryId>
}

/** The sites of one subject of the curriculum. */
export interface TopicSites {
  readonly topic: Topic
  /** In no list: museums, encyclopaedias. */
  readonly good: readonly Site[]
  /** In a list, though a lesson may lead there. */
  readonly listed: readonly Site[]
}

/** Makes all names; the same seed gives the same. */
export function makeCatalogue(seed: number): Catalogue {
  const dice = new Dice(seed, 2)
  const embeds = EMBED_SORTS.flatMap(({ word, count, category }) => hosts(word, count, category))
  const brokers = hosts('adbroker', ADVERT_BROKERS, 'prod.ads')
  const adverts = ADVERTS.flatMap(({ category, count }) =>
    hosts(`ad-${wordOf(category)}`, count, category),
  )
  const listed = LISTED.flatMap(({ category, count }) =>
    numbered(count).map((i) => plainSite(`${wordOf(category)}-${i}.test`, category)),
  )
  const sites = makeSites(dice, embeds, brokers)
  const searchEngines = numbered(3).map((i) => searchEngine(`search-${i}.test`, embeds))
  const help = numbered(HELP_SITES).map((i) =>
    plainSite(madeUpName(`kind-ear-${i}`, 'protected.help'), 'protected.help'),
  )
  const topics = TOPICS.map(topicSites)
  return {
    sites,
    searchEngines,
    listed,
    adverts,
    help,
    topics,
    categories: categoriesOf([
      ...sites,
      ...listed,
      ...adverts,
      ...embeds,
      ...brokers,
      ...topics.flatMap((one) => one.listed),
      ...APPS.flatMap((one) => one.hosts),
    ]),
  }
}

function makeSites(dice: Dice, embeds: readonly Host[], brokers: readonly Host[]): readonly Site[] {
  const all = SITE_SORTS.flatMap(({ word, count, category, embeds: embedCount, hasAdverts }) =>
    numbered(count).map((i): { site: Site; rank: number } => {
      const name = `${word}-${i}.test`
      const own = numbered(embedCount).map(() => dice.pickPopular(embeds))
      const paid = hasAdverts ? [dice.pickPopular(brokers), dice.pickPopular(brokers)] : []
      const site = {
        name,
        ...(category && { category }),
        assets: assetsOf(name, ['static', 'api', 'img'].slice(0, 1 + dice.int(3))),
        embeds: [...new Set([...own, ...paid])],
      }
      return { site, rank: i + dice.fraction() * count }
    }),
  )
  return all.toSorted((a, b) => a.rank - b.rank).map(({ site }) => site)
}

function searchEngine(name: string, embeds: readonly Host[]): Site {
  return { name, assets: assetsOf(name, ['suggest', 'img']), embeds: embeds.slice(0, 2) }
}

function topicSites(topic: Topic): TopicSites {
  return {
    topic,
    good: numbered(8).map((i) => plainSite(`${topic.id}-study-${i}.test`, undefined)),
    listed: numbered(3).map((i) => plainSite(`${topic.id}-source-${i}.test`, topic.category)),
  }
}

function categoriesOf(all: readonly Host[]): ReadonlyMap<string, CategoryId> {
  return new Map(
    all.flatMap(({ name, category }): [string, CategoryId][] =>
      category === undefined || isByCanary(category) ? [] : [[name, category]],
    ),
  )
}

function hosts(word: string, count: number, category: CategoryId | undefined): readonly Host[] {
  return numbered(count).map((i) => {
    const name = madeUpName(`${word}-${i}`, category)
    return category === undefined ? { name } : { name, category }
  })
}

function wordOf(category: CategoryId): string {
  return category.replaceAll(/[._]/g, '-')
}

function numbered(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1)
}
