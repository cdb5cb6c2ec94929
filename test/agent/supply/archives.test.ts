/** Packed lists, and archives made to do harm: nothing is written but what was chosen, and nothing grows without end. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { unknownAmong } from '#agent/rules/unknown-folders.ts'
import { foldersIn } from '#agent/supply/folders-in.ts'
import { unpackList } from '#agent/supply/unpack/unpack-list.ts'
import type { Ut1Use } from '#rules/parse/ut1-categories.ts'
import { namesText } from '#test/support/list-server.ts'
import { tarOf, zipOf } from '#test/support/make-archive.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeBox, makeList } from './supply-support.ts'

const MIB = 1_048_576
const TEXT = 'a.test\nb.test\n'
const FOLDERS = [
  { path: 'blacklists/', type: '5' },
  { path: 'blacklists/games/domains', body: namesText(20, 'games.test') },
  { path: 'blacklists/games/usage', body: 'black\n' },
  { path: 'blacklists/press/domains', body: 'unused.test\n' },
  { path: 'blacklists/press/usage', body: 'black\n' },
  // Of which nothing is known.
  { path: 'blacklists/constructor/domains', body: 'unused.test\n' },
  { path: 'blacklists/constructor/usage', body: 'black\n' },
  { path: 'blacklists/__proto__/domains', body: 'unused.test\n' },
  { path: 'blacklists/new\u202e one/domains', body: 'unused.test\n' },
  { path: 'blacklists/readme/text', body: 'no list\n' },
]

/** What the configuration says of them. */
const NAMED = new Map<string, Ut1Use>([
  ['constructor', 'prod.webmail'],
  ['__proto__', 'off'],
  ['games', 'off'],
])

interface Unpacked {
  readonly fault: string | undefined
  readonly text: string | undefined
}

async function unpacked(
  bytes: Buffer,
  options: { readonly member?: string; readonly bytesMax?: number } = {},
): Promise<Unpacked> {
  const folder = shortFolder(t)
  const file = join(folder, 'packed')
  const target = join(folder, 'target')
  writeFileSync(file, bytes)
  const { member, bytesMax = 16 * MIB } = options
  const fault = await unpackList({ file, target, member, bytesMax })
  t.strictSame(
    readdirSync(folder).filter((name) => name !== 'packed' && name !== 'target'),
    [],
    'nothing beside the target',
  )
  const { readFileSync } = await import('node:fs')
  return {
    fault: fault && `${fault.failure}: ${fault.detail}`,
    text: fault ? undefined : readFileSync(target, 'utf8'),
  }
}

