import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadVendorNames, NO_VENDORS } from '#agent/identity/vendor-names.ts'
import { parseMac } from '#domain/mac-address.ts'

const SYSTEM_FILE = '/usr/share/ieee-data/oui.txt'

function mac(text: string) {
  const value = parseMac(text)
  if (!value) throw new Error(text)
  return value
}

t.test('the maker is found by the first half, also of the first and the last prefix', async (t) => {
  const file = join(
    t.testdir({
      'oui.txt': [
        'OUI/MA-L                  Organization',
        '',
        'FC-FF-FF   (hex)\t\tLast Ltd\r',
        'FCFFFF     (base 16)\t\tLast Ltd\r',
        '\t\t\t\t1 Example Street\r',
        '00-00-01   (hex)\t\tFirst <b>& Co\u0007\r',
        '28-6F-B9   (hex)\t\tMiddle, S.A.\r',
        '70-B3-D5   (hex)\t\tIEEE Registration Authority\r',
        `28-6F-BA   (hex)\t\t${'x'.repeat(200)}`,
      ].join('\n'),
    }),
    'oui.txt',
  )
  const told: string[] = []
  const names = await loadVendorNames((line) => told.push(line), ['/nowhere/oui.txt', file])
  t.equal(names.size, 4)
  t.equal(names.of(mac('fc:ff:ff:00:00:01')), 'Last Ltd')
  t.equal(names.of(mac('00:00:01:00:00:01')), 'First <b>& Co?')
  t.equal(names.of(mac('28:6f:b9:12:34:56')), 'Middle, S.A.')
  t.equal(names.of(mac('28:6f:ba:12:34:56')), 'x'.repeat(60))
  t.equal(names.of(mac('70:b3:d5:12:34:56')), undefined, 'a block of many')
  t.equal(names.of(mac('28:6f:bb:12:34:56')), undefined)
  t.equal(names.of(mac('2a:6f:b9:12:34:56')), undefined, 'made up')
  t.strictSame(told, [])
})

t.test('without the list nobody is known, which is said once', async (t) => {
  const told: string[] = []
  const names = await loadVendorNames((line) => told.push(line), ['/nowhere/oui.txt'])
  t.equal(names.of(mac('28:6f:b9:12:34:56')), undefined)
  t.strictSame(told, [NO_VENDORS])
})

const skip = existsSync(SYSTEM_FILE) ? false : 'needs the Debian package ieee-data'

t.test(
  'the whole list of the IEEE takes at most 4 MB, and nothing waits for it',
  { skip },
  async (t) => {
    let longestMs = 0
    let lastMs = performance.now()
    const watching = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - lastMs)
      lastMs = performance.now()
    }, 1)
    const names = await loadVendorNames(() => undefined)
    clearInterval(watching)
    t.comment(
      `${names.size} prefixes, ${names.bytes} bytes, longest wait ${Math.round(longestMs)} ms`,
    )
    t.ok(names.size > 30_000)
    t.ok(names.bytes <= 4_194_304)
    t.equal(names.of(mac('00:00:0c:00:00:01')), 'Cisco Systems, Inc')
  },
)
