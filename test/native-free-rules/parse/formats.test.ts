import fc from 'fast-check'
import t from 'tap'
import { IndexBuilder } from '#rules/index-builder.ts'
import { Matches } from '#rules/matches.ts'
import { parseAdblock } from '#rules/parse/adblock.ts'
import { addressRecord } from '#rules/parse/address-bytes.ts'
import { parseDnsmasq } from '#rules/parse/dnsmasq.ts'
import { parseRegexList } from '#rules/parse/regex-list.ts'
import { suffixOfRegex } from '#rules/parse/regex-suffix.ts'
import { parseRpz } from '#rules/parse/rpz.ts'
import { type ListParser, takeActionsInto } from '#rules/parse/rule-taker.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import { LIST_FORMATS } from '#test/support/list-parsers.ts'
import { covering, opened, SEED, testSource } from '../make-index.ts'
import { actionsBy, checkGoldenFile, fixtureText } from './golden.ts'

t.test('Adblock DNS rules are read as their golden files say', async (t) => {
  checkGoldenFile(t, parseAdblock, 'adblock.txt')
})

t.test('response policy zones are read as their golden files say', async (t) => {
  checkGoldenFile(t, parseRpz, 'zone.rpz')
})

t.test('dnsmasq configuration is read as its golden files say', async (t) => {
  checkGoldenFile(t, parseDnsmasq, 'dnsmasq.conf')
})

t.test('regular expressions are read as their golden files say', async (t) => {
  checkGoldenFile(t, parseRegexList, 'regex.txt')
})

t.test('a regular expression taken as a suffix means what the engine says of it', async () => {
  const heads = ['(^|\\.)', '^(.*\\.)?', '^(.+\\.)?', '^', '\\.', '^.*\\.', '^([a-z0-9-]+\\.)*']
  const label = fc.constantFrom('a', 'b-1', 'example')
  const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'))
  fc.assert(
    fc.property(fc.constantFrom(...heads), name, name, (head, ruled, asked) => {
      const source = `${head}${ruled.replaceAll('.', '\\.')}$`
      const rule = suffixOfRegex(source)
      if (!rule) throw new Error(`${source} is no suffix`)
      for (const query of [asked, ruled, `${asked}.${ruled}`, `${asked}${ruled}`]) {
        const isBelow = query.endsWith(`.${rule.name}`)
        const isSame = query === rule.name
        const says =
          rule.scope === 'exact' ? isSame : isBelow || (rule.scope === 'subtree' && isSame)
        if (says !== new RegExp(source).test(query)) throw new Error(`${source} on ${query}`)
      }
    }),
  )
})

t.test('an alias stands alone and a name has so many records at most', async (t) => {
  const said = actionsBy(parseRpz, [
    'a.test A 192.0.2.1\na.test CNAME b.test.\n',
    ...Array.from({ length: 17 }, (_, i) => `many.test A 192.0.2.${i}\n`),
  ])
  t.match(said, [
    'refused 2: a.test CNAME b.test.: an alias stands alone',
    /refused 19: .*: a name has 1 to 16 records/,
    'local-data exact a.test c0000201',
    /^local-data exact many.test( c00002[0-9a-f]{2}){16}$/,
  ])
})

t.test('addresses are read exactly or not at all', async (t) => {
  const data = (text: string) => addressRecord(text)?.data
  t.equal(data('192.0.2.255'), 'c00002ff')
  t.equal(data('2001:db8::1'), '20010db8000000000000000000000001')
  t.equal(data('::'), '0'.repeat(32))
  t.equal(data('::ffff:192.0.2.1'), '00000000000000000000ffffc0000201')
  t.equal(data('1:2:3:4:5:6:7:8'), '00010002000300040005000600070008')
  for (const bad of [
    '256.0.0.1',
    '01.2.3.4',
    '1.2.3',
    '1.2.3.4.5',
    ':',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'g::1',
    '::1%eth0',
    '192.0.2.1::',
    ':1:2:3:4:5:6:7',
    '',
  ])
    t.equal(data(bad), undefined, bad)
})

