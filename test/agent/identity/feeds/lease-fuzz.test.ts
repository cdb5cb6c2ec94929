import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeDnsmasqParser } from '#agent/identity/feeds/leases/dnsmasq-leases.ts'
import { makeIscParser } from '#agent/identity/feeds/leases/isc-leases.ts'
import { makeKeaParser } from '#agent/identity/feeds/leases/kea-leases.ts'
import { LeaseReader } from '#agent/identity/feeds/leases/lease-reader.ts'
import type { LeaseRow } from '#agent/identity/feeds/leases/lease-row.ts'
import { readArpLine, readNeighbourLine } from '#agent/identity/feeds/neighbours/neighbour-line.ts'
import { DEVICE_NAME_CHARS_MAX } from '#domain/device-name.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { parseMac } from '#domain/mac-address.ts'
import { systemClock } from '#platform/clock.ts'
import { makeRandom } from '#test/load/school-lists.ts'

const SEED = 5
const FILES = 10_000
const FILE_MS_MAX = 50

const SAMPLES = {
  dnsmasq: Array.from(
    { length: 8 },
    (_, i) =>
      `1964144000 02:00:5e:00:53:0${i} 192.0.2.${i} pc-${i} 01:02:00:5e:00:53:0${i}\n196414400${i} ${i} 2001:db8::${i} pc-${i} 00:03:00:01:02:00:5e:00:53:0${i}\n`,
  ).join(''),
  kea: `address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n${Array.from(
    { length: 8 },
    (_, i) =>
      `192.0.2.${i},02:00:5e:00:53:0${i},01:02,3600,1964144000,1,0,0,pc&#x2c${i}.school.example.,${i % 4},{ }\n`,
  ).join('')}`,
  isc: Array.from(
    { length: 4 },
    (_, i) =>
      `lease 192.0.2.${i} {\n  starts 4 2026/11/26 07:00:00;\n  ends 4 2036/11/26 08:00:00;\n  binding state active;\n  hardware ethernet 02:00:5e:00:53:0${i};\n  uid "\\001\\002\\000^";\n  client-hostname "pc-${i}";\n}\nia-na "\\001\\000\\000\\000\\000\\003\\000\\001\\002\\000^\\000S\\00${i}" {\n  iaaddr 2001:db8::${i} {\n    binding state active;\n    ends never;\n  }\n}\n`,
  ).join(''),
} as const
const FORMATS = ['dnsmasq', 'kea', 'isc'] as const
const MAKE = { dnsmasq: makeDnsmasqParser, kea: makeKeaParser, isc: makeIscParser } as const
const INSERTS = [
  '\n',
  ' ',
  ',',
  '"',
  '\\',
  '{',
  '}',
  ';',
  '#',
  '\u0000',
  '\u00ff',
  ':',
  '-',
  '0',
  '99999999999999999999',
  'lease ',
  'never',
  'epoch',
  '\\777',
  '&#x0a',
  'x'.repeat(3_000),
  '{'.repeat(500),
  '"'.repeat(501),
]

function mutate(text: string, random: () => number): string {
  let bytes = text
  const at = (): number => Math.floor(random() * (bytes.length + 1))
  for (let times = 1 + Math.floor(random() * 12); times > 0; times--) {
    const place = at()
    const kind = Math.floor(random() * 5)
    if (kind === 0)
      bytes =
        bytes.slice(0, place) +
        String.fromCharCode(Math.floor(random() * 256)) +
        bytes.slice(place + 1)
    else if (kind === 1)
      bytes = bytes.slice(0, place) + bytes.slice(place + Math.floor(random() * 40))
    else if (kind === 2)
      bytes =
        bytes.slice(0, place) +
        (INSERTS[Math.floor(random() * INSERTS.length)] ?? '') +
        bytes.slice(place)
    else if (kind === 3)
      bytes = bytes.slice(0, place) + bytes.slice(at(), at()) + bytes.slice(place)
    else if (random() < 0.1) bytes = bytes.slice(0, place)
  }
  return bytes.slice(0, 60_000)
}

/** What must hold of every row, whatever the file. */
function isSound({ address, mac, name, expiresAtMs, lifetimeMs }: LeaseRow): boolean {
  return (
    parseAddress(address) !== undefined &&
    (mac === undefined || parseMac(mac) === mac) &&
    (name === undefined ||
      (name !== '' &&
        Array.from(name).length <= DEVICE_NAME_CHARS_MAX &&
        !/[\p{Cc}\p{Cf}<>"]/u.test(name))) &&
    !Number.isNaN(expiresAtMs) &&
    !Number.isNaN(lifetimeMs)
  )
}

t.test(`${FILES} mutated files: nothing throws, every row is sound`, async (t) => {
  const random = makeRandom(SEED)
  let rows = 0
  let malformed = 0
  let slowestMs = 0
  let unsound = 0
  for (let i = 0; i < FILES; i++) {
    const format = FORMATS[i % 3] ?? 'kea'
    const text = mutate(SAMPLES[format], random)
    const before = process.threadCpuUsage()
    const parser = MAKE[format]((row) => {
      rows += 1
      if (!isSound(row)) unsound += 1
    })
    for (const line of text.split('\n')) if (!parser.line(line)) malformed += 1
    const { user, system } = process.threadCpuUsage(before)
    slowestMs = Math.max(slowestMs, (user + system) / 1000)
  }
  t.comment(`${rows} rows, ${malformed} malformed lines, slowest file ${slowestMs.toFixed(1)} ms`)
  t.ok(rows > FILES, 'most of a mutated file is still read')
  t.ok(malformed > FILES)
  t.equal(unsound, 0)
  t.ok(slowestMs < FILE_MS_MAX)
})

t.test('mutated files on disk: the reader goes on', async (t) => {
  const random = makeRandom(SEED + 1)
  const folder = t.testdir()
  for (const format of FORMATS) {
    const path = join(folder, format)
    const reader = new LeaseReader(path, format, systemClock)
    for (let i = 0; i < 200; i++) {
      writeFileSync(path, Buffer.from(mutate(SAMPLES[format], random), 'latin1'))
      const reading = await reader.read()
      if (!('kind' in reading)) t.fail(reading.detail)
    }
    writeFileSync(path, SAMPLES[format])
    reader.forget()
    let size = 0
    for (let i = 0; i < 4; i++) {
      const reading = await reader.read()
      if ('rows' in reading) size = Math.max(size, reading.rows.size)
    }
    t.ok(size >= 2, `${format}: ${size} rows of a good file afterwards`)
  }
})

t.test('mutated lines of neighbour tables: nothing throws', async (t) => {
  const random = makeRandom(SEED + 2)
  const lines = [
    'Deleted 192.0.2.7 dev eth0 lladdr 02:00:5e:00:53:07 router extern_learn STALE',
    '192.0.2.7        0x1         0x2         02:00:5e:00:53:07     *        eth0',
  ]
  for (let i = 0; i < 20_000; i++) {
    const line = mutate(lines[i % 2] ?? '', random)
    for (const entry of [readNeighbourLine(line), readArpLine(line)])
      if (entry !== undefined && entry !== 'skip' && parseAddress(entry.address) === undefined)
        t.fail(line)
  }
})
