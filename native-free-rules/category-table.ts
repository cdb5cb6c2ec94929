import type { CategoryId } from './category-ids.ts'
import type { ThemeId } from './themes.ts'

export type CategoryTier = 'locked' | 'default-on' | 'optional' | 'allow-locked'
export type CategorySeverity = 'critical' | 'urgent' | 'high' | 'medium' | 'low' | 'none'
export type CategoryRoute = 'dsl' | 'it' | 'none'

/** Defaults for primary, secondary, sixth, staff, guest: Block, Allow, Monitor (allow and record), Timetable. */
type DefaultLetters = `${Letter}${Letter}${Letter}${Letter}${Letter}`
type Letter = 'B' | 'A' | 'M' | 'T'

export type CategoryRow = readonly [
  tier: CategoryTier,
  defaults: DefaultLetters,
  theme: ThemeId | 'none',
  severity: CategorySeverity,
  route: CategoryRoute,
  title: string,
  /** Completes "a device looked up ..." for a safeguarding lead: one plain phrase, no jargon. */
  sentence: string,
]

/**
 * The taxonomy as data. Where the research leaves a choice to the school (`prod.*`, `media.video`, `media.music`), the
 * defaults here are the careful end for the youngest and open for adults.
 */
// biome-ignore format: a table is read by columns
export const CATEGORY_TABLE: Readonly<Record<CategoryId, CategoryRow>> = {
  'illegal.csam': ['locked', 'BBBBB', 'illegal', 'critical', 'dsl', 'Child sexual abuse material', 'a site on the list of child sexual abuse material'],
  'illegal.terror': ['locked', 'BBBBB', 'illegal', 'critical', 'dsl', 'Unlawful terrorist content', 'a site on the police list of unlawful terrorist content'],
  'illegal.ip': ['locked', 'BBBBB', 'none', 'none', 'none', 'Copyright-infringing sites (police list)', 'a site that the police list for copyright infringement'],
  'illegal.other': ['locked', 'BBBBB', 'illegal', 'urgent', 'dsl', 'Other illegal content', 'a site with other illegal content'],
  'security.malware': ['default-on', 'BBBBB', 'security', 'high', 'it', 'Malware', 'a site that spreads or controls malware'],
  'security.phishing': ['default-on', 'BBBBB', 'security', 'medium', 'it', 'Phishing and scams', 'a site used for phishing or scams'],
  'security.dga_newdomain': ['optional', 'BMMMM', 'security', 'low', 'it', 'Newly made names', 'a site whose name is newly made or looks machine-made'],
  'security.dyndns_tunnel': ['optional', 'BBMAB', 'security', 'low', 'it', 'Dynamic DNS and tunnels', 'a dynamic DNS or tunnelling service'],
  'bypass.vpn': ['default-on', 'BBBMB', 'circumvention', 'low', 'it', 'VPNs', 'a VPN service'],
  'bypass.proxy': ['default-on', 'BBBBB', 'circumvention', 'low', 'it', 'Web proxies and unblockers', 'a web proxy or unblocker'],
  'bypass.doh': ['default-on', 'BBBBB', 'circumvention', 'low', 'it', 'Other encrypted DNS', 'a DNS service that goes round this filter'],
  'adult.porn': ['default-on', 'BBBBB', 'adult', 'medium', 'dsl', 'Pornography', 'a site that shows pornography'],
  'adult.nudity_lingerie': ['default-on', 'BBMMB', 'adult', 'low', 'dsl', 'Nudity and lingerie', 'a site that shows nudity or lingerie'],
  'adult.mixed': ['default-on', 'BBMMB', 'adult', 'low', 'dsl', 'Sites with adult sections', 'a site that has adult sections'],
  'adult.dating': ['default-on', 'BBMMM', 'contact', 'medium', 'dsl', 'Dating', 'a dating site'],
  'adult.nudify_ai': ['default-on', 'BBBBB', 'sexual-behaviour', 'high', 'dsl', 'AI undressing and intimate deepfakes', 'a site that makes intimate images of people with AI'],
  'harm.suicide': ['default-on', 'BBBBB', 'suicide', 'critical', 'dsl', 'Suicide', 'a site that encourages or explains suicide'],
  'harm.selfharm': ['default-on', 'BBBBB', 'self-harm', 'high', 'dsl', 'Self-harm', 'a site that promotes self-harm'],
  'harm.ed': ['default-on', 'BBBBB', 'eating-disorders', 'high', 'dsl', 'Eating disorders', 'a site that promotes eating disorders'],
  'harm.challenges': ['default-on', 'BBBMB', 'harmful', 'medium', 'dsl', 'Dangerous challenges', 'a site that promotes dangerous stunts or challenges'],
  'harm.gore': ['default-on', 'BBBMB', 'violence', 'medium', 'dsl', 'Gore and real violence', 'a site that shows gore or real violence'],
  'hate.extremism': ['default-on', 'BBBMB', 'radicalisation', 'high', 'dsl', 'Extremism', 'a site that promotes extremism'],
  'hate.speech': ['default-on', 'BBBMB', 'discrimination', 'medium', 'dsl', 'Hate speech', 'a site that spreads hatred of groups of people'],
  'hate.discrimination': ['default-on', 'BBMMB', 'discrimination', 'low', 'dsl', 'Discrimination', 'a site that promotes discrimination'],
  'hate.vawg': ['default-on', 'BBMMB', 'vawg', 'medium', 'dsl', 'Misogyny and violence against women', 'a site that glorifies the abuse of women and girls'],
  'crime.weapons': ['default-on', 'BBBMB', 'weapons', 'high', 'dsl', 'Weapons and explosives', 'a site about getting or making weapons'],
  'crime.drugs': ['default-on', 'BBBMB', 'substance', 'medium', 'dsl', 'Illegal drugs', 'a site that promotes or sells illegal drugs'],
  'crime.vape_alcohol_tobacco': ['default-on', 'BBBMA', 'substance', 'low', 'dsl', 'Vapes, alcohol and tobacco', 'a shop for vapes, alcohol or tobacco'],
  'crime.hacking': ['default-on', 'BBTMB', 'hacking', 'low', 'dsl', 'Hacking', 'a site about hacking or attacks on computers'],
  'crime.piracy': ['default-on', 'BBBBB', 'none', 'none', 'none', 'Piracy', 'a site for pirated films, music or software'],
  'crime.exam_cheat': ['optional', 'BBBMM', 'none', 'none', 'none', 'Essay mills and exam cheating', 'a site that sells essays or exam answers'],
  'commerce.gambling': ['default-on', 'BBBMB', 'gambling', 'low', 'dsl', 'Gambling', 'a gambling site'],
  'commerce.crypto_finance': ['optional', 'BBMAA', 'none', 'none', 'none', 'Crypto and high-risk trading', 'a crypto-currency or high-risk trading site'],
  'contact.anon_chat': ['default-on', 'BBBMB', 'contact', 'high', 'dsl', 'Chat with strangers', 'a site for chatting with strangers'],
  'contact.social': ['optional', 'BBTAA', 'none', 'none', 'none', 'Social networks', 'a social network'],
  'contact.messaging': ['optional', 'BBTAA', 'none', 'none', 'none', 'Messaging', 'a messaging or chat service'],
  'contact.forums_ugc': ['optional', 'BMMAA', 'none', 'none', 'none', 'Forums, blogs and image boards', 'a forum, blog or image board'],
  'ai.chat': ['optional', 'BBMAB', 'none', 'none', 'none', 'AI assistants', 'a general AI assistant'],
  'ai.companion': ['default-on', 'BBBMB', 'ai-contact', 'medium', 'dsl', 'AI companions', 'a site for AI companions or role-play'],
  'ai.image': ['optional', 'BBMAB', 'none', 'none', 'none', 'AI image, video and voice makers', 'a site that makes images, video or voices with AI'],
  'info.misinfo': ['optional', 'BMMAA', 'none', 'none', 'none', 'Misinformation and conspiracy', 'a site that spreads misinformation'],
  'media.youtube': ['optional', 'AAAAA', 'none', 'none', 'none', 'YouTube', 'YouTube'],
  'media.video': ['optional', 'BMAAA', 'none', 'none', 'none', 'Video', 'a video site'],
  'media.music': ['optional', 'MMAAA', 'none', 'none', 'none', 'Music and radio', 'a music or radio site'],
  'media.games': ['optional', 'BBTMM', 'none', 'none', 'none', 'Games', 'a games site'],
  'search.nosafe': ['default-on', 'BBBAB', 'none', 'none', 'none', 'Search without safe search', 'a search or image site whose safe search cannot be locked'],
  'prod.filehost': ['optional', 'MMAAA', 'none', 'none', 'none', 'File sharing', 'a file sharing site'],
  'prod.webmail': ['optional', 'MMAAA', 'none', 'none', 'none', 'Webmail', 'a webmail service'],
  'prod.shortener': ['optional', 'MMAAA', 'none', 'none', 'none', 'Link shorteners', 'a link shortener'],
  'prod.remote': ['optional', 'BBMAB', 'none', 'none', 'none', 'Remote control', 'a remote control service'],
  'prod.ads': ['optional', 'AAAAA', 'none', 'none', 'none', 'Adverts and tracking', 'an advertising or tracking service'],
  'core.education': ['allow-locked', 'AAAAA', 'none', 'none', 'none', 'Education services', 'an education service'],
  'core.infra': ['allow-locked', 'AAAAA', 'none', 'none', 'none', 'Services that devices need', 'a service that devices need to work'],
  'core.exam': ['allow-locked', 'AAAAA', 'none', 'none', 'none', 'Exam boards', 'an exam board'],
  'protected.help': ['allow-locked', 'AAAAA', 'none', 'none', 'none', 'Help and support', 'a help or support service'],
  'uncategorised': ['optional', 'BMMAM', 'none', 'none', 'none', 'Not in any list', 'a site that is in no list'],
}