t.test('names of 63-byte labels and 255 bytes are taken, one byte more is refused', async (t) => {
  const label = 'a'.repeat(63)
  const longest = `${label}.${label}.${label}.${'b'.repeat(61)}`
  for (const [parse, line] of [
    [parseAdblock, (name: string) => `||${name}^`],
    [parseDnsmasq, (name: string) => `address=/${name}/`],
    [parseRpz, (name: string) => `${name}. CNAME .`],
  ] as const) {
    t.match(actionsBy(parse, [line(longest)]), [/^(?:block|nxdomain) /])
    t.match(actionsBy(parse, [line(`${longest}b`)]), [/^refused 1: .*longer than 255 bytes$/])
    t.match(actionsBy(parse, [line(`${label}a.test`)]), [/^refused 1: .*more than 63 bytes$/])
  }
})

t.test('names beyond ASCII become their A-labels in every format', async (t) => {
  for (const [parse, line] of [
    [parseAdblock, '||Bücher.example.test^'],
    [parseDnsmasq, 'address=/bücher.example.test/'],
    [parseRpz, 'bücher.example.test CNAME .'],
  ] as const) {
    const builder = new IndexBuilder({ seed: SEED })
    const sink = builder.list(testSource('a', false))
    feed(parse(takeActionsInto(sink, GAMES, false)), line)
    t.same(covering(opened(builder.build()), 'xn--bcher-kva.example.test'), ['a: media.games'])
  }
})

const GAMES = { kind: 'categorise', category: 'media.games' } as const
const FUZZ_MS = 1_000
/** No single text of a few lines may take longer. */
const SLOWEST_MS = 50
const PIECES = ['||', '@@', '|', '^', '$', ',', '*', '.', '/', '\\', '(', ')', '"', ';', '#', '!']
const WORDS = [
  'important',
  'badfilter',
  'dnstype=',
  'denyallow=',
  'dnsrewrite=',
  'NOERROR;A;',
  'CNAME ',
  'IN ',
  '$ORIGIN ',
  'rpz-passthru.',
  'address=/',
  '(a+)+$',
  '(^|\\.)',
  '192.0.2.1',
  '2001:db8::1',
  'example.test',
  'ü',
  '\\000',
  '\n',
  ' ',
]

const SUBJECTS = LIST_FORMATS.flatMap((format) => [
  { ...format, isTrusted: true },
  { ...format, isTrusted: false },
])

for (const { name, fixture, isTrusted, parserInto } of SUBJECTS)
  t.test(
    `mutated ${name} lines ${isTrusted ? '' : 'that nobody trusts '}neither throw nor hang, and make a sound index`,
    async (t) => {
      const lines = fixtureText(fixture).split('\n')
      const part = fc.oneof(
        fc.constantFrom(...lines),
        fc.constantFrom(...PIECES, ...WORDS),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.tuple(fc.constantFrom(...PIECES), fc.nat(4_000)).map(([piece, n]) => piece.repeat(n)),
      )
      let slowest = 0
      const texts = fc.array(part, { maxLength: 12 })
      fc.assert(
        fc.property(texts, (parts) => {
          const read = () => {
            const before = cpuMs()
            const builder = new IndexBuilder({ seed: SEED })
            feed(parserInto(builder.list(testSource('fuzz', isTrusted)), isTrusted), ...parts)
            return { builder, ms: cpuMs() - before }
          }
          const { builder, ms } = read()
          // The best of six, because collections come at any time.
          const again = ms < SLOWEST_MS ? [] : Array.from({ length: 5 }, () => read().ms)
          const best = Math.min(ms, ...again)
          slowest = Math.max(slowest, best)
          const index = opened(builder.build())
          const matches = new Matches()
          for (const wire of ASKED) index.match(wire, 0, matches)
        }),
        { numRuns: 100_000, plugins: [fc.interruptAfterTimeLimit(FUZZ_MS)] },
      )
      t.ok(slowest < SLOWEST_MS, `the slowest took ${slowest.toFixed(1)} ms`)
    },
  )

const ASKED = [
  '\u0003www\u0007example\u0004test\u0000',
  '\u0000',
  '\u0001.\u0001*\u0003com\u0000',
].map((text) => new TextEncoder().encode(text))

function feed(parser: ListParser, ...texts: readonly string[]): void {
  for (const text of texts) parser.write(text)
  parser.end()
}
