/**
 * Groups within groups, as Active Directory has them (MS-ADTS section 3.1.1.3.4.4.3): no such server runs here, so one is played byte by byte
 * (RFC 4511), for the question to be looked at and the answers to be what that text says.
 */
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import type { DirectoryAccess } from '#agent/identity/feeds/directory/directory-access.ts'
import { LdapConnection } from '#agent/identity/feeds/directory/ldap-connection.ts'

const BASE = 'DC=school,DC=test'
const PEOPLE = `OU=People,${BASE}`
/** A name with what must be escaped in it (RFC 4514 section 2.4); in a question it is a value and nothing else. */
const ANN = `CN=Smith\\, Ann (7\\+),${PEOPLE}`
const STAFF = `CN=Staff,OU=Groups,${BASE}`
const YEAR_7 = `CN=Year 7,OU=Groups,${BASE}`
const CLASS_7A = `CN=7A,OU=Groups,${BASE}`
const IN_CHAIN = '1.2.840.113556.1.4.1941'
const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800'

/** One element of BER. */
function ber(tag: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const { length } = body
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), body])
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...long), body])
}
const text = (value: string): Buffer => ber(0x04, value)
const attribute = (name: string, values: readonly string[]): Buffer =>
  ber(0x30, text(name), ber(0x31, ...values.map(text)))
const entry = (dn: string, ...attributes: readonly Buffer[]): Buffer =>
  ber(0x64, text(dn), ber(0x30, ...attributes))
const result = (tag: number, code = 0): Buffer =>
  ber(tag, ber(0x0a, Buffer.of(code)), text(''), text(''))
const equal = (name: string, value: string): Buffer => ber(0xa3, text(name), text(value))
const DONE = 0x65

/** Plays the server; `nested` is what it answers to the question for groups within groups. */
async function startPlayed(t: Test, nested: readonly Buffer[], capability = ACTIVE_DIRECTORY) {
  const asked: Buffer[] = []
  const answersTo = (question: Buffer): readonly Buffer[] => {
    if (question.includes(IN_CHAIN)) return nested
    if (question.includes('sAMAccountName'))
      return [entry(ANN, attribute('memberOf', [CLASS_7A])), result(DONE)]
    if (question.includes('supportedCapabilities'))
      return [
        entry(
          '',
          attribute('supportedCapabilities', [capability]),
          attribute('defaultNamingContext', [BASE]),
        ),
        result(DONE),
      ]
    return [result(0x61)]
  }
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (question) => {
      asked.push(question)
      const id = question.subarray(question.indexOf(Buffer.of(2, 1)), question.indexOf(2) + 3)
      for (const answer of answersTo(question)) socket.write(ber(0x30, id, answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const access: DirectoryAccess = {
    url: `ldap://127.0.0.1:${port}`,
    base: PEOPLE,
    bindDn: undefined,
    userAttribute: 'sAMAccountName',
    groupAttribute: 'memberOf',
    password: '',
    ca: undefined,
    isOpenToAll: false,
  }
  const connection = new LdapConnection(access)
  t.teardown(() => connection.close())
  t.equal(await connection.open(), undefined)
  return { asked, connection }
}

t.test('the question is one for all groups of the configuration, by the rule', async (t) => {
  const nested = [
    entry(YEAR_7),
    ber(0x73, text('ldap://other.school.test/DC=other,DC=school,DC=test')),
    result(DONE),
  ]
  const { asked, connection } = await startPlayed(t, nested)
  t.equal(connection.followsNested, true)
  t.same(
    await connection.groupsOf('a.smith', [STAFF, YEAR_7, 'no DN']),
    [CLASS_7A, YEAR_7],
    'those that she is in herself, and those around them; a reference to elsewhere is not followed',
  )
  const question = asked.at(-1) ?? Buffer.alloc(0)
  const filter = ber(
    0xa0,
    ber(0xa1, equal('distinguishedName', STAFF), equal('distinguishedName', YEAR_7)),
    ber(0xa9, ber(0x81, IN_CHAIN), ber(0x82, 'member'), ber(0x83, ANN)),
  )
  t.ok(question.includes(filter), question.toString('hex'))
  t.ok(
    question.includes(Buffer.concat([text(BASE), ber(0x0a, Buffer.of(2))])),
    'below the domain, not the base',
  )
  t.ok(question.includes(ber(0x30, text('1.1'))), 'names alone (RFC 4511 section 4.5.1.8)')
})

t.test('without a group by its whole name nobody is asked', async (t) => {
  const { asked, connection } = await startPlayed(t, [result(DONE)])
  t.same(await connection.groupsOf('a.smith', ['Staff']), [CLASS_7A])
  t.notOk(asked.some((question) => question.includes(IN_CHAIN)))
})

t.test('who does not say that it is an Active Directory is not asked', async (t) => {
  const { asked, connection } = await startPlayed(t, [result(DONE)], '1.3.6.1.4.1.4203')
  t.equal(connection.followsNested, false)
  t.same(await connection.groupsOf('a.smith', [STAFF]), [CLASS_7A])
  t.notOk(asked.some((question) => question.includes(IN_CHAIN)))
})

t.test('where that question fails nothing is known, rather than half of it', async (t) => {
  const busy = 51
  const { connection } = await startPlayed(t, [result(DONE, busy)])
  t.match(await connection.groupsOf('a.smith', [STAFF]), {
    failure: 'unavailable',
    detail: 'BusyError (51)',
  })
})
