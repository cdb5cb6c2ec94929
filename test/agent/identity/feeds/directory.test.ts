/** Against a real slapd: what a directory says, and all that may go wrong with one. */
import { chmodSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { DIRECTORY_LIMITS } from '#agent/identity/feeds/directory/directory-limits.ts'
import { GroupNames } from '#agent/identity/feeds/directory/group-names.ts'
import { LdapConnection } from '#agent/identity/feeds/directory/ldap-connection.ts'
import { startDirectory } from '#agent/identity/feeds/directory/start-directory.ts'
import type { UserKnown } from '#agent/identity/sighting.ts'
import type { ReadyDirectory } from '#agent/policy/ready-identity.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { testFeedParts } from '#test/support/feed-parts.ts'
import { makeKeyPair } from '#test/support/key-pair.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import {
  BASE,
  FILTER_DN,
  FILTER_PASSWORD,
  groupDn,
  noSlapd,
  type Slapd,
  startSlapd,
} from '#test/support/slapd.ts'
import { until } from '#test/support/until.ts'

const needsSlapd = { skip: noSlapd }
const STAFF = groupDn('Staff')
const YEAR_7 = groupDn('Year 7')

function secretFile(t: Test, text: string): string {
  const file = join(shortFolder(t), 'secret')
  writeFileSync(file, text)
  chmodSync(file, 0o600)
  return file
}

function directoryAt(t: Test, url: string, more: Partial<ReadyDirectory> = {}): ReadyDirectory {
  return {
    url,
    base: BASE,
    bindDn: FILTER_DN,
    passwordFile: secretFile(t, `${FILTER_PASSWORD}\n`),
    caFile: undefined,
    userAttribute: 'sAMAccountName',
    groupAttribute: 'memberOf',
    ...more,
  }
}

function startFeed(
  t: Test,
  directory: ReadyDirectory,
  groups: readonly string[] = [STAFF, YEAR_7],
) {
  const clock = makeFakeWallClock()
  const parts = testFeedParts(clock)
  const feed = startDirectory({ directory, groups }, parts)
  t.teardown(() => feed.close())
  const known = (): readonly UserKnown[] =>
    parts.told.filter((one): one is UserKnown => one.kind === 'user-known')
  const learn = async (user: string): Promise<readonly string[]> => {
    const before = known().length
    feed.ask(user)
    await until(`${user} is known`, () => known().length > before, 15_000)
    return known().at(-1)?.memberOf ?? []
  }
  return { ...parts, clock, feed, known, learn }
}

const school = (t: Test, more = {}): Promise<Slapd> =>
  startSlapd(t, {
    users: ['h.teacher', 'a.pupil', 'nobody'],
    groups: { Staff: ['h.teacher'], 'Year 7': ['a.pupil'], 'Chess club': ['a.pupil', 'h.teacher'] },
    ...more,
  })

t.test(
  'a user\u2019s groups are told, spelt and cut as the configuration asks',
  needsSlapd,
  async (t) => {
    const { url } = await school(t)
    const spelt = `CN=Staff, OU=Groups, ${BASE.toUpperCase()}`
    const { feed, learn, known, told } = startFeed(t, directoryAt(t, url), [spelt, YEAR_7])
    t.same(await learn('h.teacher'), [spelt])
    t.match(known()[0], {
      source: 'directory',
      user: 'h.teacher',
      lastsMs: DIRECTORY_LIMITS.keptMs,
    })
    t.same(await learn('A.Pupil'), [YEAR_7], 'no word of the chess club')
    t.equal(known()[1]?.user, 'a.pupil')
    t.same(await learn('nobody'), [])
    t.same(await learn('stranger'), [], 'who is not there is in no group')
    t.match(feed.readings(), {
      state: 'open',
      found: 3,
      absent: 1,
      searches: 4,
      connections: 1,
      followsNested: false,
    })
    t.notMatch(JSON.stringify(told), /private@|person|Chess/)
  },
)

