/**
 * Names that tell what a child believes, whom it loves, what it suffers from or where it looks for help. They are never
 * scored and never leave the school beside a signal. Whom the list does not know, the words catch: a name too many that is
 * only counted does no harm, one too few does.
 */
import privateNames from '#rules/sets/private-names.json' with { type: 'json' }
import protectedHelp from '#rules/sets/protected-help.json' with { type: 'json' }

/** An archive is not about HIV. */
const PRIVATE_WORDS =
  /lgbt|queer|gay|lesbian|bisexual|transgender|nonbinary|pride|church|chapel|cathedral|christian|catholic|methodis|baptist|bible|gospel|mosque|masjid|islam|muslim|quran|koran|ramadan|synagogue|jewish|judais|torah|rabbi|gurdwara|sikh|hindu|mandir|temple|buddh|faith|prayer|religio|health|hospital|clinic|doctor|medic|pharmac|cancer|(?<![a-z])hiv|pregnan|abortion|contracep|therap|counsel|mental|depress|anxiety|autis|adhd|bereave|grief|refuge|survivor|abuse|rape|helpline|childline|samaritan/

const listed: ReadonlySet<string> = new Set([
  ...privateNames.names.map(({ name }) => name),
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
