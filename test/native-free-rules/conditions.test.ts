import fc from 'fast-check'
import t from 'tap'
import { nameToWire } from '#rules/domain-name.ts'
import { matchesGlob } from '#rules/glob.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { RULE_SCOPES, type RuleEffect } from '#rules/list.ts'
import { type IndexManifest, readManifest, writeManifest } from '#rules/manifest.ts'
import { Matches } from '#rules/matches.ts'
import type { RuleCondition } from '#rules/rule-condition.ts'
import {
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

const games: RuleEffect = { kind: 'categorise', category: 'media.games' }
const drugs: RuleEffect = { kind: 'categorise', category: 'crime.drugs' }
const except: RuleEffect = { kind: 'except' }
const A = 1
const AAAA = 28

t.test('a glob matches what a regular expression of the same meaning does', async () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 10 })
  fc.assert(
    fc.property(glob, text, (glob, text) => {
      const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')
      const padded = bytes(`${text}zz`)
      return matchesGlob(bytes(glob), padded, text.length) === new RegExp(`^${source}$`).test(text)
    }),
    { numRuns: 20_000 },
  )
})

t.test('rules with conditions equal a linear scan, whatever the rules', async () => {
  const labels = fc.constantFrom('a', 'b', 'ab', 'example')
  const names = fc.array(labels, { maxLength: 5 }).map((parts) => [...parts, 'x', 'test'].join('.'))
  const condition = fc.record(
    {
      isImportant: fc.constant(true as const),
      types: fc.record({
        mode: fc.constantFrom('only' as const, 'not' as const),
        types: fc.constantFrom([A], [AAAA], [A, AAAA]),
      }),
      denyAllow: fc.array(names.map(domain), { minLength: 1, maxLength: 2 }),
      glob: fc.constantFrom('*.a*', '.a*', '*b.x.test', '*.a*.x.test', '?*.x.test'),
    },
    { requiredKeys: [] },
  )
  const rules = fc.array(
    fc.record({
      list: fc.constantFrom('p', 'q', 'near'),
      name: fc.oneof({ weight: 9, arbitrary: names }, { weight: 1, arbitrary: fc.constant('.') }),
      scope: fc.constantFrom(...RULE_SCOPES),
      effect: fc.constantFrom(games, drugs, except),
      condition,
    }),
    { maxLength: 20 },
  )
  const queries = fc.array(fc.tuple(names, fc.constantFrom(A, AAAA)), { minLength: 1 })
  fc.assert(
    fc.property(rules, queries, (rules, queries) => {
      const builder = new IndexBuilder({ seed: SEED })
      const sinks = new Map(
        ['p', 'q', 'near'].map((id) => {
          const source = testSource(id)
          return [
            id,
            builder.list(id === 'near' ? { ...source, isNearestOnly: true } : source),
          ] as const
        }),
      )
      for (const { list, name, scope, effect, condition } of rules)
        sinks.get(list)?.add(name, scope, effect, condition)
      const index = opened(builder.build())
      const naive = new NaiveRules(rules, ['near'])
      for (const [query, type] of queries) {
        const expected = naive.covering(query, type).join()
        const found = [...new Set(covering(index, query, type))].join()
        if (found !== expected) throw new Error(`${query} ${type}: ${found} not ${expected}`)
        const traced = index
          .trace(nameToWire(domain(query)), 0, type)
          .filter(({ entry, lifted }) => !lifted && entry.effect.kind !== 'except')
          .map(({ entry }) => `${entry.list}: ${effectText(entry.effect)}`)
        if ([...new Set(traced)].toSorted().join() !== expected)
          throw new Error(`${query}: trace says ${traced.join()}`)
      }
    }),
    { numRuns: 1_000 },
  )
})

t.test('a dot within a label is not one between labels', async (t) => {
  const rule = { list: 'a', name: 'test', scope: 'subtree', effect: games } as const
  const index = indexOf([{ ...rule, condition: { glob: '*.ads.*' } }])
  t.same(covering(index, 'www.ads.x.test'), ['a: media.games'])
  t.same(covering(index, 'www\\.ads\\.x.test'), [])
})

t.test('a rule taken back is as if it had never been', async (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  const sink = builder.list(testSource('a'))
  sink.add('one.example.org', 'subtree', games)
  sink.add('one.example.org', 'exact', games, { isImportant: true })
  t.ok(sink.remove('ONE.example.org', 'subtree', games))
  t.notOk(sink.remove('one.example.org', 'subtree', games))
  t.notOk(sink.remove('other.example.org', 'subtree', games))
  t.ok(sink.remove('one.example.org', 'exact', games, { isImportant: true }))
  const index = opened(builder.build())
  t.same(covering(index, 'one.example.org'), [])
  t.match(index.lists, [{ names: 0, conditional: 0, categories: [], categoriesWithNames: [] }])
  t.equal(index.names, 0)
})

