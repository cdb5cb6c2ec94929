/**
 * How many made-up names there are of each sort: our assumptions, none of them a published figure. The third parties are few and
 * stand in many sites, since safeguarding.md section 7.2 tells them by co-occurring with more than 20 different sites.
 */
import type { CategoryId } from '#rules/category-ids.ts'

/** Sites that people visit, by what they are; popular ones first. */
export const SITE_SORTS: readonly {
  readonly word: string
  readonly count: number
  readonly category?: CategoryId
  /** How many third parties a page of it brings. */
  readonly embeds: number
  /** Whether adverts are among them. */
  readonly hasAdverts: boolean
}[] = [
  { word: 'learning', count: 260, embeds: 3, hasAdverts: false },
  { word: 'reference', count: 220, embeds: 4, hasAdverts: false },
  { word: 'news', count: 120, embeds: 9, hasAdverts: true },
  { word: 'sport', count: 90, embeds: 9, hasAdverts: true },
  { word: 'shop', count: 120, embeds: 7, hasAdverts: true },
  { word: 'hobby', count: 220, embeds: 6, hasAdverts: true },
  { word: 'video', count: 30, category: 'media.video', embeds: 5, hasAdverts: true },
  { word: 'music', count: 30, category: 'media.music', embeds: 5, hasAdverts: true },
  { word: 'games', count: 120, category: 'media.games', embeds: 8, hasAdverts: true },
  { word: 'social', count: 25, category: 'contact.social', embeds: 4, hasAdverts: true },
  { word: 'forum', count: 80, category: 'contact.forums_ugc', embeds: 5, hasAdverts: true },
]

/** Third parties by sort. */
export const EMBED_SORTS: readonly {
  readonly word: string
  readonly count: number
  readonly category?: CategoryId
}[] = [
  { word: 'fonts', count: 4 },
  { word: 'metrics', count: 30, category: 'prod.ads' },
  { word: 'tags', count: 20, category: 'prod.ads' },
  { word: 'player', count: 8 },
  { word: 'cdn', count: 12, category: 'core.infra' },
]

/** Hosts of adverts: brokers first, then what an advert itself may lead to. They are looked up because a page shows them. */
export const ADVERT_BROKERS = 40
export const ADVERTS: readonly { readonly category: CategoryId; readonly count: number }[] = [
  { category: 'commerce.gambling', count: 14 },
  { category: 'adult.dating', count: 6 },
  { category: 'crime.vape_alcohol_tobacco', count: 6 },
  { category: 'ai.companion', count: 4 },
  { category: 'adult.nudify_ai', count: 3 }, // "adverts common", safeguarding.md section 7.3
  { category: 'adult.nudity_lingerie', count: 4 },
  { category: 'bypass.vpn', count: 5 },
  { category: 'security.phishing', count: 8 },
]

/** Sites in categories that somebody is told of. A page of search results may name one without anybody asking for it. */
export const LISTED: readonly { readonly category: CategoryId; readonly count: number }[] = [
  { category: 'adult.porn', count: 60 },
  { category: 'adult.mixed', count: 20 },
  { category: 'adult.dating', count: 15 },
  { category: 'harm.suicide', count: 4 },
  { category: 'harm.selfharm', count: 8 },
  { category: 'harm.ed', count: 6 },
  { category: 'harm.challenges', count: 6 },
  { category: 'harm.gore', count: 6 },
  { category: 'hate.extremism', count: 10 },
  { category: 'hate.speech', count: 8 },
  { category: 'hate.vawg', count: 6 },
  { category: 'crime.weapons', count: 15 },
  { category: 'crime.drugs', count: 30 },
  { category: 'crime.vape_alcohol_tobacco', count: 20 },
  { category: 'crime.hacking', count: 20 },
  { category: 'commerce.gambling', count: 30 },
  { category: 'contact.anon_chat', count: 10 },
  { category: 'ai.companion', count: 10 },
  { category: 'bypass.vpn', count: 20 },
  { category: 'bypass.proxy', count: 40 },
  { category: 'security.phishing', count: 20 },
]

/** Where people find help: never to leave a trace. */
export const HELP_SITES = 24