t.test('a plain attribute serves for groups as well', needsSlapd, async (t) => {
  const ldif = `dn: cn=x,ou=people,${BASE}\nobjectClass: inetOrgPerson\nobjectClass: schoolPerson\ncn: x\nsn: x\nuid: x\nrole: Teaching Staff\nrole: Choir\n`
  const { url } = await school(t, { ldif })
  const access = directoryAt(t, url, { userAttribute: 'uid', groupAttribute: 'role' })
  const { learn } = startFeed(t, access, ['teaching staff', 'staff'])
  t.same(await learn('x'), ['teaching staff'])
})

t.test('what is known is not asked again while it is fresh', needsSlapd, async (t) => {
  const { url } = await school(t)
  const { feed, learn, clock } = startFeed(t, directoryAt(t, url))
  await learn('h.teacher')
  await learn('stranger')
  await learn('h.teacher')
  await learn('stranger')
  t.match(feed.readings(), { searches: 2, cached: 2, users: 2 })
  clock.advance(DIRECTORY_LIMITS.absentMs + 1)
  await learn('h.teacher')
  feed.ask('stranger')
  await until('only the stranger is asked for', () => feed.readings().searches === 3)
  clock.advance(DIRECTORY_LIMITS.freshMs)
  feed.ask('h.teacher')
  await until('both are stale', () => feed.readings().searches === 4)
})

t.test(
  'a name is never more than a value: no name finds what is not its own',
  needsSlapd,
  async (t) => {
    const odd = ['o*dd', '(odd)', 'o\\dd', 'od)(d', 'ödd ☃']
    const { url } = await school(t, {
      users: ['h.teacher', ...odd],
      groups: { Staff: ['h.teacher', ...odd] },
    })
    const { learn, feed } = startFeed(t, directoryAt(t, url))
    for (const name of [
      '*',
      'h*',
      '*teacher',
      'h.teacher)(cn=*',
      '*)(objectClass=*',
      'x)(|(sAMAccountName=*)',
      'h.teacher)(!(cn=x)',
      'h\\2eteacher',
      '\\2a',
      ')',
      '(',
      'h.teacher\\',
      '&',
      '|(a=b)',
      'h.teacher)\u0000',
    ])
      t.same(await learn(name), [], encodeURIComponent(name))
    for (const name of odd) t.same(await learn(name), [STAFF], name)
    t.equal(feed.readings().absent, 15)
    const { searches } = feed.readings()
    for (const name of ['', 'a'.repeat(DIRECTORY_LIMITS.userChars + 1), 'h.tea\uFFFDcher'])
      feed.ask(name)
    t.match(feed.readings(), { oddNames: 3, searches, queued: 0 })
  },
)

t.test(
  'several of one name are nobody, also where the server stops counting',
  needsSlapd,
  async (t) => {
    const { url } = await school(t, {
      users: ['twin', 'h.teacher', 'twin', 'twin'],
      groups: { Staff: ['twin', 'h.teacher'] },
    })
    const { learn, feed } = startFeed(t, directoryAt(t, url))
    t.same(await learn('twin'), [])
    t.equal(feed.readings().ambiguous, 1)
  },
)

t.test(
  'a server that goes and comes back is asked again, and what was known holds meanwhile',
  needsSlapd,
  async (t) => {
    const slapd = await school(t)
    const { learn, feed, known, said, clock } = startFeed(t, directoryAt(t, slapd.url))
    await learn('h.teacher')
    await slapd.kill()
    feed.ask('a.pupil')
    await until('it fails', () => feed.readings().state === 'failing')
    t.equal(feed.readings().queued, 1, 'who was asked for waits')
    clock.advance(DIRECTORY_LIMITS.freshMs + 1)
    feed.ask('h.teacher')
    t.match(known().at(-1), {
      user: 'h.teacher',
      memberOf: [STAFF],
      lastsMs: DIRECTORY_LIMITS.keptMs - DIRECTORY_LIMITS.freshMs - 1,
    })
    await slapd.start()
    await until('both are known anew', () => feed.readings().found === 3, 10_000)
    t.same(known().at(-2)?.memberOf, [YEAR_7])
    // Killed within an answer, or before the next question.
    t.match(
      said.join('\n'),
      /ldap:\/\/127\.0\.0\.1:\d+: (ECONN[A-Z]+|the connection broke off); it is tried again/,
    )
  },
)

