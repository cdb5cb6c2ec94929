import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { FILE_LIMITS } from '#agent/policy/limits.ts'
import { realmsOfDirectory } from '#agent/policy/own-realms.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import { readyIdentity } from '#agent/policy/ready-identity.ts'

const textOf = (realms: string, more = ''): string =>
  `identity: {radius: {clients: [], realms: ${realms}}${more}}`

/** The realms that are in force by a configuration; or every problem of it, as one line each. */
function realmsOf(text: string): readonly string[] {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config))
    return config.problems.map((problem) => describeProblem('edge.yaml', problem))
  return readyIdentity(config.identity ?? {}, '/').radius?.realms ?? ['no radius']
}

t.test('realms are taken in every spelling', (t) => {
  t.strictSame(realmsOf(textOf('[School.Example, SCHOOL, "scho\u00f6l.example", my_domain-2]')), [
    'school.example',
    'school',
    'scho\u00f6l.example',
    'my_domain-2',
  ])
  t.end()
})

t.test('what is no realm is refused, with what would be one', (t) => {
  const allowed = 'allowed: a realm such as school.example, or an NT domain such as SCHOOL'
  const at = 'edge.yaml:1:43: identity.radius.realms[0]:'
  for (const found of ['@school.example', 'ann@school.example', 'SCHOOL\\ann'])
    t.strictSame(realmsOf(textOf(`['${found}']`)), [
      `${at} found ${JSON.stringify(found)}; ${allowed} (only the realm itself, without @ and \\)`,
    ])
  for (const found of ['', '.', '.school.example', 'school.example.', '*.school.example', 'a b'])
    t.strictSame(realmsOf(textOf(`['${found}']`)), [
      `${at} found ${JSON.stringify(found)}; ${allowed}`,
    ])
  t.match(realmsOf(textOf('[2026]')), [/put it in quotes/])
  t.match(realmsOf(textOf(`[${'a'.repeat(254)}]`)), [/such as school\.example/])
  const many = Array.from({ length: FILE_LIMITS.radiusRealms + 1 }, (_, i) => `s${i}.example`)
  t.match(realmsOf(textOf(`[${many.join()}]`)), [/a list of realms, at most 32/])
  t.end()
})

t.test('where none is named it is the domain of the directory', (t) => {
  const directory = ', directory: {url: "ldaps://dc1.school.test", base: "DC=ad,DC=School,DC=test"}'
  t.strictSame(realmsOf(textOf('[]', directory)), ['ad.school.test', 'ad'])
  t.strictSame(realmsOf(textOf('[school.test]', directory)), ['school.test'])
  t.strictSame(realmsOf(textOf('[]')), [])
  t.end()
})

t.test('the domain of a base', (t) => {
  const domain = (base: string | undefined): string => realmsOfDirectory(base)[0] ?? ''
  t.equal(domain('OU=People, dc = School , DC=Example'), 'school.example')
  t.equal(domain('DC=example,DC=org'), 'example.org')
  for (const base of [undefined, '', 'o=School', 'DC=local', 'OU=a\\,DC=x\\,DC=y', 'cn=dc=x'])
    t.equal(domain(base), '', String(base))
  t.end()
})
