/**
 * Every category there is, most serious family first. Ids are stable: they stand in policies, events and snapshots.
 * A new one goes here and, with its meaning, into `category-table.ts`.
 */
export const CATEGORY_IDS = [
  'illegal.csam',
  'illegal.terror',
  'illegal.ip',
  'illegal.other',
  'security.malware',
  'security.phishing',
  'security.dga_newdomain',
  'security.dyndns_tunnel',
  'bypass.vpn',
  'bypass.proxy',
  'bypass.doh',
  'adult.porn',
  'adult.nudity_lingerie',
  'adult.mixed',
  'adult.dating',
  'adult.nudify_ai',
  'harm.suicide',
  'harm.selfharm',
  'harm.ed',
  'harm.challenges',
  'harm.gore',
  'hate.extremism',
  'hate.speech',
  'hate.discrimination',
  'hate.vawg',
  'crime.weapons',
  'crime.drugs',
  'crime.vape_alcohol_tobacco',
  'crime.hacking',
  'crime.piracy',
  'crime.exam_cheat',
  'commerce.gambling',
  'commerce.crypto_finance',
  'contact.anon_chat',
  'contact.social',
  'contact.messaging',
  'contact.forums_ugc',
  'ai.chat',
  'ai.companion',
  'ai.image',
  'info.misinfo',
  'media.youtube',
  'media.video',
  'media.music',
  'media.games',
  'search.nosafe',
  'prod.filehost',
  'prod.webmail',
  'prod.shortener',
  'prod.remote',
  'prod.ads',
  'core.education',
  'core.infra',
  'core.exam',
  'protected.help',
  'uncategorised',
] as const

export type CategoryId = (typeof CATEGORY_IDS)[number]

const known: ReadonlySet<string> = new Set(CATEGORY_IDS)

/** Tells whether a text is a category's id. Never throws. */
export function isCategoryId(text: string): text is CategoryId {
  return known.has(text)
}
