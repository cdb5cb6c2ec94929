/**
 * Names that tell what a child believes, whom it loves, what it suffers from or where it looks for help. They are never
 * scored and never leave the school beside a signal. Whom the list does not know, the words catch: a name too many that is
 * only counted does no harm, one too few does.
 */
import protectedHelp from '#rules/sets/protected-help.json' with { type: 'json' }

/** Operators' own addresses, put together by hand. Below each, everything counts. */
const PRIVATE_NAMES: readonly string[] = [
  // LGBT+
  'akt.org.uk',
  'galop.org.uk',
  'genderedintelligence.co.uk',
  'glaad.org',
  'itgetsbetter.org',
  'justlikeus.org',
  'lgbt.foundation',
  'pflag.org',
  'pinknews.co.uk',
  'thetrevorproject.org',
  // faith and belief
  'bahai.org.uk',
  'baptist.org.uk',
  'biblegateway.com',
  'bod.org.uk',
  'cbcew.org.uk',
  'chabad.org',
  'churchofengland.org',
  'hinducounciluk.org',
  'humanists.uk',
  'jw.org',
  'mcb.org.uk',
  'methodist.org.uk',
  'quaker.org.uk',
  'quran.com',
  'sunnah.com',
  'thebuddhistsociety.org',
  'vatican.va',
  // health
  'autism.org.uk',
  'bpas.org',
  'cancerresearchuk.org',
  'diabetes.org.uk',
  'epilepsy.org.uk',
  'healthline.com',
  'macmillan.org.uk',
  'mayoclinic.org',
  'medlineplus.gov',
  'msichoices.org.uk',
  'patient.info',
  'teenagecancertrust.org',
  'webmd.com',
  // support after abuse
  'karmanirvana.org.uk',
  'napac.org.uk',
  'respect.org.uk',
  'safelives.org.uk',
  'survivorsuk.org',
]

const PRIVATE_WORDS =
  /lgbt|queer|gay|lesbian|bisexual|transgender|nonbinary|pride|church|chapel|cathedral|christian|catholic|methodis|baptist|bible|gospel|mosque|masjid|islam|muslim|quran|koran|ramadan|synagogue|jewish|judais|torah|rabbi|gurdwara|sikh|hindu|mandir|temple|buddh|faith|prayer|religio|health|hospital|clinic|doctor|medic|pharmac|cancer|hiv|pregnan|abortion|contracep|therap|counsel|mental|depress|anxiety|autis|adhd|bereave|grief|refuge|survivor|abuse|rape|helpline|childline|samaritan/

const listed: ReadonlySet<string> = new Set([
  ...PRIVATE_NAMES,
  ...protectedHelp.names.map(({ name }) => name),
])

/** Whether a name (lower case, presentation form, no root dot) is one of these services, or below one. Never throws. */
export function isPrivateService(name: string): boolean {
  for (let at = 0; at >= 0; at = name.indexOf('.', at + 1))
    if (listed.has(at === 0 ? name : name.slice(at + 1))) return true
  return false
}

/** Whether a name holds a word by which it may be one. Never throws. */
export function hasPrivateWord(name: string): boolean {
  return PRIVATE_WORDS.test(name)
}
