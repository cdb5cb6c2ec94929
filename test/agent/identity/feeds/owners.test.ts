import { randomBytes } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { OWNER_LIMITS } from '#agent/identity/feeds/owners/owner-limits.ts'
import { readOwners } from '#agent/identity/feeds/owners/read-owners.ts'
import { type OwnersFeed, startOwners } from '#agent/identity/feeds/owners/start-owners.ts'
import { isFailure } from '#domain/failure.ts'
import { type TestFeedParts, testFeedParts } from '#test/support/feed-parts.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const groups = new Set(['staff', 'ks3'])
const MAC = '02:00:5e:00:53:01'
const OTHER = '02:00:5e:00:53:02'
const cleanName = (text: string): string | undefined => text || undefined

/** What a text says: owners by MAC, or the fault. */
function read(text: string) {
  const steps = readOwners(text, { groups, cleanName })
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function ownersOf(text: string) {
  const outcome = read(text)
  if (isFailure(outcome)) throw new Error(outcome.detail)
  return outcome.owners
}

const refusedOf = (text: string): readonly string[] => {
  const outcome = read(text)
  if (isFailure(outcome)) throw new Error(outcome.detail)
  return outcome.refusedRows.map(({ line, reason }) => `${line}: ${reason}`)
}

t.test('exports of the usual managers are read by their titles, in any order', (t) => {
  const expected = [{ macs: [MAC], name: 'Trolley 4 - 12', user: 'a.pupil', group: undefined }]
  for (const text of [
    'Device name,Serial,Wi-Fi MAC,Assigned user\nTrolley 4 - 12,C02X,02005E005301,a.pupil@school.test\n',
    'MAC address;Username;Computer Name\r\n02-00-5E-00-53-01;SCHOOL\\A.Pupil;Trolley 4 - 12\r\n',
    '"Primary user UPN"\t"Wi-Fi MAC"\t"Device name"\n"A.Pupil@school.test"\t"0200.5e00.5301"\t"Trolley 4 - 12"',
    'sep=;\r\nOwner;macAddress;Asset tag\r\na.pupil;02:00:5e:00:53:01;Trolley 4 - 12',
    '\uFEFFUser,MAC,Name,Notes\n\n a.pupil , 02:00:5e:00:53:01 ,Trolley 4 - 12,"two\nlines, and ""quotes"""\n',
    '[{"wifiMac":"02005e005301","annotatedUser":"a.pupil@school.test","deviceName":"Trolley 4 - 12","x":{"y":["}"]}}]',
  ])
    t.same(ownersOf(text), expected, text)
  t.end()
})

t.test('all MACs of a row are the same owner, and a serial serves for a name', (t) => {
  t.same(
    ownersOf(
      `Serial number,Ethernet MAC,Wi-Fi MAC,Email,Group\nC02X,${OTHER},${MAC},t@school.test,Staff\n`,
    ),
    [{ macs: [MAC, OTHER], name: 'C02X', user: 't', group: 'staff' }],
  )
  t.same(ownersOf(`[{"mac":["${MAC}","${OTHER}"],"user":"PC1$"}]`)[0], {
    macs: [MAC, OTHER],
    name: undefined,
    user: undefined,
    group: undefined,
  })
  t.end()
})

t.test('a bad row is refused with its line and what it says, and the others count', (t) => {
  const text = [
    'MAC,User,Group',
    `${MAC},a,ks3`,
    '02:00:5e,b,ks3',
    ',c,ks3',
    `${OTHER},d,Year 7 iPads`,
    `${MAC},e,ks3`,
    `${OTHER},f,ks3,more`,
    '"ff:ff:ff:ff:ff:ff\u202e<script>",g,ks3',
    `"${OTHER}","h`,
  ].join('\n')
  t.same(refusedOf(text), [
    '3: "02:00:5e" is no MAC address of a device',
    '4: it has no MAC address',
    '5: "Year 7 iPads" is no group of the configuration',
    `6: ${MAC} stands in line 2 already`,
    '7: it has 4 fields, the titles are 3',
    '8: "ff:ff:ff:ff:ff:ff\uFFFD<script>" is no MAC address of a device',
  ])
  t.same(
    ownersOf(text).map(({ user }) => user),
    ['a', 'h'],
    'a quote that nobody closes ends with the file',
  )
  t.same(refusedOf(`[\n{"mac":"${MAC}"},\n\n{"mac":"x"}, {"user":"a"}]`), [
    '4: "x" is no MAC address of a device',
    '4: it has no MAC address',
  ])
  t.end()
})

t.test('a file that is none is told of as a whole', (t) => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['', /holds no row/],
    ['MAC,User\n', /holds no row/],
    ['Name,User\na,b\n', /no column is called "MAC address".*begins with "Name, User"/],
    ['<html><body>Sign in</body></html>', /no column is called/],
    ['MAC\nx\ny\n', /none of its 2 rows counts; line 2: "x" is no MAC/],
    ['{"devices":[]}', /line 1: a list of objects begins with \[/],
    ['[\n{"mac":"a"\n', /line 2: the object that begins here has no end/],
    ['[{"mac":1,}]', /line 1: the object that begins here is no JSON/],
    ['[1]', /here an object is to begin/],
    [`[{"mac":"${MAC}"}] x`, /something follows the list/],
  ]
  for (const [text, detail] of faults)
    t.match(read(text), { failure: 'owners-unusable', detail }, text)
  t.end()
})