t.test('plain, gzip, tar, gzipped tar and zip all give the list', async (t) => {
  const tar = tarOf([
    { path: 'lists/', type: '5' },
    { path: './lists/a.txt', body: TEXT },
  ])
  for (const [what, bytes] of [
    ['plain', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['gzip in members', Buffer.concat([gzipSync('a.test\n'), gzipSync('b.test\n')])],
    ['tar', tar],
    ['tar.gz', gzipSync(tar)],
    ['zip', zipOf([{ path: 'a.txt', body: TEXT }])],
    ['stored zip', zipOf([{ path: 'a.txt', body: TEXT, isStored: true }])],
  ] as const)
    t.strictSame(await unpacked(bytes), { fault: undefined, text: TEXT }, what)
  t.strictSame(await unpacked(Buffer.alloc(0)), { fault: undefined, text: '' }, 'an empty file')
})

t.test('a member is named, or it is the only one', async (t) => {
  const entries = [
    { path: 'readme', body: 'hello' },
    { path: `${'deep/'.repeat(30)}list.txt`, body: TEXT },
  ]
  const long = entries[1]?.path ?? ''
  const gnu = [{ path: '././@LongLink', type: 'L', body: `${long}\0` }, ...entries.slice(1)]
  const pax = [
    { path: 'pax', type: 'x', body: `${long.length + 10} path=${long}\n` },
    { path: 'cut', body: TEXT },
  ]
  for (const [what, bytes] of [
    ['GNU tar', tarOf([entries[0] ?? { path: '' }, ...gnu])],
    ['pax', tarOf([entries[0] ?? { path: '' }, ...pax])],
    ['zip', zipOf(entries)],
  ] as const) {
    t.equal((await unpacked(bytes, { member: long })).text, TEXT, what)
    t.match((await unpacked(bytes)).fault, /bad-archive: .*"readme" and .*say with member/, what)
    t.match((await unpacked(bytes, { member: 'none' })).fault, /there is no "none"/, what)
  }
})

t.test('paths that lead elsewhere, links and devices are passed over', async (t) => {
  const harmful = [
    { path: '../target', body: 'evil.test\n' },
    { path: 'a/../../target', body: 'evil.test\n' },
    { path: '/etc/evil', body: 'evil.test\n' },
    { path: 'c:evil', body: 'evil.test\n' },
    { path: 'back\\slash', body: 'evil.test\n' },
  ]
  const special = [
    { path: 'link', type: '2', link: '/etc/passwd' },
    { path: 'hard', type: '1', link: '/etc/passwd' },
    { path: 'device', type: '3' },
    { path: 'fifo', type: '6' },
  ]
  t.strictSame(await unpacked(tarOf([...harmful, ...special, { path: 'l', body: TEXT }])), {
    fault: undefined,
    text: TEXT,
  })
  t.match((await unpacked(tarOf([...harmful, ...special]))).fault, /there is no file/)
  t.match((await unpacked(tarOf(harmful), { member: '../target' })).fault, /there is no/)
  const links = [{ path: 'link', body: '/etc/passwd', mode: 0o120777 }]
  t.strictSame(await unpacked(zipOf([...harmful, ...links, { path: 'l', body: TEXT }])), {
    fault: undefined,
    text: TEXT,
  })
})

t.test('archives that are broken or cut off are refused', async (t) => {
  const tar = tarOf([{ path: 'l', body: namesText(100) }])
  const wrongSum = Buffer.from(tar)
  wrongSum[0] = 0x41
  const negative = tarOf([{ path: 'l', body: TEXT }])
  negative.write('-0000000001\0', 124)
  const zip = zipOf([{ path: 'l', body: namesText(100) }])
  const flipped = Buffer.from(zip)
  flipped[40] = (flipped[40] ?? 0) ^ 0xff
  for (const [what, bytes, told] of [
    ['tar cut in a file', tar.subarray(0, 1000), /cut off/],
    ['tar cut between files', tarOf([{ path: 'l', body: TEXT }], false), /cut off/],
    ['tar with a wrong checksum', wrongSum, /checksum/],
    ['tar with a negative size', negative, /no number|checksum/],
    ['gzip cut off', gzipSync(namesText(100)).subarray(0, 100), /broken or cut off/],
    ['tar.gz cut off', gzipSync(tar).subarray(0, 150), /cut off/],
    ['zip cut off', zip.subarray(0, zip.length - 30), /directory is missing/],
    ['zip with a flipped bit', flipped, /broken/],
    ['zip that lies of its length', zipOf([{ path: 'l', body: TEXT, claimedBytes: 5 }]), /wrong/],
    ['encrypted zip', zipOf([{ path: 'l', body: TEXT, isEncrypted: true }]), /encrypted/],
    ['zip64', zipOf([{ path: 'l', body: TEXT, claimedBytes: 0xffffffff }]), /zip64/],
    ['empty zip', zipOf([]), /there is no file/],
  ] as const)
    t.match((await unpacked(bytes)).fault, told, what)
})

t.test('bombs end at the ratio or at the limit, whatever they are packed with', async (t) => {
  const zeros = Buffer.alloc(64 * MIB)
  for (const [what, bytes] of [
    ['gzip', gzipSync(zeros)],
    ['zip', zipOf([{ path: 'l', body: zeros }])],
    ['zip that lies of its length', zipOf([{ path: 'l', body: zeros, claimedBytes: 10 }])],
    ['tar.gz', gzipSync(tarOf([{ path: 'l', body: zeros.toString('latin1') }]))],
  ] as const) {
    t.match((await unpacked(bytes, { bytesMax: 512 * MIB })).fault, /too-large: .*100 times/, what)
    t.match((await unpacked(bytes, { bytesMax: MIB })).fault, /too-large: .*1048576 bytes/, what)
  }
  const many = Array.from({ length: 10_001 }, (_, i) => ({
    path: `f${i}`,
    body: '',
    isStored: true,
  }))
  t.match((await unpacked(zipOf(many))).fault, /at most 10000 files/)
})

t.test('UT1 is the same as a folder, a tarball, a gzipped tarball and a zip', async (t) => {
  const folder = shortFolder(t)
  const tree = join(folder, 'tree')
  for (const { path, body } of FOLDERS) {
    if (body === undefined) continue
    mkdirSync(join(tree, path, '..'), { recursive: true })
    writeFileSync(join(tree, path), body)
  }
  const harmful = [
    { path: 'blacklists/../../games/domains', body: 'evil.test\n' },
    { path: 'other/games/domains', body: 'second.test\n' },
    { path: 'blacklists/adult', type: '2', link: 'games' },
  ]
  const files = FOLDERS.filter(({ body }) => body !== undefined)
  const at = (name: string, bytes: Buffer): string => {
    writeFileSync(join(folder, name), bytes)
    return join(folder, name)
  }
  const sources = [
    join(tree, 'blacklists'),
    at('ut1.tar', tarOf([...FOLDERS, ...harmful])),
    at('ut1.tar.gz', gzipSync(tarOf([...FOLDERS, ...harmful]))),
    at('ut1.zip', zipOf(files.map(({ path, body = '' }) => ({ path, body })))),
  ]
  for (const path of sources) {
    const stateDir = shortFolder(t)
    const box = makeBox(stateDir, { namesPort: 9, caFile: '' })
    const { result, record } = await box.take(makeList({ path, format: 'ut1' }))
    t.equal(result, 'updated', `${path}: ${record.fault?.detail}`)
    t.equal(record.good?.names, 20, path)
    t.notOk(existsSync(join(stateDir, 'lists', 'evil')), path)
    const kept = join(stateDir, 'lists', 'games', 'version-1')
    t.strictSame(
      readdirSync(kept),
      ['games', 'unknown-folders.json'],
      'a folder that is not used is not kept',
    )
    t.equal(record.good?.refusedLines, 3, 'but told, unless the table knows it')
    t.match(
      record.good?.refused,
      [
        { line: 0, text: 'folder "__proto__"', reason: /in no table/ },
        { line: 0, text: 'folder "constructor"', reason: /name it in "categories"/ },
        { line: 0, text: 'folder "new\u202e one"', reason: /at most 64 letters/ },
      ],
      path,
    )
    t.strictSame(
      unknownAmong(await foldersIn(path, MIB), new Map())
        .map(({ name }) => name)
        .toSorted(),
      ['__proto__', 'constructor', 'new\u202e one'],
      'found without taking it',
    )
  }
  const named = { path: sources[1] ?? '', format: 'ut1', folders: NAMED } as const
  const box = makeBox(shortFolder(t), { namesPort: 9, caFile: '' })
  t.match(await box.take(makeList(named)), {
    result: 'updated',
    record: { good: { names: 1, refusedLines: 1 } },
  })
  const none = at('none.tar', tarOf([{ path: 'a/b', body: TEXT }]))
  t.match(await box.take(makeList({ path: none, format: 'ut1' })), {
    record: { fault: { trouble: 'bad-archive', detail: /no UT1 folder/ } },
  })
  const all = at('all.tar', tarOf([{ path: 'fresh/domains', body: TEXT }]))
  t.match(await box.take(makeList({ path: all, format: 'ut1' })), {
    record: { fault: { detail: /no UT1 folder that is used; of "fresh": it is in no table/ } },
  })
  t.match(await box.take(makeList({ path: at('plain', Buffer.from(TEXT)), format: 'ut1' })), {
    record: { fault: { trouble: 'bad-archive', detail: /comes as a folder/ } },
  })
})

t.test('of more unknown folders than are told, it is told that there are more', async (t) => {
  const folder = shortFolder(t)
  const many = Array.from({ length: 600 }, (_, i) => ({ path: `x${i}/domains`, body: TEXT }))
  const file = join(folder, 'many.tar')
  writeFileSync(file, tarOf([...FOLDERS, ...many]))
  const limits = { 'refused-lines-kept': 10_000 }
  const box = makeBox(join(folder, 'state'), { namesPort: 9, caFile: '', limits })
  const { record } = await box.take(makeList({ path: file, format: 'ut1' }))
  t.equal(record.good?.refusedLines, 501)
  t.match(record.good?.refused.at(-1), { text: 'more folders', reason: /more than 500/ })
})
