import fc from 'fast-check'
import t from 'tap'
import { CATEGORY_IDS } from '#rules/category-ids.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { bytesOf } from '#rules/index-layout.ts'
import { RULE_SCOPES, type RuleEffect } from '#rules/list.ts'
import { MATCHES_MAX, Matches } from '#rules/matches.ts'
import {
  buildIndex,
  covering,
  domain,
  effectText,
  indexOf,
  opened,
  SEED,
  type TestRule,
  testSource,
} from './make-index.ts'
import { NaiveRules } from './naive-rules.ts'

const porn: RuleEffect = { kind: 'categorise', category: 'adult.porn' }
const drugs: RuleEffect = { kind: 'categorise', category: 'crime.drugs' }
const except: RuleEffect = { kind: 'except' }

t.test('a scope covers this name, this name and below, or only below', async (t) => {
  const index = indexOf([
    { list: 'a', name: 'exact.test', scope: 'exact', effect: porn },
    { list: 'a', name: 'subtree.test', scope: 'subtree', effect: porn },
    { list: 'a', name: 'below.test', scope: 'below', effect: porn },
  ])
  const hit = ['a: adult.porn']
  t.same(covering(index, 'exact.test'), hit)
  t.same(covering(index, 'www.exact.test'), [])
  t.same(covering(index, 'subtree.test'), hit)
  t.same(covering(index, 'a.b.subtree.test'), hit)
  t.same(covering(index, 'below.test'), [])
  t.same(covering(index, 'www.below.test'), hit)
  t.same(covering(index, 'notsubtree.test'), [])
  t.same(covering(index, 'test'), [])
  t.same(covering(index, '.'), [])
})

t.test('an exception lifts its own list and no other', async (t) => {
  const index = indexOf([
    { list: 'a', name: 'shop.test', scope: 'subtree', effect: porn },
    { list: 'b', name: 'shop.test', scope: 'subtree', effect: drugs },
    { list: 'a', name: 'good.shop.test', scope: 'subtree', effect: except },
  ])
  t.same(covering(index, 'bad.shop.test'), ['a: adult.porn', 'b: crime.drugs'])
  t.same(covering(index, 'www.good.shop.test'), ['b: crime.drugs'])
  const traced = index.trace(nameToWire(domain('good.shop.test')), 0)
  t.same(
    traced.map(({ rule, entry, lifted }) => [rule, entry.list, entry.effect.kind, lifted]),
    [
      ['shop.test', 'a', 'categorise', true],
      ['shop.test', 'b', 'categorise', false],
      ['good.shop.test', 'a', 'except', false],
    ],
  )
})

t.test('matching begins where it is told and stops at bytes that are no name', async (t) => {
  const index = indexOf([{ list: 'a', name: 'a.test', scope: 'subtree', effect: porn }])
  const matches = new Matches()
  index.match(Uint8Array.of(7, 7, ...nameToWire(domain('www.a.test')), 9), 2, matches)
  t.equal(matches.count, 1)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(310), (bytes, start) => {
      index.match(bytes, start, matches)
      return index.trace(bytes, start).length >= 0
    }),
  )
})

t.test('matches are appended, each entry once a name', async (t) => {
  const index = indexOf([
    { list: 'a', name: 'a.test', scope: 'subtree', effect: porn },
    { list: 'a', name: 'b.a.test', scope: 'subtree', effect: porn },
  ])
  const matches = new Matches()
  const name = nameToWire(domain('b.a.test'))
  index.match(name, 0, matches)
  t.equal(matches.count, 1)
  index.match(name, 0, matches)
  t.equal(matches.count, 2)
  matches.clear()
  t.equal(matches.count, 0)
})

t.test('a name with too many rules keeps the strongest and counts the others', async (t) => {
  const many = Array.from({ length: MATCHES_MAX + 5 }, (_, i) => ({
    list: `list${i}`,
    name: 'a.test',
    scope: 'subtree' as const,
    effect: porn,
  }))
  const locked = { kind: 'categorise', category: 'illegal.csam' } as const
  const index = indexOf([...many, { list: 'z', name: 'a.test', scope: 'exact', effect: locked }])
  const matches = new Matches()
  index.match(nameToWire(domain('a.test')), 0, matches)
  t.equal(matches.count, MATCHES_MAX)
  t.equal(matches.dropped, 6)
  t.ok([...matches.entries].some((id) => index.entries[id]?.list === 'z'))
})

