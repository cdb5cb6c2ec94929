/** What ends, and when: leases, logons, what was known of an address that its device has left, and fights over one. */
import t from 'tap'
import { namespacesMissing } from '#test/support/namespaces.ts'
import { until } from './lab-support.ts'
import {
  BLOCKED,
  CHAT,
  KNOWN_MS_MAX,
  LIBRARY_PC,
  LOGON_MS_MAX,
  OPEN,
  SCHOOL_PROGRAMS,
  session,
  startSchool,
  TEACHER_LAPTOP,
} from './start-school.ts'

const skip = namespacesMissing(SCHOOL_PROGRAMS)
if (skip) {
  t.pass('skipped', { skip })
  process.exit(0)
}

const LEASE_SECONDS = 10
/** From the end that a lease or a session has to the first answer by it: both are looked at twice a second or so. */
const ENDED_MS_MAX = 3_000
/** What a fight over an address is remembered for, from its last blow. */
const PEACE_MS = 60_000
const SHARED = '192.0.2.60'
const TROLLEY = '00:00:5e:00:53:13'

const { lab, tablet, laptop, library } = await startSchool(t, `edge-cg${process.pid}`, {
  leaseSeconds: LEASE_SECONDS,
  owners: [`${LIBRARY_PC},librarian,,staff`],
})
const trolley = lab.machine('trolley', 10, TROLLEY)
trolley.use(SHARED)
const atTrolley = {
  'User-Name': 't.eacher',
  'Acct-Session-Id': 'trolley',
  'Calling-Station-Id': TROLLEY,
  'Framed-IP-Address': SHARED,
}
let foughtAtMs = 0

t.test('two devices that fight over an address: the stricter answer for both', async (t) => {
  await until(() => lab.explain(tablet.address).includes('p.upil'))
  lab.account(session('Start', atTrolley))
  t.ok((await trolley.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX, 'a teacher has it alone')
  const own = tablet.address
  tablet.use(SHARED)
  const fight = (): boolean => {
    for (const machine of [tablet, trolley]) {
      machine.forgetNeighbours()
      machine.dig('open.test')
    }
    return lab.explain(SHARED).includes('sources disagree about this address, so it opens nothing')
  }
  await until(fight)
  t.match(
    lab.explain(SHARED),
    /group ks3: by its network \(Wi-Fi\); device 00:00:5e:00:53:1[13] by neighbour \(30 %, weak\)/,
  )
  t.notMatch(lab.explain(SHARED), /\((?:[4-9]\d|100) %/, 'nothing of it is more than weak')
  for (const machine of [trolley, tablet]) {
    machine.forgetNeighbours()
    t.ok((await machine.digUntil(CHAT, BLOCKED, 4_000)) < KNOWN_MS_MAX)
  }
  tablet.use(own)
  trolley.forgetNeighbours()
  trolley.dig('open.test')
  foughtAtMs = performance.now()
})

t.test('a logon ends three intervals of updates after the last word of it', async (t) => {
  const lastsMs = 8_000
  // Three minutes, less what the controller says that its word was on the way.
  const delayed = { 'Acct-Interim-Interval': '60', 'Acct-Delay-Time': String(180 - lastsMs / 1000) }
  const who = {
    'User-Name': 't.eacher',
    'Acct-Session-Id': 'c1',
    'Calling-Station-Id': TEACHER_LAPTOP,
    'Framed-IP-Address': laptop.address,
  }
  lab.account(session('Start', { ...who, ...delayed }))
  const startedAtMs = performance.now()
  t.ok((await laptop.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX)
  t.match(lab.explain(laptop.address), /user t\.eacher by radius \(95 %, certain\)/)
  await laptop.digUntil(CHAT, BLOCKED, 20_000)
  const lastedMs = performance.now() - startedAtMs
  t.ok(lastedMs > lastsMs - LOGON_MS_MAX, `not before its time: ${lastedMs.toFixed()} ms`)
  t.ok(lastedMs < lastsMs + ENDED_MS_MAX, `${lastedMs.toFixed()} ms`)
  t.notMatch(lab.explain(laptop.address), 't.eacher')
})

t.test('what is known of an address ends with its lease', async (t) => {
  t.ok((await library.digUntil(CHAT, OPEN, 4_000)) < KNOWN_MS_MAX)
  t.match(lab.explain(library.address), /group staff: .*device 00:00:5e:00:53:31 by lease \(75 %/)
  await library.stopRenewing()
  const tookMs = await library.digUntil(CHAT, BLOCKED, 30_000)
  t.ok(tookMs < LEASE_SECONDS * 1000 + ENDED_MS_MAX, `${tookMs.toFixed()} ms`)
  t.match(
    lab.explain(library.address),
    /group ks3: by its network \(library\); nothing is known of who that is/,
  )
})

t.test(
  'device and person move to another VLAN; whoever takes the address they had gains nothing',
  async (t) => {
    const who = {
      'User-Name': 't.eacher',
      'Acct-Session-Id': 'c2',
      'Calling-Station-Id': TEACHER_LAPTOP,
    }
    lab.account(session('Start', { ...who, 'Framed-IP-Address': laptop.address }))
    t.ok((await laptop.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX)
    const left = laptop.address
    await laptop.moveTo(30)
    const tookMs = await laptop.digUntil(CHAT, OPEN, 10_000)
    t.ok(tookMs < KNOWN_MS_MAX, `${tookMs.toFixed()} ms after its new lease`)
    t.match(
      lab.explain(laptop.address),
      /group staff: by who it is \(library\); device 00:00:5e:00:53:12 by lease \(75 %.*user t\.eacher by radius \(90 %, certain\)/,
    )
    lab.account(session('Interim-Update', { ...who, 'Framed-IP-Address': laptop.address }))
    await until(
      () => lab.explain(laptop.address).includes('t.eacher by radius (95 %'),
      KNOWN_MS_MAX,
    )
    const own = tablet.address
    tablet.use(left)
    const takenMs = await tablet.digUntil(CHAT, BLOCKED, 10_000)
    t.ok(takenMs < KNOWN_MS_MAX, `${takenMs.toFixed()} ms`)
    await until(() => lab.explain(left).includes('00:00:5e:00:53:11'))
    t.match(lab.explain(left), /group ks3: by its network \(Wi-Fi\)/)
    t.notMatch(lab.explain(left), /t\.eacher/)
    t.equal(laptop.dig(CHAT).status, OPEN, 'who moved is still who she is')
    tablet.use(own)
    lab.account(session('Stop', who))
    t.ok((await laptop.digUntil(CHAT, BLOCKED, 4_000)) < LOGON_MS_MAX)
  },
)

t.test('a fight is over a minute after its last blow', async (t) => {
  await trolley.digUntil(CHAT, OPEN, PEACE_MS + KNOWN_MS_MAX)
  const quietMs = performance.now() - foughtAtMs
  t.ok(quietMs > PEACE_MS - LOGON_MS_MAX, `not before: ${quietMs.toFixed()} ms`)
  t.ok(quietMs < PEACE_MS + KNOWN_MS_MAX, `${quietMs.toFixed()} ms`)
  t.match(lab.explain(SHARED), /group staff.*user t\.eacher by radius \(95 %, certain\)/)
})