t.test(
  'a server that stands still costs five seconds a try and nothing else',
  needsSlapd,
  async (t) => {
    const slapd = await school(t)
    const { learn, feed, said } = startFeed(t, directoryAt(t, slapd.url))
    await learn('h.teacher')
    await slapd.pause()
    t.teardown(() => slapd.goOn())
    const startedAt = performance.now()
    feed.ask('a.pupil')
    await until('it fails', () => feed.readings().failures === 1, 10_000)
    const tookMs = performance.now() - startedAt
    t.ok(tookMs > 4_500 && tookMs < 8_000, `${Math.round(tookMs)} ms`)
    slapd.goOn()
    t.same(await learn('a.pupil'), [YEAR_7])
    t.match(said.join('\n'), /it is tried again/)
  },
)

t.test(
  'a password that is refused is told of, and not tried again and again',
  needsSlapd,
  async (t) => {
    const { url } = await school(t)
    const access = directoryAt(t, url, { passwordFile: secretFile(t, 'wrong-password-here') })
    const { feed, learn, said } = startFeed(t, access)
    feed.ask('h.teacher')
    await until('it fails', () => feed.readings().state === 'failing')
    await new Promise((resolve) => setTimeout(resolve, 2_500))
    t.match(feed.readings(), { connections: 1, searches: 0, queued: 1 })
    t.match(
      said.join('\n'),
      /it refuses the bind-dn or its password; it is tried again in ten minutes/,
    )
    t.notMatch(said.join('\n'), /wrong-password-here|the-password/)
    writeFileSync(access.passwordFile ?? '', FILTER_PASSWORD)
    feed.use({ directory: access, groups: [STAFF, YEAR_7] })
    await until('it is known', () => feed.readings().found === 1)
    t.same(await learn('h.teacher'), [STAFF])
  },
)

t.test(
  'over TLS only an authority that is named is believed, for the name that is asked',
  needsSlapd,
  async (t) => {
    const pair = makeKeyPair()
    const { tlsUrl } = await school(t, { pair })
    const right = startFeed(t, directoryAt(t, tlsUrl, { caFile: secretFile(t, pair.cert) }))
    t.same(await right.learn('h.teacher'), [STAFF])
    const faults: readonly (readonly [Partial<ReadyDirectory>, RegExp])[] = [
      [{}, /SELF_SIGNED|UNABLE_TO_VERIFY/],
      [{ caFile: secretFile(t, makeKeyPair().cert) }, /SELF_SIGNED|UNABLE_TO_VERIFY/],
      [
        { caFile: secretFile(t, pair.cert), url: tlsUrl.replace('127.0.0.1', 'localhost') },
        /ALTNAME_INVALID/,
      ],
      [{ caFile: secretFile(t, 'no certificate') }, /holds no certificate in PEM/],
      [{ caFile: '/nowhere/ca.pem' }, /\/nowhere\/ca\.pem cannot be read \(ENOENT\)/],
      [{ passwordFile: '/dev/zero' }, /\/dev\/zero is no file/],
      [{ passwordFile: undefined }, /there is a bind-dn, and no password-file holds no password/],
    ]
    for (const [more, fault] of faults) {
      const { feed, said } = startFeed(t, directoryAt(t, tlsUrl, more))
      feed.ask('h.teacher')
      await until(`${fault}`, () => feed.readings().state === 'failing')
      t.match(said.join('\n'), fault)
      t.equal(feed.readings().searches, 0, 'nothing is asked')
    }
  },
)

t.test('what takes a connection and says nothing is given up', async (t) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const open = new Set<{ destroy: () => void }>()
  server.on('connection', (socket) => open.add(socket.on('error', () => undefined)))
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  for (const scheme of ['ldap', 'ldaps']) {
    const { feed } = startFeed(t, directoryAt(t, `${scheme}://127.0.0.1:${port}`))
    feed.ask('h.teacher')
    await until(`${scheme} fails`, () => feed.readings().state === 'failing', 10_000)
    t.equal(feed.readings().queued, 1)
  }
})

