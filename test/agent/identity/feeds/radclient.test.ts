/** FreeRADIUS's own client as the judge of packets and answers. */
import { execFile, execFileSync } from 'node:child_process'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startRadius } from '#agent/identity/feeds/radius/start-radius.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { testFeedParts } from '#test/support/feed-parts.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const RADCLIENT = '/usr/bin/radclient'
const skip = existsSync(RADCLIENT) ? false : 'needs radclient (Debian package freeradius-utils)'
const SECRET = 'correct-horse-battery'

/** Runs it without blocking this process, which has to answer. */
function radclient(
  port: number,
  secret: string,
  input: string,
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    const words = ['-x', '-t', '1', '-r', '1', `127.0.0.1:${port}`, 'acct', secret]
    const child = execFile(RADCLIENT, words, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: out + err }),
    )
    child.stdin?.end(input)
  })
}

async function startLab(t: Test) {
  const parts = testFeedParts()
  const secretFile = join(shortFolder(t), 'secret')
  writeFileSync(secretFile, `${SECRET}\n`)
  chmodSync(secretFile, 0o600)
  const from = parseCidr('127.0.0.0/8')
  if (!from) throw new Error('no network')
  const listen = [{ address: '127.0.0.1', port: 0 }]
  const realms = ['school', 'school.test']
  const feed = startRadius({ listen, clients: [{ from, secretFile }], realms }, parts)
  await feed.settled()
  t.teardown(() => feed.close())
  return { ...parts, feed, port: feed.listening()[0]?.port ?? 0 }
}

t.test('radclient logs a user on and off, and takes the answers for right', { skip }, async (t) => {
  t.match(execFileSync(RADCLIENT, ['-v'], { encoding: 'utf8' }), /version/i)
  const { feed, port, told } = await startLab(t)
  const packet = (status: string, more = ''): string =>
    `Acct-Status-Type = ${status}, Acct-Session-Id = "5F2A-1", User-Name = "SCHOOL\\\\h.teacher", ` +
    `Calling-Station-Id = "02-00-5E-00-53-01", NAS-Identifier = "ap-1", NAS-IP-Address = 192.0.2.5${more}\n`
  const address = ', Framed-IP-Address = 192.0.2.7, Framed-IPv6-Address = 2001:db8::7'
  for (const input of [
    packet('Start', ', Message-Authenticator = 0x00'),
    packet('Interim-Update', `${address}, Acct-Interim-Interval = 600`),
    packet('Stop'),
    'Acct-Status-Type = Accounting-On, NAS-Identifier = "ap-1"\n',
  ]) {
    const { code, said } = await radclient(port, SECRET, input)
    t.equal(code, 0, said)
    t.match(said, /Received Accounting-Response/)
    t.notMatch(said, /invalid|failed|shared secret is incorrect/i)
  }
  t.match(told, [
    { kind: 'logged-on', user: 'h.teacher', mac: '02:00:5e:00:53:01', addresses: [] },
    { kind: 'logged-on', addresses: ['192.0.2.7', '2001:db8::7'], lastsMs: 1_800_000 },
    { kind: 'logged-off' },
  ])
  const before = told.length
  const wrong = await radclient(port, 'another-secret-here', packet('Start'))
  t.not(wrong.code, 0)
  t.match(wrong.said, /No reply/i)
  t.equal(told.length, before)
  t.equal(feed.readings().outcomes['wrong-secret'], 1)
})

t.test('who is of another realm is a visitor by the whole name', { skip }, async (t) => {
  const { port, told } = await startLab(t)
  for (const [i, name] of ['Ann@school.test', 'Ann@Other.TEST', 'OTHER\\\\ann'].entries()) {
    const { code, said } = await radclient(
      port,
      SECRET,
      `Acct-Status-Type = Start, Acct-Session-Id = "r${i}", User-Name = "${name}", ` +
        'Calling-Station-Id = "02-00-5E-00-53-01", NAS-Identifier = "ap-1"\n',
    )
    t.equal(code, 0, said)
  }
  t.match(told, [{ user: 'ann' }, { user: 'ann@other.test' }, { user: 'other\\ann' }])
  t.equal(told.length, 3)
})
