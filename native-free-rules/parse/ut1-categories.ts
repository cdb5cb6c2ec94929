import type { CategoryId } from '../category-ids.ts'

/** What the names of a UT1 folder count as; `off`: it is known, and not used. */
export type Ut1Use = CategoryId | 'off'

/**
 * Which of our categories each UT1 folder fills; off: no category of ours, a list of allowed names, or a repeat of another folder. A
 * folder that is not here is new: say so rather than guess. The folders' meanings are from https://dsi.ut-capitole.fr/blacklists/
 * and from the lists themselves.
 *
 * `financial` is stock trading, `dangerous_material` explosives and poisons, `redirector` proxies, `tricheur` cheating in exams,
 * `agressif` hate and racism. `arjel` is betting that French law permits: a white list, so not
 * for blocking; `gambling` has its like.
 */
// biome-ignore format: a table is read by columns
const TABLE: Readonly<Record<string, Ut1Use>> = {
  adult: 'adult.porn',
  agressif: 'hate.speech',
  ai: 'ai.chat',
  arjel: 'off',
  associations_religieuses: 'off',
  astrology: 'off',
  'audio-video': 'media.video',
  bank: 'off',
  bitcoin: 'commerce.crypto_finance',
  blog: 'contact.forums_ugc',
  celebrity: 'off',
  chat: 'contact.messaging',
  child: 'off',
  cleaning: 'off',
  cooking: 'off',
  cryptojacking: 'security.malware',
  dangerous_material: 'crime.weapons',
  dating: 'adult.dating',
  ddos: 'crime.hacking',
  dialer: 'security.malware',
  doh: 'bypass.doh',
  download: 'off',
  drogue: 'crime.drugs',
  'dynamic-dns': 'security.dyndns_tunnel',
  educational_games: 'off',
  examen_pix: 'off',
  exceptions_liste_bu: 'off',
  fakenews: 'info.misinfo',
  filehosting: 'prod.filehost',
  financial: 'commerce.crypto_finance',
  forums: 'contact.forums_ugc',
  gambling: 'commerce.gambling',
  games: 'media.games',
  hacking: 'crime.hacking',
  jobsearch: 'off',
  lingerie: 'adult.nudity_lingerie',
  liste_blanche: 'off',
  liste_bu: 'off',
  malware: 'security.malware',
  manga: 'off',
  marketingware: 'prod.ads',
  mixed_adult: 'adult.mixed',
  'mobile-phone': 'off',
  phishing: 'security.phishing',
  press: 'off',
  publicite: 'prod.ads',
  radio: 'media.music',
  reaffected: 'off',
  redirector: 'bypass.proxy',
  'remote-control': 'prod.remote',
  'residential-proxies': 'bypass.proxy',
  sect: 'off',
  sexual_education: 'off',
  shopping: 'off',
  shortener: 'prod.shortener',
  social_networks: 'contact.social',
  special: 'off',
  sports: 'off',
  stalkerware: 'security.malware',
  strict_redirector: 'off',
  strong_redirector: 'off',
  translation: 'off',
  tricheur: 'crime.exam_cheat',
  tricheur_pix: 'crime.exam_cheat',
  update: 'off',
  vpn: 'bypass.vpn',
  warez: 'crime.piracy',
  webhosting: 'off',
  webmail: 'prod.webmail',
}

/** The table by folder. A map: folders are named by whoever makes a list, also after what every object has. */
export const UT1_CATEGORIES: ReadonlyMap<string, Ut1Use> = new Map(Object.entries(TABLE))