t.test('rows beyond the limit are refused; refused ones are counted and some kept', (t) => {
  const rows = Array.from(
    { length: OWNER_LIMITS.rows + 150 },
    (_, i) => `02005e${i.toString(16).padStart(6, '0')},u${i}`,
  )
  const outcome = read(`MAC,User\n${rows.join('\n')}\n`)
  if (isFailure(outcome)) throw new Error(outcome.detail)
  t.same(
    [outcome.owners.length, outcome.rows, outcome.refused, outcome.refusedRows.length],
    [OWNER_LIMITS.rows, OWNER_LIMITS.rows + 150, 150, OWNER_LIMITS.refusedKept],
  )
  t.match(outcome.refusedRows[0], {
    line: OWNER_LIMITS.rows + 2,
    reason: /at most 20000 rows count/,
  })
  t.end()
})

t.test('a file of one endless thing is refused soon, and in short steps', (t) => {
  const many = 1_500_000
  const endless: Readonly<Record<string, readonly [string, RegExp]>> = {
    'a string of JSON': [
      `[{"mac":"${'x'.repeat(many)}"}]`,
      /line 1: the object that begins here has no end within/,
    ],
    'a string that escapes and never ends': [`[{"${'\\"'.repeat(many / 2)}`, /no end within/],
    braces: [`[${'{'.repeat(many)}`, /no end within/],
    'space in a list': [`[${' \n'.repeat(many)}x`, /here an object is to begin/],
    quotes: [`MAC\n${'"'.repeat(many)}`, /line 2: a row of more than 500000 characters/],
    'a quoted field of lines': [`MAC\n"${'\n'.repeat(many)}`, /line 2: a row of more than/],
    commas: [`MAC\n${','.repeat(many)}`, /line 2: a row of more than/],
    'empty lines': ['\n'.repeat(50_000), /holds no row/],
  }
  for (const [what, [text, fault]] of Object.entries(endless)) {
    const steps = readOwners(text, { groups, cleanName })
    let longestMs = 0
    for (;;) {
      const { user, system } = process.threadCpuUsage()
      const step = steps.next()
      const after = process.threadCpuUsage()
      longestMs = Math.max(longestMs, (after.user - user + after.system - system) / 1000)
      if (!step.done) continue
      t.match(step.value, { failure: 'owners-unusable', detail: fault }, what)
      break
    }
    t.ok(longestMs < 150, `${what}: ${longestMs.toFixed()} ms in one step`)
  }
  t.end()
})

t.test('files of chance never throw', (t) => {
  const good = `MAC,User,Name\n"${MAC}",a,"x, ""y"""\n${OTHER};b\n`
  const json = `[{"mac":"${MAC}","user":"a\\"}"},{"mac":"${OTHER}"}]`
  const change = fc.record({
    at: fc.nat(100),
    to: fc.constantFrom(...'",;\n\t[]{}\\\u0000\u202eé'.split('')),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(good, json),
      fc.array(change, { maxLength: 6 }),
      (text, changes) => {
        const letters = Array.from(text)
        for (const { at, to } of changes) letters[at % letters.length] = to
        read(letters.join(''))
      },
    ),
    { numRuns: 10_000, seed: 7 },
  )
  t.end()
})

interface Lab extends TestFeedParts {
  readonly feed: OwnersFeed
  readonly file: string
  /** Replaces the file by a rename, as an export does. */
  readonly write: (content: string | Uint8Array) => void
}

function startLab(t: Test, first?: string): Lab {
  const file = join(shortFolder(t), 'owners.csv')
  const write = (content: string | Uint8Array): void => {
    writeFileSync(`${file}.new`, content)
    renameSync(`${file}.new`, file)
  }
  if (first !== undefined) write(first)
  const parts = testFeedParts()
  const feed = startOwners({ file, groups }, { ...parts, cleanName })
  t.teardown(() => feed.close())
  return { ...parts, feed, file, write }
}

