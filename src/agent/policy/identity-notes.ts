import type { ReadyIdentity } from './ready-identity.ts'

/** What of `identity` is good, and yet may not be what was meant. */
export function identityNotes({ directory, memberOf }: ReadyIdentity): readonly string[] {
  if (!directory) return []
  const notes: string[] = []
  if (directory.url.startsWith('ldap:'))
    notes.push(
      `identity.directory.url: ${directory.url} sends ${directory.bindDn === undefined ? '' : 'the password and '}the names of users in clear text; use ldaps:// where the directory has it`,
    )
  if (directory.caFile !== undefined && directory.url.startsWith('ldap:'))
    notes.push('identity.directory.ca has no use with ldap://')
  if (memberOf.size === 0)
    notes.push('identity.directory is asked for nothing: no member-of stands in identity.assign')
  return notes
}
