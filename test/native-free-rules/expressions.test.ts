import fc from 'fast-check'
import { RE2JS, RE2Set } from 're2js'
import t from 'tap'
import { nameToWire } from '#rules/domain-name.ts'
import { namesMatched } from '#rules/expression-names.ts'
import { compileProgram, EXPRESSION_CHARS_MAX, PROGRAM_MAX } from '#rules/expression-program.ts'
import { expressionSize } from '#rules/expression-size.ts'
import { compileTable, matchesTable } from '#rules/expression-table.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { RuleEffect } from '#rules/list.ts'
import { type IndexManifest, writeManifest } from '#rules/manifest.ts'
import { Matches } from '#rules/matches.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { makeRandom } from '#test/fuzz/random.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import {
  buildIndex,
  covering,
  domain,
  indexOf,
  opened,
  SEED,
  type TestRule,
  testSource,
} from './make-index.ts'

const games: RuleEffect = { kind: 'categorise', category: 'media.games' }

/** Expressions of few letters, so that they often match. */
const PIECES = fc.constantFrom(
  'a',
  'b',
  'A',
  '.',
  '\\.',
  '[ab]',
  '[^a]',
  '[^.]',
  '(a|b.)',
  '(?:ab|a)',
  'a*',
  'b+',
  'a?',
  '[a-c]{2}',
  'b{1,3}',
  '(a.){2,}',
  '^',
  '$',
  '\\b',
  '\\B',
  '\\w',
  '\\d',
  '|',
  '(a*)*',
  '[[:alpha:]]',
  '.*',
  'k',
  's',
  '(?i:B)',
  '-',
  '_',
  '(^|\\.)',
  '[]a]',
  '[^]a]',
  '(?s).',
  '(?m)^',
  '\\x61',
  '\\A',
  '\\z',
)
const SOURCES = fc.array(PIECES, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''))
const TEXTS = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '.', '-', '_', '1', 'k', 's'),
  maxLength: 12,
})

function matches(source: string, text: string): boolean | undefined {
  const table = compileTable(source)
  if (isRuleFailure(table)) return undefined
  const bytes = new TextEncoder().encode(`.${text}`)
  return matchesTable(table, bytes, 1, bytes.length)
}

t.test('a table matches what the engine that it is made from does', async (t) => {
  let compared = 0
  fc.assert(
    fc.property(SOURCES, fc.array(TEXTS, { minLength: 1, maxLength: 8 }), (source, texts) => {
      for (const text of texts) {
        const found = matches(source, text)
        if (found === undefined) return
        compared += 1
        const expected = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).test(text)
        if (found !== expected) throw new Error(`${source} on ${text}: ${found}`)
      }
    }),
    { numRuns: 1_500 },
  )
  t.ok(compared > 3_000, `${compared} compared`)
})

t.test('every name that matches is under the domain that was proven', async (t) => {
  const tails = fc.constantFrom(
    '',
    '$',
    '\\.x\\.org$',
    '(\\.y)?\\.x\\.org$',
    '(a|b)x\\.org$',
    '.x.org$',
    '(b\\.|^)x\\.org$',
  )
  const names = fc
    .tuple(
      fc.array(fc.constantFrom('a', 'b', 'ab', 'b-a', 'y'), { maxLength: 3 }),
      fc.constantFrom('x.org', 'ax.org', 'org', 'a'),
    )
    .map(([labels, end]) => [...labels, end].join('.'))
  let matched = 0
  fc.assert(
    fc.property(
      SOURCES,
      tails,
      fc.array(names, { minLength: 4, maxLength: 12 }),
      (head, tail, names) => {
        const table = compileTable(head + tail)
        if (isRuleFailure(table)) return
        const said = namesMatched(table)
        for (const name of names) {
          const isMatch = matches(head + tail, name)
          if (isMatch && said.kind === 'none') throw new Error(`${head}${tail} matches ${name}`)
          if (!isMatch && said.kind === 'all')
            throw new Error(`${head}${tail} does not match ${name}`)
          if (!isMatch || said.kind !== 'some' || said.under === '.') continue
          matched += 1
          if (name !== said.under && !name.endsWith(`.${said.under}`))
            throw new Error(`${head}${tail} matches ${name}, which is not under ${said.under}`)
        }
      },
    ),
    { numRuns: 1_500 },
  )
  t.ok(matched > 50, `${matched} matches under a domain`)
})

