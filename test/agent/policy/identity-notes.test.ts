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