/** A server of bytes: what it is asked is told, what comes back is sent; and then that was all, where it is the last. */
async function startRaw(
  t: Test,
  answer: (asked: Buffer) => { readonly bytes: Buffer; readonly isLast: boolean },
): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (asked) => {
      const { bytes, isLast } = answer(asked)
      if (isLast) socket.end(bytes)
      else socket.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const bound = server.address()
  return `ldap://127.0.0.1:${typeof bound === 'object' && bound ? bound.port : 0}`
}

t.test('an answer without an end is broken off at its limit', async (t) => {
  let sent = 0
  // A message that says it is 2 GB long.
  const head = Buffer.from('30847fffffff', 'hex')
  const url = await startRaw(t, () => {
    sent++
    return {
      bytes: Buffer.concat([head, Buffer.alloc(DIRECTORY_LIMITS.answerBytes + 1)]),
      isLast: false,
    }
  })
  const { feed } = startFeed(t, directoryAt(t, url))
  const startedAt = performance.now()
  feed.ask('h.teacher')
  await until('it fails', () => feed.readings().state === 'failing', 10_000)
  t.ok(
    performance.now() - startedAt < DIRECTORY_LIMITS.operationMs - 500,
    'long before its time is over',
  )
  t.equal(sent, 1)
})

t.test('answers of chance are failures and nothing worse', async (t) => {
  // BindResponse and SearchResultDone, of success (RFC 4511 sections 4.2.2 and 4.5.2); the fifth byte is the message's number.
  const bind = '300c02010061070a010004000400'
  const done = '300c02010065070a010004000400'
  let seed = 7
  const chance = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return (seed >>> 8) % below
  }
  const url = await startRaw(t, (asked) => {
    const bytes = Buffer.from(asked.includes(0x60) ? bind : done, 'hex')
    bytes[4] = asked[asked.indexOf(Buffer.of(2, 1)) + 2] ?? 0
    // Most are as they should be, so that some get further.
    const isLast = chance(4) === 0
    for (let i = isLast ? chance(3) + 1 : 0; i > 0; i--) bytes[chance(bytes.length)] = chance(256)
    return { bytes, isLast }
  })
  const access = { ...directoryAt(t, url), password: 'x', ca: undefined, isOpenToAll: false }
  const outcomes: string[] = []
  let longestMs = 0
  for (let i = 0; i < 300; i++) {
    const begunAt = performance.now()
    const connection = new LdapConnection(access)
    const fault = await connection.open()
    const found = fault ?? (await connection.groupsOf('h.teacher', [STAFF]))
    connection.close()
    longestMs = Math.max(longestMs, performance.now() - begunAt)
    outcomes.push(typeof found === 'string' ? found : 'failure' in found ? found.failure : 'groups')
  }
  const count = (word: string): number => outcomes.filter((outcome) => outcome === word).length
  t.comment(
    JSON.stringify(Object.fromEntries([...new Set(outcomes)].map((word) => [word, count(word)]))),
  )
  t.equal(count('groups') + count('ambiguous'), 0, 'no group comes of it')
  t.ok(longestMs < 3_000, `each is over soon: ${Math.round(longestMs)} ms`)
  t.ok(count('absent') > 10, 'some are well-formed')
  t.ok(count('unavailable') > 50)
})

t.test('no such base is told of', needsSlapd, async (t) => {
  const { url } = await school(t)
  const { feed, said } = startFeed(t, directoryAt(t, url, { base: 'dc=elsewhere,dc=test' }))
  feed.ask('h.teacher')
  await until('it fails', () => feed.readings().failures > 0)
  t.match(said.join('\n'), /it has no such base/)
})