t.test('the index equals a linear scan, whatever the rules', async () => {
  const names = fc
    .array(fc.constantFrom('a', 'b', 'www', 'example'), { maxLength: 4 })
    .map((labels) => [...labels, 'test'].join('.'))
  const effects: RuleEffect[] = [
    porn,
    drugs,
    except,
    { kind: 'school-allow', groups: 'all' },
    { kind: 'school-deny', groups: ['ks3'] },
  ]
  const rules = fc.array(
    fc.record({
      list: fc.constantFrom('x', 'y', 'z'),
      name: fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: fc.constant('.') }),
      scope: fc.constantFrom(...RULE_SCOPES),
      effect: fc.constantFrom(...effects),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(rules, fc.array(names, { minLength: 1, maxLength: 20 }), (rules, queries) => {
      const index = indexOf(rules)
      const naive = new NaiveRules(rules)
      for (const query of queries) {
        const expected = naive.covering(query, 1)
        const found = covering(index, query)
        if (found.join() !== expected.join())
          throw new Error(`${query}: ${found.join()} not ${expected.join()}`)
        const traced = index.trace(nameToWire(domain(query)), 0).filter((one) => !one.lifted)
        const said = traced
          .filter(({ entry }) => entry.effect.kind !== 'except')
          .map(({ entry }) => `${entry.list}: ${effectText(entry.effect)}`)
        if ([...new Set(said)].toSorted().join() !== expected.join())
          throw new Error(`${query}: trace says ${said.join()}`)
      }
    }),
    { numRuns: 500 },
  )
})

t.test('a large index finds every name it was given and no other', async (t) => {
  const count = 20_000
  const rules: TestRule[] = Array.from({ length: count }, (_, i) => ({
    list: 'big',
    name: manyth(i),
    scope: 'exact',
    effect: porn,
  }))
  const index = indexOf(rules)
  t.equal(index.names, count)
  let found = 0
  let wrong = 0
  for (let i = 0; i < count; i++) {
    found += covering(index, manyth(i)).length
    wrong += covering(index, `m${i}.host${i}.example.test`).length
  }
  t.equal(found, count)
  t.equal(wrong, 0)
})

t.test('names of many long labels are found as well', async (t) => {
  const long = (i: number) => `${'l'.repeat(50)}${i}.${'m'.repeat(55)}${i}.example.test`
  const rules: TestRule[] = Array.from({ length: 3_000 }, (_, i) => ({
    list: 'long',
    name: long(i),
    scope: 'exact',
    effect: porn,
  }))
  // Room for all of them from the beginning, so that only the length of their labels makes the table be laid anew.
  const index = opened(buildIndex(rules, { namesExpected: 7_000 }))
  let found = 0
  for (let i = 0; i < 6_000; i++) found += covering(index, long(i)).length
  t.equal(found, 3_000)
})

t.test(
  'a guess of how many names will come changes the size little and the answers not',
  async (t) => {
    const rules: TestRule[] = Array.from({ length: 1_000 }, (_, i) => ({
      list: 'a',
      name: manyth(i),
      scope: 'exact',
      effect: porn,
    }))
    const right = bytesOf(buildIndex(rules))
    for (const namesExpected of [1, 900, 1_000_000]) {
      const parts = buildIndex(rules, { namesExpected })
      t.ok(bytesOf(parts) < right * 1.2, `${namesExpected}: ${bytesOf(parts)} bytes`)
      const index = opened(parts)
      t.ok(rules.every(({ name }) => covering(index, name).length === 1))
    }
  },
)

