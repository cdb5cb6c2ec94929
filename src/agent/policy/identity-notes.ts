import type { ReadyDirectory, ReadyIdentity } from './ready-identity.ts'

/** What of `identity` is good, and yet may not be what was meant. */
export function identityNotes({ directory, memberOf, radius }: ReadyIdentity): readonly string[] {
  return [
    ...(radius?.realms.length === 0
      ? [
          'identity.radius: no realm is the school\u2019s own, so whoever logs on as name@realm or DOMAIN\\name is a visitor, pupils and staff too; name the school\u2019s in realms',
        ]
      : []),
    ...(directory ? directoryNotes(directory, [...memberOf.keys()]) : []),
  ]
}

function directoryNotes(directory: ReadyDirectory, groups: readonly string[]): readonly string[] {
  const { url, bindDn, caFile, groupAttribute } = directory
  const notes: string[] = []
  if (url.startsWith('ldap:'))
    notes.push(
      `identity.directory.url: ${url} sends ${bindDn === undefined ? '' : 'the password and '}the names of users in clear text; use ldaps:// where the directory has it`,
    )
  if (caFile !== undefined && url.startsWith('ldap:'))
    notes.push('identity.directory.ca has no use with ldap://')
  if (groups.length === 0)
    notes.push('identity.directory is asked for nothing: no member-of stands in identity.assign')
  const noDn = groups.find((group) => !group.includes('='))
  if (noDn !== undefined && groupAttribute.toLowerCase() === 'memberof')
    notes.push(
      `identity.assign: member-of ${JSON.stringify(noDn)} is nobody\u2019s group, for memberOf holds whole names such as "CN=Staff,OU=Groups,DC=school,DC=example"`,
    )
  return notes
}
