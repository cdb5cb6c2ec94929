import t from 'tap'
import { ANY_REALM, isVisitor, isWhole, readAccount } from '#agent/identity/feeds/person.ts'
import { readStation } from '#agent/identity/feeds/radius/calling-station.ts'

const MAC = '02:00:5e:00:53:01'

t.test('a device is read in every usual spelling of its MAC, whatever follows it', (t) => {
  for (const text of [
    '02:00:5e:00:53:01',
    '02-00-5E-00-53-01',
    '02 00 5E 00 53 01',
    '0200.5e00.5301',
    '0200-5e00-5301',
    '0200:5e00:5301',
    '02005e-005301',
    '02005e005301',
    ' 02-00-5E-00-53-01 ',
    '02-00-5E-00-53-01:School WiFi',
    '02:00:5e:00:53:01@ap-7',
    '02005e005301 (wlan)',
    '02-00-5E-00-53-01\u0000\u0007',
  ])
    t.equal(readStation(text), MAC, JSON.stringify(text))
  t.end()
})

t.test('what is no MAC of a device is none', (t) => {
  for (const text of [
    '',
    '192.0.2.7',
    '2001:db8::7',
    '02079460832',
    '02:00:5e:00:53',
    '02:00-5e:00-53:01',
    '02005e00530199',
    '02-00-5E-FF-FE-00-53-01',
    '02:00:5e:00:53:01:99',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:53:01',
    'x02:00:5e:00:53:01',
    '02:00:5e:00:53:0g',
  ])
    t.equal(readStation(text), undefined, JSON.stringify(text))
  t.end()
})

t.test('a name is its user without domain and realm; machines and nobody are told apart', (t) => {
  const users: readonly (readonly [string, string])[] = [
    ['H.Teacher', 'h.teacher'],
    ['SCHOOL\\H.Teacher', 'h.teacher'],
    ['h.teacher@school.test', 'h.teacher'],
    ['SCHOOL\\h.teacher@school.test', 'h.teacher'],
    [' h.teacher ', 'h.teacher'],
    ['h.teacher@a@b', 'h.teacher'],
    ['e\u0301lo\u00efse', '\u00e9lo\u00efse'],
    ['hostess', 'hostess'],
  ]
  for (const [text, user] of users)
    t.same(readAccount(text, ANY_REALM), { kind: 'person', user }, text)
  for (const text of [
    'host/pc1.school.test',
    'HOST/PC1',
    'SCHOOL\\PC1$',
    'pc1$',
    'pc1$@school.test',
  ])
    t.same(readAccount(text, ANY_REALM), { kind: 'machine' }, text)
  for (const text of ['', '  ', '@school.test', 'anonymous', 'Anonymous@school.test', 'SCHOOL\\'])
    t.same(readAccount(text, ANY_REALM), { kind: 'nobody' }, text)
  t.end()
})

t.test('only what is of a realm of the school is stripped; visitors keep the whole name', (t) => {
  const own = new Set(['school.test', 'school'])
  const isOwn = (realm: string): boolean => own.has(realm)
  for (const text of [
    'ann',
    'Ann@School.TEST',
    'SCHOOL\\ann',
    'SCHOOL\\ann@school.test',
    'school.test\\Ann',
    ' ann @school.test ',
  ])
    t.same(readAccount(text, isOwn), { kind: 'person', user: 'ann' }, text)
  for (const text of [
    'Ann@Other.TEST',
    'OTHER\\ann',
    'SCHOOL\\ann@other.test',
    'OTHER\\ann@school.test',
    'ann@school.test@other.test',
    'ann@other.test@school.test',
    'SCHOOL\\OTHER\\ann',
    'ann@other.test\\ann',
    'ann@',
    '\\ann',
    'ann@sub.school.test',
    'ann@school.test.',
  ]) {
    const account = readAccount(text, isOwn)
    t.same(account, { kind: 'person', user: text.toLowerCase() }, text)
    t.ok(isVisitor(text), text)
  }
  for (const text of ['ann@school.test\u0000', 'ann@scho\u200bol.test', 'ann@sch\u00f6ol.test'])
    t.match(readAccount(text, isOwn), { kind: 'person', user: /^ann@/ }, JSON.stringify(text))
  t.same(readAccount('anonymous@other.test', isOwn), { kind: 'nobody' })
  t.same(readAccount('@other.test', isOwn), { kind: 'nobody' })
  t.same(readAccount('PC1$@other.test', isOwn), { kind: 'machine' })
  t.same(
    readAccount('ann@school.test', () => false),
    { kind: 'person', user: 'ann@school.test' },
    'without a realm of the school nobody with a realm is local',
  )
  t.equal(isVisitor('ann'), false)
  t.end()
})

t.test('a hostile name never becomes a real one by being cleaned or cut', (t) => {
  for (const text of [
    'h.tea\u0000cher',
    'h.\u202eteacher',
    'h.\u200bteacher',
    'h.teacher\ud800',
    'h.teacher\r\nset-cookie',
    'h\u2028teacher',
  ]) {
    const account = readAccount(text, ANY_REALM)
    t.match(account, { kind: 'person', user: /\uFFFD/ }, encodeURIComponent(text.toWellFormed()))
    t.notMatch(account.kind === 'person' ? account.user : '', /[\p{Cc}\p{Cf}\p{Zl}]/u)
    t.equal(account.kind === 'person' && isWhole(account.user), false)
  }
  const long = readAccount('a'.repeat(10_000), ANY_REALM)
  t.match(long, { kind: 'person', user: /^a{127}\u2026$/ })
  t.equal(isWhole('h.teacher'), true)
  t.end()
})