t.test(
  '1,000 users at once: eight searches at a time, a hundred a second',
  needsSlapd,
  async (t) => {
    const users = Array.from({ length: 1_000 }, (_, i) => `user-${i}`)
    const staff = users.filter((_, i) => i % 10 === 0)
    const { url } = await school(t, {
      users,
      groups: { Staff: staff, 'Year 7': users.filter((_, i) => i % 10 === 1) },
    })
    const parts = testFeedParts()
    const feed = startDirectory({ directory: directoryAt(t, url), groups: [STAFF, YEAR_7] }, parts)
    t.teardown(() => feed.close())
    const startedAt = performance.now()
    for (const user of users) feed.ask(user)
    for (const user of users) feed.ask(user)
    t.equal(feed.readings().queued, 1_000, 'each once')
    let most = 0
    await until(
      'all are known',
      () => {
        most = Math.max(most, feed.readings().inFlight)
        return feed.readings().found === 1_000
      },
      30_000,
    )
    const seconds = (performance.now() - startedAt) / 1000
    const cpu = process.cpuUsage()
    t.comment(
      `1,000 users in ${seconds.toFixed(1)} s; ${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of CPU, all of the test`,
    )
    t.ok(seconds > 8 && seconds < 20, `${seconds} s`)
    t.ok(most <= DIRECTORY_LIMITS.inFlight)
    t.equal(parts.told.length, 1_000)
    const inStaff = parts.told.filter(
      (one) => one.kind === 'user-known' && one.memberOf.includes(STAFF),
    )
    t.equal(inStaff.length, 100)
  },
)

t.test('the queue has an end, and groups that change are asked for anew', needsSlapd, async (t) => {
  const slapd = await school(t)
  const { feed, learn, told, known } = startFeed(t, directoryAt(t, slapd.url), [YEAR_7])
  t.same(await learn('h.teacher'), [])
  feed.use({ directory: directoryAt(t, slapd.url), groups: [STAFF] })
  await until('it is told anew', () => known().at(-1)?.memberOf[0] === STAFF)
  t.same(told.filter(({ kind }) => kind === 'forgotten').length, 1, 'the password file is another')
  await slapd.kill()
  // Some may be on their way before it is seen that nobody answers.
  const { queued, inFlight } = DIRECTORY_LIMITS
  for (let i = 0; i < queued + inFlight + 7; i++) feed.ask(`user-${i}`)
  await until('it fails', () => feed.readings().state === 'failing')
  t.ok(feed.readings().queueFull >= 7)
  t.same(known().at(-1)?.memberOf, [STAFF])
  feed.use({ directory: undefined, groups: [STAFF] })
  t.match(known().at(-1), { user: 'h.teacher', memberOf: [] }, 'its word is void')
  t.match(feed.readings(), { state: 'off', queued: 0, users: 0 })
  feed.ask('h.teacher')
  t.equal(feed.readings().queued, 0)
})

t.test('nobody is asked for where no group means anything', needsSlapd, async (t) => {
  const { url } = await school(t)
  const { feed } = startFeed(t, directoryAt(t, url), [])
  feed.ask('h.teacher')
  t.match(feed.readings(), { queued: 0, connections: 0, searches: 0 })
})

t.test(
  'a server that calls itself an Active Directory is asked for groups within groups',
  needsSlapd,
  async (t) => {
    const { url } = await school(t, { saysActiveDirectory: true })
    const { feed, learn } = startFeed(t, directoryAt(t, url))
    t.same(
      await learn('h.teacher'),
      [STAFF],
      'slapd does not know the rule, and what it knows counts',
    )
    t.equal(feed.readings().followsNested, true)
  },
)

t.test('spellings of one distinguished name are one', (t) => {
  const names = new GroupNames([
    'CN=Year 12\\, set A,OU=Groups,DC=school,DC=test',
    'Staff',
    'CN=\u00c9t\u00e9,DC=x',
  ])
  const [set, staff, ete] = names.all
  t.same(names.among(['cn=year 12\\2C SET a, ou=groups , dc=School,dc=test']), [set])
  t.same(names.among(['STAFF']), [staff])
  t.same(names.among(['cn=E\u0301t\\C3\\A9,dc=x']), [ete])
  for (const other of [
    'CN=Year 12,CN=set A,OU=Groups,DC=school,DC=test',
    'CN=Staff,OU=Groups,DC=school,DC=test',
    'Staff,DC=x',
    'CN=Year 12\\, set A,OU=Groups,DC=school',
    'x',
    '',
  ])
    t.same(names.among([other]), [], other)
  t.end()
})