t.test('the domain that an expression hangs on is the longest one', async (t) => {
  const under = (source: string) => {
    const table = compileTable(source)
    if (isRuleFailure(table)) return table.detail
    const names = namesMatched(table)
    return names.kind === 'some' ? names.under : names.kind
  }
  for (const [source, expected] of [
    ['^ads?[0-9]*\\.example\\.org$', 'example.org'],
    ['(foo|bar)\\.example\\.(org)$', 'example.org'],
    ['^(www\\.)?example\\.org$', 'example.org'],
    ['^(www\\.|)example\\.org$', 'example.org'],
    ['^(a\\.b\\.)?example\\.org$', 'example.org'],
    ['(foo|bar)example\\.org$', 'org'],
    ['example\\.org$', 'org'],
    ['^ads\\..*\\.EXAMPLE\\.org$', 'example.org'],
    ['\\.a\\.example\\.org$|\\.b\\.example\\.org$', 'example.org'],
    ['\\.example\\.org', '.'],
    ['\\.example\\.org$|^x', '.'],
    ['ads', '.'],
    ['\\.$', 'none'],
    ['^\\.', 'none'],
    ['a\\.\\.b', 'none'],
    ['^www\\.example\\.org\\.$', 'none'],
    ['[^.]$', 'all'],
    ['^[^.]', 'all'],
    ['(^|\\.)..', '.'],
    ['.', 'all'],
    ['x*', 'all'],
    ['^$', 'none'],
    ['[^\\x00-\\x7f]', 'none'],
  ] as const)
    t.equal(under(source), expected, source)
})

t.test('what compiles is no larger than was said before', async (t) => {
  let compiled = 0
  fc.assert(
    fc.property(SOURCES, (source) => {
      let size = 0
      try {
        size = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE).programSize()
      } catch {
        return
      }
      compiled += 1
      const said = expressionSize(source)
      if (said < size) throw new Error(`${source}: ${size} instructions, said ${said}`)
    }),
    { numRuns: 5_000 },
  )
  t.ok(compiled > 1_000)
})

t.test('what is too much for a table is refused at once', async (t) => {
  for (const [source, why] of [
    ['(a{1000}){1000}', /too large/],
    ['(((a{30}){30}){30}){30}', /too large/],
    ['a{1000}'.repeat(60), /too large/],
    [`([(]${'a'.repeat(400)}b){1000}`, /too large/],
    [`${'('.repeat(500)}a`, /too large|not taken/],
    [`(?:${'[a-z]|'.repeat(60)}q){16}`, /too large/],
    ['(a|b)*a(a|b){12}c', /too many states/],
    [`${'.*a'.repeat(40)}.{9}b`, /too many states|too large/],
    ['a'.repeat(EXPRESSION_CHARS_MAX + 1), /too long/],
    ['(a)\\1', /not taken/],
    ['(?=a)', /not taken/],
    ['(?<=a)b', /not taken/],
    ['[z-a]', /not taken/],
    ['a{2}{3}{4}**', /not taken/],
    ['\\Qa\\E', /quotes by/],
    ['\\pL', /not taken/],
    ['(', /not taken/],
  ] as const) {
    let best = Infinity
    for (let run = 0; run < 3; run++) {
      const before = cpuMs()
      const table = compileTable(source)
      best = Math.min(best, cpuMs() - before)
      t.match(table, { failure: 'bad-expression', detail: why }, source.slice(0, 40))
    }
    t.ok(best < 50, `${source.slice(0, 40)} took ${best.toFixed(1)} ms`)
  }
  const program = compileProgram('a{150}')
  t.ok(!isRuleFailure(program) && program.instructions.length < PROGRAM_MAX)
})

t.test('an expression counts for names, types and left-out names as a pattern does', async (t) => {
  const rule = { list: 'a', name: 'test', scope: 'subtree', effect: games } as const
  const expression = '^ads[0-9]+\\.[^.]+\\.test$'
  const index = indexOf([
    {
      ...rule,
      condition: {
        expression,
        denyAllow: [domain('ok.test')],
        types: { mode: 'only', types: [28] },
      },
    },
  ])
  t.same(covering(index, 'ads1.x.test', 28), ['a: media.games'])
  t.same(covering(index, 'ads1.x.test', 1), [])
  t.same(covering(index, 'ads1.ok.test', 28), [])
  t.same(covering(index, 'ads.x.test', 28), [])
  t.same(covering(index, 'ads1\\.x.test', 28), [], 'a dot within a label is not one between labels')
})

t.test('bytes that need an escape are a character that no list can mean', async (t) => {
  const rule = { list: 'a', name: '.', scope: 'subtree', effect: games } as const
  const index = indexOf([{ ...rule, condition: { expression: '^a[^b]c\\.test$' } }])
  for (const name of ['a\\000c.test', 'a\\255c.test', 'a\\.c.test', 'a\\\\c.test', 'axc.test'])
    t.same(covering(index, name), ['a: media.games'], name)
  t.same(covering(index, 'abc.test'), [])
})

