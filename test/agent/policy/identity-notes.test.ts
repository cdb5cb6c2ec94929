import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'

/** The notes on `identity` of a configuration. */
function notesOf(identity: string): readonly string[] {
  const config = parseConfig(`identity: ${identity}`, 'edge.yaml')
  if (isRefused(config)) throw new Error(config.detail)
  const surroundings = { file: undefined, resolvConf: '', localAddresses: [] }
  return normalise(config, surroundings).notes.filter((note) => note.startsWith('identity'))
}

t.test('a directory that is asked in clear text, or for nothing, is noted', (t) => {
  const assign = 'assign: [{member-of: "CN=Staff", group: staff}]'
  const directory = (url: string, more = ''): string =>
    `directory: {url: "${url}", base: DC=x${more}}`
  t.strictSame(notesOf(`{${assign}, ${directory('ldaps://dc1.school.test')}}`), [])
  t.match(notesOf(`{${assign}, ${directory('ldap://dc1.school.test', ', bind-dn: CN=f')}}`), [
    /ldap:\/\/dc1\.school\.test sends the password and the names of users in clear text/,
  ])
  t.match(notesOf(`{${assign}, ${directory('ldap://dc1.school.test', ', ca: a.pem')}}`), [
    /sends the names of users in clear text/,
    /ca has no use with ldap:\/\//,
  ])
  t.match(notesOf(`{${directory('ldaps://dc1.school.test')}}`), [
    /is asked for nothing: no member-of/,
  ])
  t.strictSame(notesOf('{}'), [])
  t.end()
})

t.test('a group that no value of memberOf can be is noted', (t) => {
  const directory = 'directory: {url: "ldaps://dc1.school.test", base: DC=x'
  const assign = 'assign: [{member-of: Staff, group: staff}]'
  t.match(notesOf(`{${assign}, ${directory}}}`), [/member-of "Staff" is nobody\u2019s group/])
  t.strictSame(notesOf(`{${assign}, ${directory}, group-attribute: role}}`), [])
  t.end()
})

t.test('where no realm is known to be the school\u2019s, that is noted', (t) => {
  const radius = 'radius: {clients: []'
  const directory = (base: string): string =>
    `assign: [{member-of: "CN=x", group: staff}], directory: {url: "ldaps://dc1.school.test", base: "${base}"}`
  const note = [/no realm is the school\u2019s own.*is a visitor/]
  t.match(notesOf(`{${radius}}}`), note)
  t.match(notesOf(`{${radius}, realms: []}}`), note)
  t.match(notesOf(`{${radius}}, ${directory('o=School')}}`), note)
  t.strictSame(notesOf(`{${radius}, realms: [school.test]}}`), [])
  t.strictSame(notesOf(`{${radius}}, ${directory('OU=People,DC=school,DC=test')}}`), [])
  t.end()
})