t.test('the file is followed; each import replaces the one before', async (t) => {
  const { feed, told, write, file, said } = startLab(t, `MAC,User,Group\n${MAC},a,ks3\nx,b,ks3\n`)
  await until('the first import', () => feed.readings().imports === 1)
  const owner = { kind: 'owner-known', source: 'owners', name: undefined, group: 'ks3' }
  t.same(told, [{ ...owner, mac: MAC, user: 'a' }])
  t.match(
    said.join('\n'),
    /owners: .*owners\.csv: 1 of 2 rows are refused; line 3: \\?"x\\?" is no MAC/,
  )
  const startedAt = performance.now()
  write(`MAC,User,Group\n${OTHER},c,ks3\n`)
  await until('the second import', () => feed.readings().imports === 2)
  t.ok(performance.now() - startedAt < 1_000, 'within a second')
  t.same(told.slice(1), [
    { kind: 'owner-gone', source: 'owners', mac: MAC },
    { ...owner, mac: OTHER, user: 'c' },
  ])
  write('<html>Sign in</html>')
  await until('the fault', () => feed.readings().failures === 1)
  t.match(feed.readings(), {
    devices: 1,
    fault: /no column is called .*; the owners before it stay/,
  })
  rmSync(file)
  await until('the file is gone', () => feed.readings().failures === 2)
  t.match(feed.readings(), { devices: 1, fault: /no such file; the owners before it stay/ })
  t.equal(told.length, 3, 'what was in force stays')
  write(`MAC,User\n${MAC},d\n`)
  await until('the third import', () => feed.readings().imports === 3)
  t.match(feed.readings(), { devices: 1, fault: undefined, refused: 0 })
})

t.test(
  'a group that the configuration gets is believed without a change of the file',
  async (t) => {
    const { feed, told, file } = startLab(t, `MAC,Group\n${MAC},ks5\n${OTHER},ks3\n`)
    await until('the first import', () => feed.readings().imports === 1)
    feed.use({ file, groups: new Set(['staff', 'ks3', 'ks5']) })
    await until('the second import', () => feed.readings().imports === 2)
    t.equal(feed.readings().devices, 2)
    feed.use({ file: undefined, groups })
    t.match(told.at(-1), { kind: 'forgotten', source: 'owners' })
    t.match(feed.readings(), { devices: 0, rows: 0 })
  },
)

t.test('of another file that cannot be read nothing stays, and nothing else is said', async (t) => {
  const { feed, file } = startLab(t, `MAC\n${MAC}\n`)
  await until('the import', () => feed.readings().imports === 1)
  feed.use({ file: `${file}.other`, groups })
  await until('the fault', () => feed.readings().failures === 1)
  t.match(feed.readings(), { devices: 0, fault: /no such file; no owner is known/ })
  feed.use({ file: '/dev/zero', groups })
  await until('the fault', () => feed.readings().failures === 2)
  t.match(feed.readings(), { fault: /it is no file/ })
})

t.test('Excel\u2019s UTF-16 and the old Windows letters are read', async (t) => {
  const { feed, told, write } = startLab(t, `MAC,Name\n${MAC},x\n`)
  await until('the first import', () => feed.readings().imports === 1)
  const text = `MAC\tDevice name\n${MAC}\tÉloïse\u2019s\n`
  write(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))
  await until('UTF-16', () => feed.readings().imports === 2)
  t.match(told.at(-1), { name: 'Éloïse\u2019s' })
  write(Buffer.concat([Buffer.from(`MAC;Name\n${MAC};Z`), Buffer.from([0xfc, 0x92, 0x0a])]))
  await until('Windows-1252', () => feed.readings().imports === 3)
  t.match(told.at(-1), { name: 'Zü\u2019' })
})

t.test('20,000 rows are read between other work; a longer file is not', async (t) => {
  const { feed, told, write } = startLab(t, `MAC\n${MAC}\n`)
  await until('the first import', () => feed.readings().imports === 1)
  const rows = Array.from(
    { length: 20_000 },
    (_, i) =>
      `Device ${i},02005e${i.toString(16).padStart(6, '0')},user-${i}@school.test,ks3,${randomBytes(60).toString('hex')}`,
  )
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  write(`Device name,Wi-Fi MAC,Assigned user,Group,Notes\n${rows.join('\n')}\n`)
  await until('CSV', () => feed.readings().imports === 2, 20_000)
  const csvMs = delay.percentile(99) / 1e6
  delay.reset()
  const objects = rows.map((row) => {
    const [name, mac, user, group, notes] = row.split(',')
    return { name, mac, user, group, notes }
  })
  write(JSON.stringify(objects, undefined, 1))
  await until('JSON', () => feed.readings().imports === 3, 20_000)
  delay.disable()
  t.comment(
    `event loop p99: ${csvMs.toFixed(1)} ms with CSV, ${(delay.percentile(99) / 1e6).toFixed(1)} ms with JSON; longest ${(delay.max / 1e6).toFixed(1)} ms`,
  )
  t.equal(feed.readings().devices, 20_000)
  t.equal(told.length, 1 + 1 + 2 * 20_000)
  write(Buffer.alloc(OWNER_LIMITS.fileBytes + 1, 'a'))
  await until('the fault', () => feed.readings().failures === 1)
  t.match(feed.readings().fault, /16777217 bytes; at most 16777216 are read/)
  t.equal(feed.readings().devices, 20_000)
})
