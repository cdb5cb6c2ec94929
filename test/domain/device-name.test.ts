import t from 'tap'
import { DEVICE_NAME_CHARS_MAX, deviceName } from '#domain/device-name.ts'

t.test('a usual name stays as it is', async (t) => {
  for (const name of [
    'laptop-07',
    'Tom’s iPad',
    "Ann's PC",
    'DESKTOP-4F2K',
    'pc1.school.example',
    'Größe 1',
  ])
    t.equal(deviceName(name), name)
  t.equal(deviceName('pc1.school.example.'), 'pc1.school.example', 'without the final dot')
  t.equal(deviceName('e\u0301cole'), '\u00e9cole', 'composed')
})

t.test('what says that there is no name is none', async (t) => {
  for (const name of [
    '',
    '*',
    '  ',
    'localhost',
    'LOCALHOST',
    '...',
    '\u200b',
    '\u0000',
    '<>',
    '-',
    '=',
  ])
    t.equal(deviceName(name), undefined, JSON.stringify(name))
})

t.test('what cannot be seen goes', async (t) => {
  t.equal(deviceName('ad\u0000min\u001b[2J'), 'admin[2J')
  t.equal(deviceName('a\nb\r\nc\td'), 'a b c d', 'a break separates')
  t.equal(deviceName('invoice\u202egpj.exe'), 'invoicegpj.exe', 'a mark that turns the text')
  t.equal(deviceName('pay\u200bpal\ufeff\u00ad'), 'paypal')
  t.equal(deviceName('x\u{e0041}\u{f0000}\ud800y'), 'xy', 'tags, private use, half a character')
  t.equal(deviceName(`z${'\u0301'.repeat(500)}y`), '\u017a\u0301\u0301y', 'heaped accents')
})

t.test('what opens markup or a formula goes', async (t) => {
  t.equal(deviceName('<script>alert(1)</script>'), 'scriptalert(1)/script')
  t.equal(deviceName('"><img src=x onerror=`x`>'), 'img src=x onerror=x')
  for (const lead of ['=', '+', '-', '@', ' =', '=-+'])
    t.equal(deviceName(`${lead}cmd|' /C calc'!A0`), "cmd|' /C calc'!A0", lead)
})

t.test('a long name is cut by characters, and costs no more than a short one', async (t) => {
  t.equal(deviceName('a'.repeat(DEVICE_NAME_CHARS_MAX)), 'a'.repeat(DEVICE_NAME_CHARS_MAX))
  t.equal(deviceName('a'.repeat(10_000)), `${'a'.repeat(DEVICE_NAME_CHARS_MAX - 1)}…`)
  const faces = deviceName('\u{1f600}'.repeat(300)) ?? ''
  t.equal(Array.from(faces).length, DEVICE_NAME_CHARS_MAX)
  t.notMatch(faces, /\p{Cs}/u, 'no half characters')
  const startedAt = performance.now()
  for (let i = 0; i < 200; i++) deviceName(' \u0301<\u200b'.repeat(20_000))
  t.ok(performance.now() - startedAt < 2_000)
})
