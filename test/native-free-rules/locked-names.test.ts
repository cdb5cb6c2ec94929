import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { LOCKED_CATEGORIES } from '#rules/categories.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { decide, decideHop } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { firstLockedEntry, firstReleasedEntry, releasedNamesMax } from '#rules/extra-entries.ts'
import { ENTRIES_MAX } from '#rules/index-layout.ts'
import {
  DIGEST_BYTES,
  LockedNames,
  type LockedRows,
  labelHashOf,
  markOf,
  type NameDigest,
} from '#rules/locked-names.ts'
import { MATCHES_MAX, Matches } from '#rules/matches.ts'
import { compileView } from '#rules/policy-view.ts'
import { domainName, makePolicy, makeRules } from '#test/support/test-rules.ts'

interface Row {
  readonly name: string
  readonly category: CategoryId
  readonly isExact: boolean
}

const KEYS = [0x12345678, -559_038_737] as const
const digest: NameDigest = (name, from, to) =>
  createHmac('sha256', 'secret').update(name.subarray(from, to)).digest().subarray(0, DIGEST_BYTES)

function rowsOf(rows: readonly Row[]): LockedRows {
  const wires = rows.map(({ name }) => nameToWire(domainName(name)))
  return {
    keys: KEYS,
    digestKey: new Uint8Array(0),
    hashes: Int32Array.from(wires, (wire) => labelHashOf(KEYS, wire)),
    digests: Uint8Array.from(wires.flatMap((wire) => [...digest(wire, 0, wire.length)])),
    marks: Uint8Array.from(rows, ({ category, isExact }) => markOf(category, isExact)),
  }
}

function found(names: LockedNames, name: string): readonly number[] {
  const out = new Matches()
  // Behind other bytes, as names of an answer stand.
  const wire = Uint8Array.of(9, 9, 9, ...nameToWire(domainName(name)), 7)
  names.match(wire, 3, 100, out)
  return [...out.entries.subarray(0, out.count)].toSorted((a, b) => a - b)
}

const word = fc.stringMatching(/^[ab]{1,2}$/)
const name = fc.array(word, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
const row = fc.record({
  name,
  category: fc.constantFrom(...LOCKED_CATEGORIES),
  isExact: fc.boolean(),
})

t.test('finds what a look through the names in clear finds', async (t) => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 30 }),
      fc.array(name, { maxLength: 30 }),
      (rows, asked) => {
        const names = new LockedNames(rowsOf(rows), digest)
        for (const one of asked) {
          const covering = rows.filter(
            (row) => row.name === one || (!row.isExact && one.endsWith(`.${row.name}`)),
          )
          const entries = covering.map(({ category }) => 100 + LOCKED_CATEGORIES.indexOf(category))
          t.same(
            found(names, one),
            [...new Set(entries)].toSorted((a, b) => a - b),
            one,
          )
        }
      },
    ),
    { numRuns: 300 },
  )
})

t.test('a name with the hash of a listed one is not taken for it', async (t) => {
  const rows = rowsOf([{ name: 'listed.test', category: 'illegal.csam', isExact: false }])
  const other = labelHashOf(KEYS, nameToWire(domainName('other.test')))
  const names = new LockedNames({ ...rows, hashes: Int32Array.of(other) }, digest)
  t.same(found(names, 'other.test'), [])
})

t.test('only a hash that is listed costs a digest', async (t) => {
  let digests = 0
  const counting: NameDigest = (...words) => {
    digests++
    return digest(...words)
  }
  const rows = rowsOf(
    Array.from({ length: 1_000 }, (_, i) => ({
      name: `n${i}.test`,
      category: 'illegal.csam',
      isExact: false,
    })),
  )
  const names = new LockedNames(rows, counting)
  for (let i = 0; i < 1_000; i++) found(names, `www.m${i}.example.org`)
  t.equal(digests, 0)
  found(names, 'www.n7.test')
  t.equal(digests, 1)
})

t.test('bytes that are no whole name match nothing, and so does a bundle of nothing', async (t) => {
  const names = new LockedNames(
    rowsOf([{ name: 'a.test', category: 'illegal.csam', isExact: false }]),
    digest,
  )
  const out = new Matches()
  for (const bytes of [[], [1, 97], [1, 97, 4, 116, 101], [63]]) {
    names.match(Uint8Array.from(bytes), 0, 0, out)
    t.equal(out.count, 0)
  }
  t.same(found(new LockedNames(rowsOf([]), digest), 'a.test'), [])
})

t.test(
  'in every view a locked entry beats everything, released names and hops included',
  async (t) => {
    const rules = makeRules([
      ['a.test', 'protected.help'],
      ['a.test', 'core.exam'],
      ['a.test', { kind: 'school-allow', groups: 'all' }],
    ])
    const names = new LockedNames(
      rowsOf([{ name: 'a.test', category: 'illegal.other', isExact: false }]),
      digest,
    )
    for (const kind of ['pupil', 'staff', 'guest'] as const) {
      const actions = Object.fromEntries(LOCKED_CATEGORIES.map((id) => [id, 'allow' as const]))
      const view = compileView(rules, makePolicy('g', actions, { kind }), {
        nowMs: 0,
        releasedCategories: new Set(LOCKED_CATEGORIES),
        releasedNames: [true],
      })
      const matches = new Matches()
      const wire = nameToWire(domainName('x.a.test'))
      names.match(wire, 0, firstLockedEntry(rules), matches)
      rules.match(wire, 0, matches)
      matches.add(firstReleasedEntry(rules), 3, 0)
      const verdict = decide(view, matches)
      t.match(verdict, { kind: 'block', reason: 'locked', category: 'illegal.other', list: '' })
      const help = {
        kind: 'allow',
        reason: 'protected',
        category: 'protected.help',
        list: '',
        entry: 0,
      } as const
      t.match(decideHop(view, matches.entries, 0, matches.count, help), { reason: 'locked' })
    }
  },
)

t.test('no number of other rules leaves a locked one no room', async (t) => {
  const names = new LockedNames(
    rowsOf([{ name: 'a.test', category: 'illegal.csam', isExact: false }]),
    digest,
  )
  const out = new Matches()
  for (let i = 0; i < MATCHES_MAX; i++) out.add(i, 1, 0)
  names.match(nameToWire(domainName('a.test')), 0, 1000, out)
  t.ok(out.entries.includes(1000))
  for (let i = 0; i < MATCHES_MAX; i++) out.add(2000 + i, 5, 0)
  t.ok(out.entries.includes(1000), 'nor pushes it out')
})

t.test('an index leaves numbers for the entries beside it', async (t) => {
  const full = { entries: { length: ENTRIES_MAX } as never }
  t.ok(firstReleasedEntry(full) + releasedNamesMax(full) <= 65_536)
  t.ok(releasedNamesMax(full) > 0)
  t.equal(firstReleasedEntry(full) - firstLockedEntry(full), LOCKED_CATEGORIES.length)
})