t.test('conditions are limited on one name and in one list', async (t) => {
  const limits = { conditionsPerNameMax: 2, specialRulesMax: 4 }
  const builder = new IndexBuilder({ seed: SEED, limits })
  const sink = builder.list(testSource('a'))
  const add = (name: string, glob: string) => sink.add(name, 'subtree', games, { glob })?.failure
  t.equal(add('a.test', '*1'), undefined)
  t.equal(add('a.test', '*2'), undefined)
  t.equal(add('a.test', '*3'), 'too-many-conditions')
  t.equal(sink.add('a.test', 'subtree', games), undefined, 'plain rules go on')
  t.equal(add('b.test', '*1'), undefined)
  t.equal(add('b.test', '*2'), undefined)
  t.equal(add('c.test', '*1'), 'too-many-entries')
  t.equal(builder.list(testSource('b')).add('c.test', 'exact', games, { glob: '*' }), undefined)
})

t.test('the worst patterns on one name take less than 5 ms', async (t) => {
  // Every pair of theirs is in the name, so each is walked to its end.
  const glob = (i: number) =>
    `*${'a*'.repeat(20 + (i % 20))}${'ab'.repeat(10 + Math.floor(i / 20))}bb.a.test`
  const rules: TestRule[] = Array.from({ length: 128 }, (_, i) => ({
    list: 'a',
    name: 'a.test',
    scope: 'subtree',
    effect: games,
    condition: { glob: glob(i) },
  }))
  const index = indexOf(rules)
  const label = `bb${'ab'.repeat(30)}`
  const name = nameToWire(domain(`${label}.${label}.${label}.${'ab'.repeat(20)}.a.test`))
  const matches = new Matches()
  let best = Infinity
  for (let run = 0; run < 20; run++) {
    const startedAt = performance.now()
    index.match(name, 0, matches)
    best = Math.min(best, performance.now() - startedAt)
  }
  t.comment(`${best.toFixed(2)} ms for 128 patterns`)
  t.ok(best > 0.2, 'the patterns are not passed over')
  t.ok(best < 5)
})

t.test('patterns that a name cannot match are passed over', async (t) => {
  const rules: TestRule[] = Array.from({ length: 128 }, (_, i) => ({
    list: 'a',
    name: 'test',
    scope: 'subtree',
    effect: games,
    condition: { glob: `*${'a*'.repeat(20)}x${i}*.test` },
  }))
  const index = indexOf(rules)
  const name = nameToWire(domain(`${'a'.repeat(60)}.${'a'.repeat(60)}.${'a'.repeat(60)}.test`))
  const matches = new Matches()
  let best = Infinity
  for (let run = 0; run < 100; run++) {
    const startedAt = performance.now()
    index.match(name, 0, matches)
    best = Math.min(best, performance.now() - startedAt)
  }
  t.comment(`${(best * 1000).toFixed(0)} us for 128 patterns`)
  t.ok(best < 0.1)
  t.same(covering(index, 'axyzaaaaaaaaaaaaaaaaaaaax7.test'), ['a: media.games'])
})

t.test('a manifest with a condition or data that is none is refused', async (t) => {
  const entry = { id: 0, list: 'a', effect: games }
  const list = {
    ...testSource('a'),
    names: 1,
    conditional: 1,
    refusedLines: 0,
    refused: [],
    categories: [],
    categoriesWithNames: [],
  }
  const read = (changes: object) => {
    const manifest: IndexManifest = {
      fingerprint: '',
      lists: [list],
      entries: [entry],
      addresses: [],
    }
    return readManifest(writeManifest({ ...manifest, entries: [{ ...entry, ...changes }] }))
  }
  const good: RuleCondition = { types: { mode: 'not', types: [1] }, denyAllow: [domain('a.test')] }
  t.ok(read({}))
  t.ok(read({ condition: good }))
  for (const condition of [
    { unknown: true },
    { isImportant: false },
    { types: { mode: 'all', types: [1] } },
    { types: { mode: 'only', types: [] } },
    { types: { mode: 'only', types: [70_000] } },
    { denyAllow: [] },
    { denyAllow: ['UPPER.test'] },
    { denyAllow: ['a b'] },
    { glob: 'a'.repeat(129) },
    { glob: 'A' },
    'text',
  ])
    t.notOk(read({ condition }), JSON.stringify(condition))
  for (const effect of [
    { kind: 'categorise', category: 'media.games', answer: 'silence' },
    { kind: 'local-data', records: [] },
    { kind: 'local-data', records: [{ kind: 'data', type: 1, data: 'c00002' }] },
    { kind: 'local-data', records: [{ kind: 'data', type: 99, data: 'c0000201' }] },
    { kind: 'local-data', records: [{ kind: 'alias', target: 'A b' }] },
  ])
    t.notOk(read({ effect }), JSON.stringify(effect))
})
