/** A group that only the directory knows, from the logon to the answer: a whole agent, real accounting and a real slapd beside it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { namespacesMissing } from '#test/support/namespaces.ts'
import { BASE, FILTER_DN, FILTER_PASSWORD, groupDn, startSlapd } from '#test/support/slapd.ts'
import type { LabMachine } from './lab-machine.ts'
import { until } from './lab-support.ts'
import { SchoolLab } from './school-lab.ts'
import {
  BLOCKED,
  CHAT,
  KNOWN_MS_MAX,
  LOGON_MS_MAX,
  OPEN,
  POLICY,
  radiusFrom,
  session,
} from './start-school.ts'

const skip = namespacesMissing([
  ['slapd', 'slapd'],
  ['radclient', 'freeradius-utils'],
  ['dig', 'dnsutils'],
  ['bridge', 'iproute2'],
])
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

/** Of the staff room alone. */
const STAFF_ROOM = 'staff-room.test'

const lab = new SchoolLab(t, `edge-dl${process.pid}`)
const slapd = await startSlapd(t, {
  namespace: lab.box.name,
  users: ['l.dap', 'y.twelve', 'y.seven', 'l.ate'],
  groups: { Staff: ['l.dap', 'l.ate'], 'Year 12': ['y.twelve'], 'Year 7': ['y.seven'] },
})
const passwordFile = join(lab.folder, 'ldap-password')
writeFileSync(passwordFile, `${FILTER_PASSWORD}\n`, { mode: 0o600 })
const desk = lab.machine('desk', 10, '00:00:5e:00:53:61')
const bench = lab.machine('bench', 10, '00:00:5e:00:53:62')
desk.use('192.0.2.61')
bench.use('192.0.2.62')
await lab.startAgent({
  ...POLICY,
  deny: [
    { name: CHAT, reason: 'a test', groups: ['ks1', 'ks2', 'ks3', 'ks4'] },
    { name: STAFF_ROOM, reason: 'a test', groups: ['ks1', 'ks2', 'ks3', 'ks4', 'ks5'] },
  ],
  identity: {
    assign: [
      { 'member-of': groupDn('Staff'), group: 'staff' },
      { 'member-of': groupDn('Year 12'), group: 'ks5' },
      { 'member-of': groupDn('Year 7'), group: 'ks3' },
    ],
    directory: {
      url: slapd.url,
      base: BASE,
      'bind-dn': FILTER_DN,
      'password-file': passwordFile,
    },
    names: { reverse: false },
    radius: radiusFrom(lab),
  },
})

function who(user: string, machine: LabMachine): Readonly<Record<string, string>> {
  return {
    'User-Name': `${user}@school.test`,
    'Calling-Station-Id': machine.mac,
    'Framed-IP-Address': machine.address,
  }
}
let logons = 0
/** Answers how to log off again. */
function logOn(user: string, machine: LabMachine): () => void {
  const told = { ...who(user, machine), 'Acct-Session-Id': `d${logons++}` }
  lab.account(session('Start', told))
  return () => lab.account(session('Stop', told))
}

t.test('the box asks before anybody has logged on', async (t) => {
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (const machine of [desk, bench])
    t.ok((await machine.digUntil(CHAT, BLOCKED, KNOWN_MS_MAX)) < KNOWN_MS_MAX)
  await until(() => lab.explain(desk.address).includes(desk.mac))
})

t.test('who is in a group of staff has another answer, at the first logon as well', async (t) => {
  const logOff = logOn('l.dap', desk)
  t.ok((await desk.digUntil(STAFF_ROOM, OPEN, 4_000)) < LOGON_MS_MAX, 'asked for the first time')
  t.match(
    lab.explain(desk.address),
    /group staff: by who it is \(Wi-Fi\).*user l\.dap by radius \(95 %, certain\); the group is theirs by radius \(95 %\)/,
  )
  logOff()
  t.ok((await desk.digUntil(STAFF_ROOM, BLOCKED, 4_000)) < LOGON_MS_MAX)
})

t.test('pupils have the answers of their years, on one network', async (t) => {
  const logOff = [logOn('y.twelve', desk), logOn('y.seven', bench)]
  t.ok((await desk.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX)
  t.equal(desk.dig(STAFF_ROOM).status, BLOCKED)
  t.match(lab.explain(desk.address), /group ks5: by who it is.*user y\.twelve/)
  await until(() => lab.explain(bench.address).includes('the group is theirs'))
  t.match(lab.explain(bench.address), /group ks3: by who it is.*user y\.seven/)
  t.equal(bench.dig(CHAT).status, BLOCKED)
  for (const end of logOff) end()
  t.ok((await desk.digUntil(CHAT, BLOCKED, 4_000)) < LOGON_MS_MAX)
})

t.test('while the directory is slow a newcomer has the group of the network', async (t) => {
  await slapd.pause()
  const logOff = logOn('l.ate', desk)
  await until(() => lab.explain(desk.address).includes('user l.ate'))
  t.match(
    lab.explain(desk.address),
    /group ks3: by its network \(Wi-Fi\).*user l\.ate by radius \(95 %/,
  )
  t.equal(desk.dig(CHAT).status, BLOCKED)
  slapd.goOn()
  t.ok((await desk.digUntil(CHAT, OPEN, 10_000)) < KNOWN_MS_MAX, 'as soon as it answers')
  logOff()
  t.ok((await desk.digUntil(CHAT, BLOCKED, 4_000)) < LOGON_MS_MAX)
})

t.test(
  'who is known has the answer within a second of logging on, though the directory is gone',
  async (t) => {
    await slapd.kill()
    logOn('l.dap', desk)
    t.ok((await desk.digUntil(STAFF_ROOM, OPEN, 4_000)) < LOGON_MS_MAX)
    t.equal(bench.dig(STAFF_ROOM).status, BLOCKED, 'of the same cached answer')
  },
)