t.test('expressions are limited for one name, above and below it, and in one index', async (t) => {
  const limits = { expressionsPerNameMax: 3, expressionsMax: 6 }
  const builder = new IndexBuilder({ seed: SEED, limits })
  const sink = builder.list(testSource('a'))
  let number = 0
  const add = (name: string) =>
    sink.add(name, 'subtree', games, { expression: `x${number++}` })?.detail
  t.equal(add('a.example.test'), undefined)
  t.equal(add('b.example.test'), undefined)
  t.equal(add('test'), undefined)
  t.equal(add('b.example.test'), undefined)
  t.equal(add('b.example.test'), 'too many regular expressions for one name')
  t.equal(add('.'), 'too many regular expressions for one name')
  t.equal(add('c.b.example.test'), 'too many regular expressions for one name')
  t.equal(add('a.example.test'), undefined)
  t.equal(add('org'), undefined)
  t.equal(add('com'), 'too many regular expressions in one index')
  t.equal(sink.add('com', 'subtree', games, { glob: '*x' }), undefined, 'other rules go on')
})

t.test('a snapshot with an expression that does not compile is refused', async (t) => {
  const rule = { list: 'a', name: 'test', scope: 'subtree', effect: games } as const
  const bytes = (expression: string) => {
    const builder = new IndexBuilder({ seed: SEED })
    builder.list(testSource('a')).add(rule.name, 'subtree', games, { expression })
    return builder.build()
  }
  t.notOk(isRuleFailure(openIndex(bytes('x+'))))
  // The builder takes what parsers have checked; nobody checked these.
  for (const source of ['(', '(a)\\1', '(a|b)*a(a|b){12}c'])
    t.match(
      openIndex(bytes(source)),
      { failure: 'bad-index', detail: /rule that cannot be/ },
      source,
    )
  const manifest: IndexManifest = { fingerprint: '', lists: [], entries: [], addresses: [] }
  t.ok(writeManifest(manifest))
  t.match(openIndex(bytes('a'.repeat(EXPRESSION_CHARS_MAX + 1))), { failure: 'bad-index' })
})

t.test('the most expressions on the longest name take some 50 us', async (t) => {
  const rules: TestRule[] = Array.from({ length: 48 }, (_, i) => ({
    list: 'a',
    name: '.',
    scope: 'subtree',
    effect: games,
    condition: { expression: `[a-m].*[n-z]{3}q${i}$` },
  }))
  const bytes = buildIndex(rules)
  const before = cpuMs()
  const index = opened(bytes)
  t.comment(`opening an index takes ${us((cpuMs() - before) / rules.length)} an expression`)
  const cut = (size: number) => 'abcdefghijklmnopqrstuvwxyz'.repeat(3).slice(0, size)
  const longest = `${cut(63)}.${cut(63)}.${cut(63)}.${cut(61)}`
  const found = new Matches()
  const short = nameToWire(domain('www.games.example.org'))
  const wire = nameToWire(domain(longest))
  const ofLongest = bestMs(2_000, () => index.match(wire, 0, found))
  const ofShort = bestMs(2_000, () => index.match(short, 0, found))
  t.comment(
    `48 expressions: ${us(ofLongest)} for a name of 255 bytes, ${us(ofShort)} for one of 22`,
  )
  t.ok(ofLongest < 0.5)
  t.comment(`the engine's own set of as many: ${us(ownSetMs())} for a hostile name of 255 bytes`)
})

/** What `RE2Set` takes for a name that it has not seen: names that are asked twice would show what it remembers. */
function ownSetMs(): number {
  const set = new RE2Set()
  for (let i = 0; i < 16; i++)
    for (const source of [
      `[a-m].*[n-z]{3}q${i}$`,
      `a.{5}c${i % 10}.*x${i}`,
      `(.*${String.fromCharCode(97 + i)}){6}${i}z`,
    ])
      set.add(source)
  set.compile()
  const random = makeRandom(1)
  const name = () =>
    Array.from({ length: 253 }, (_, i) =>
      i % 64 === 63 ? '.' : String.fromCharCode(97 + random.int(26)),
    ).join('')
  set.match(name())
  const asked = name()
  const startedAt = performance.now()
  set.match(asked)
  return performance.now() - startedAt
}

function bestMs(runs: number, run: () => void): number {
  let best = Infinity
  for (let i = 0; i < runs; i++) {
    const startedAt = performance.now()
    run()
    best = Math.min(best, performance.now() - startedAt)
  }
  return best
}

function us(ms: number): string {
  return `${(ms * 1000).toFixed(1)} us`
}

t.test('names that do not reach the node pay nothing for an expression', async (t) => {
  const rule = { list: 'a', name: 'example.test', scope: 'subtree', effect: games } as const
  const index = indexOf([{ ...rule, condition: { expression: '^ads' } }])
  t.same(covering(index, 'ads.example.test'), ['a: media.games'])
  t.same(covering(index, 'ads.other.test'), [])
  t.equal(opened(new IndexBuilder({ seed: SEED }).build()).entries.length, 0)
})