t.test('the manifest says of each list what it is and what became of it', async (t) => {
  const builder = new IndexBuilder({
    seed: SEED,
    fingerprint: 'abc',
    limits: { refusedKeptMax: 1, refusedTextMax: 5 },
  })
  const sink = builder.list(testSource('a'))
  sink.add('one.test', 'exact', porn)
  sink.add('one.test', 'exact', porn)
  sink.add('two.example.org', 'exact', drugs)
  sink.refuse(4, 'something bad', 'no reason')
  sink.refuse(5, 'more', 'no reason')
  const index = opened(builder.build())
  t.equal(index.fingerprint, 'abc')
  t.match(index.lists, [
    {
      ...testSource('a'),
      names: 2,
      refusedLines: 2,
      refused: [{ line: 4, text: 'somet', reason: 'no reason' }],
      categories: ['adult.porn', 'crime.drugs'],
      categoriesWithNames: ['crime.drugs'],
    },
  ])
  t.same([...index.categoriesPresent], ['crime.drugs'])
})

t.test('a list that nobody vouches for may only block, and not too much', async (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  const sink = builder.list(testSource('a', false))
  const why = (name: string, effect: RuleEffect = porn) =>
    sink.add(name, 'subtree', effect)?.failure
  t.equal(why('example.test'), undefined)
  t.equal(why('example.test', except), 'not-trusted')
  t.equal(why('example.test', { kind: 'school-allow', groups: 'all' }), 'not-trusted')
  t.equal(why('example.test', { kind: 'school-deny', groups: 'all' }), 'not-trusted')
  const target = domain('safe.example.org')
  t.equal(why('example.test', { kind: 'rewrite', service: 'safesearch', target }), 'not-trusted')
  for (const category of CATEGORY_IDS) {
    const isKept = /^(?:illegal|core|protected)\./.test(category)
    t.equal(why('x.test', { kind: 'categorise', category }), isKept ? 'not-trusted' : undefined)
  }
  t.equal(why('.'), 'too-wide')
  t.equal(why('test'), 'too-wide')
  t.equal(why('sch.uk'), 'too-wide')
  t.equal(sink.add('sch.uk', 'exact', porn), undefined)
  t.equal(why('a..test'), 'bad-name')
  const index = opened(builder.build())
  t.same(covering(index, 'other.test'), [])
})

t.test('limits refuse the rule and say so', async (t) => {
  const builder = new IndexBuilder({ seed: SEED, limits: { nodesMax: 2 } })
  const sink = builder.list(testSource('a'))
  t.equal(sink.add('a.test', 'exact', porn), undefined)
  t.equal(sink.add('b.test', 'exact', porn)?.failure, 'too-many-names')
  t.equal(opened(builder.build()).names, 1)
})

t.test('an index has at most 65,500 entries', async (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  const sink = builder.list(testSource('a'))
  let refused = 0
  for (let i = 0; i < 65_540; i++)
    if (sink.add('a.test', 'exact', { kind: 'school-deny', groups: [`g${i % 65_540}`] }))
      refused += 1
  // The name's own set is full long before; each entry is made all the same.
  t.ok(refused > 0)
  t.equal(sink.add('b.test', 'exact', { kind: 'except' })?.failure, 'too-many-entries')
})

t.test('a list id stands for one list, and a seed has eight bytes', async (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  builder.list(testSource('a'))
  t.throws(() => builder.list(testSource('a')), { code: 'EDGE_RULE_INDEX' })
  t.throws(() => new IndexBuilder({ seed: new Uint8Array(7) }), { code: 'EDGE_RULE_INDEX' })
})

t.test(
  'the same lists under another seed are laid out otherwise and answer the same',
  async (t) => {
    const rules: TestRule[] = Array.from({ length: 50 }, (_, i) => ({
      list: 'a',
      name: `n${i}.test`,
      scope: 'exact',
      effect: porn,
    }))
    const one = buildIndex(rules)
    const other = buildIndex(rules, { seed: Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1) })
    t.notSame(one.table, other.table)
    for (const { name } of rules)
      t.same(covering(opened(one), name), covering(opened(other), name), name)
  },
)

function manyth(i: number): string {
  return `n${i % 7}.host${i}.example.test`
}
