/** Who is asking, in a school of three VLANs with real DHCP servers and real accounting: every query has the policy of who sends it. */

import { setTimeout as sleep } from 'node:timers/promises'
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
  PUPIL_TABLET,
  RANDOM_PHONE,
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

const { lab, tablet, laptop, phone, desktop, library } = await startSchool(
  t,
  `edge-lab${process.pid}`,
)

t.test('each VLAN: who is known how, and by which policy', async (t) => {
  await until(() => lab.explain(tablet.address).includes('p.upil'), KNOWN_MS_MAX)
  t.match(
    lab.explain(tablet.address),
    /group ks3: by who it is \(Wi-Fi\).*called Year 7 tablet 4 by owners.*user p\.upil by owners \(75 %, strong\)/,
  )
  t.equal(tablet.dig(CHAT).status, BLOCKED)
  const seenMs = await desktop.digUntil(CHAT, OPEN, KNOWN_MS_MAX)
  t.ok(seenMs < LOGON_MS_MAX, `known ${seenMs.toFixed()} ms after its first question`)
  t.match(lab.explain(desktop.address), /group staff.*user o\.ffice by configured \(80 %/)
  t.equal(desktop.dig(CHAT).status, OPEN, 'a device of staff in a network of pupils')
  await until(() => lab.explain(library.address).includes('library'), KNOWN_MS_MAX)
  t.match(
    lab.explain(library.address),
    /group ks3: by its network \(library\); device 00:00:5e:00:53:31 by lease \(75 %, strong\); called library by lease/,
  )
  t.equal(library.dig(CHAT).status, BLOCKED, 'behind the router, known by its lease alone')
})

t.test(
  'a pupil and a teacher on one network: another answer within a second of logging on, cached answers included',
  async (t) => {
    t.equal(laptop.dig(CHAT).status, BLOCKED, 'before')
    t.equal(laptop.dig('open.test').status, OPEN)
    const who = {
      'User-Name': 'SCHOOL\\\\t.eacher',
      'Acct-Session-Id': 's1',
      'Calling-Station-Id': TEACHER_LAPTOP,
    }
    lab.account(session('Start', { ...who, 'Framed-IP-Address': laptop.address }))
    const tookMs = await laptop.digUntil(CHAT, OPEN, 4_000)
    t.ok(tookMs < LOGON_MS_MAX, `${tookMs.toFixed()} ms`)
    t.equal(laptop.dig(CHAT).status, OPEN, 'from the cache as well')
    t.equal(tablet.dig(CHAT).status, BLOCKED, 'the pupil beside them, of the same cached answer')
    t.match(
      lab.explain(laptop.address),
      /group staff: by who it is.*user t\.eacher by radius \(95 %, certain\).*by radius \(95 %\)/,
    )
    lab.account(session('Stop', { ...who, 'Framed-IP-Address': laptop.address }))
    const offMs = await laptop.digUntil(CHAT, BLOCKED, 4_000)
    t.ok(offMs < LOGON_MS_MAX, `${offMs.toFixed()} ms after logging off`)
  },
)

t.test('a visitor who is called as a teacher is has no policy of his', async (t) => {
  const who = {
    'User-Name': 'T.eacher@Other.test',
    'Acct-Session-Id': 'v1',
    'Calling-Station-Id': TEACHER_LAPTOP,
    'Framed-IP-Address': laptop.address,
  }
  lab.account(session('Start', who))
  await until(() => lab.explain(laptop.address).includes('other.test'), KNOWN_MS_MAX)
  t.match(
    lab.explain(laptop.address),
    /group ks3: by its network \(Wi-Fi\).*user t\.eacher@other\.test by radius \(95 %/,
  )
  t.equal(laptop.dig(CHAT).status, BLOCKED)
  lab.account(session('Stop', who))
  await until(() => !lab.explain(laptop.address).includes('other.test'), KNOWN_MS_MAX)
  lab.account(
    session('Start', { ...who, 'User-Name': 't.eacher@school.test', 'Acct-Session-Id': 'v2' }),
  )
  t.ok((await laptop.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX, 'with a realm of the school')
  lab.account(session('Stop', { ...who, 'Acct-Session-Id': 'v2' }))
  t.ok((await laptop.digUntil(CHAT, BLOCKED, 4_000)) < LOGON_MS_MAX)
})

t.test('the address may come with an update, or through the lease', async (t) => {
  const who = {
    'User-Name': 't.eacher',
    'Acct-Session-Id': 's2',
    'Calling-Station-Id': LIBRARY_PC.toUpperCase().replaceAll(':', '-'),
  }
  lab.account(session('Start', who))
  t.ok(
    (await library.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX,
    'joined through the lease of Kea',
  )
  t.match(lab.explain(library.address), /user t\.eacher by radius \(90 %/)
  lab.account(session('Interim-Update', { ...who, 'Framed-IP-Address': library.address }))
  await until(() => lab.explain(library.address).includes('(95 %'), KNOWN_MS_MAX)
  lab.account(session('Stop', who))
  t.ok((await library.digUntil(CHAT, BLOCKED, 4_000)) < LOGON_MS_MAX)
})

t.test('a random MAC: marked, its owner is not believed, who logs on is', async (t) => {
  await until(() => lab.explain(phone.address).includes('h.ead'), KNOWN_MS_MAX)
  t.match(
    lab.explain(phone.address),
    /group ks3: by its network \(Wi-Fi\).*user h\.ead by owners \(50 %, fair\)/,
  )
  t.equal(phone.dig(CHAT).status, BLOCKED)
  const who = {
    'User-Name': 't.eacher',
    'Acct-Session-Id': 's3',
    'Calling-Station-Id': RANDOM_PHONE,
  }
  lab.account(session('Start', { ...who, 'Framed-IP-Address': phone.address }))
  t.ok((await phone.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX)
  lab.account(session('Stop', who))
})

t.test('somebody who takes the address of another gains nothing', async (t) => {
  const who = {
    'User-Name': 't.eacher',
    'Acct-Session-Id': 's4',
    'Calling-Station-Id': TEACHER_LAPTOP,
  }
  lab.account(session('Start', { ...who, 'Framed-IP-Address': laptop.address }))
  t.ok((await laptop.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX)
  const [theirs, own] = [laptop.address, tablet.address]
  laptop.leave()
  tablet.use(theirs)
  const tookMs = await tablet.digUntil(CHAT, BLOCKED, 10_000)
  t.ok(tookMs < KNOWN_MS_MAX, `${tookMs.toFixed()} ms`)
  tablet.use(own)
  laptop.use(theirs)
  lab.account(session('Stop', who))
})

t.test('a wrong secret, and a stranger, log nobody on', async (t) => {
  const who = {
    'User-Name': 't.eacher',
    'Acct-Session-Id': 's5',
    'Calling-Station-Id': PUPIL_TABLET,
  }
  lab.account(session('Start', { ...who, 'Framed-IP-Address': tablet.address }), 'another secret')
  desktop.account(session('Start', { ...who, 'Framed-IP-Address': tablet.address }))
  await sleep(LOGON_MS_MAX)
  t.equal(tablet.dig(CHAT).status, BLOCKED)
  t.notMatch(lab.explain(tablet.address), 't.eacher')
  lab.account(session('Start', { ...who, 'Framed-IP-Address': tablet.address }))
  t.ok((await tablet.digUntil(CHAT, OPEN, 4_000)) < LOGON_MS_MAX, 'the same from whom it may come')
  lab.account(session('Stop', who))
  await tablet.digUntil(CHAT, BLOCKED, 4_000)
})

t.test('what is noticed has a device and a person', async (t) => {
  t.equal(tablet.dig('selfharm.test').status, BLOCKED)
  const reveal = (): string => lab.edge('events', '--reveal', '--reason', 'a test', '--json')
  await until(() => reveal().includes('harm.selfharm'), KNOWN_MS_MAX)
  const text = reveal()
  t.match(text, new RegExp(`"mac": ?"${PUPIL_TABLET}"`))
  t.match(text, /"user": ?"p\.upil"/)
  t.match(text, /"device": ?"Year 7 tablet 4"/)
  t.match(text, /"confidence": ?75/)
})
