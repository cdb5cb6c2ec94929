/** One `DC=` of a distinguished name, not within an escape; RFC 4514 section 2.3. */
const DOMAIN_COMPONENT = /(?:^|,)\s*dc\s*=\s*([^,+\\"]+?)\s*(?=,|$)/gi

/** A form in which two spellings of a realm are the same (RFC 7542 section 2.4: without regard to case). */
export function comparableRealm(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/**
 * Which realms are the school's own where the file names none: the domain of the directory, as its base says, and the NT domain that
 * such a domain has unless somebody chose another. None where the base names no domain.
 */
export function realmsOfDirectory(base: string | undefined): readonly string[] {
  const labels = [...(base ?? '').matchAll(DOMAIN_COMPONENT)].map(([, label = '']) => label)
  const [first] = labels
  if (first === undefined || labels.length < 2) return []
  return [labels.join('.'), first].map(comparableRealm)
}
