/** Names are read exactly in every format: case, trailing dots, A-labels, escapes, and the limits of labels and names. */
import t from 'tap'
import { IndexBuilder } from '#rules/index-builder.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { LIST_FORMATS, type ListFormat } from '#test/support/list-parsers.ts'
import { covering, opened, SEED, testSource } from '../make-index.ts'

const TAKEN = ['a: media.games']
const LABEL = 'a'.repeat(63)
/** 255 bytes in wire form. */
const LONGEST = `${LABEL}.${LABEL}.${LABEL}.${'b'.repeat(61)}`

/** As written in a list, and as it is asked for. */
const NAMES: readonly (readonly [written: string, asked: string])[] = [
  ['plain.example.test', 'PLAIN.example.test'],
  ['MiXeD.Example.TEST', 'mixed.example.test'],
  ['_under-score_.example.test', '_under-score_.example.test'],
  ['xn--bcher-kva.example.test', 'xn--bcher-kva.example.test'],
  ['XN--BCHER-KVA.example.test', 'xn--bcher-kva.example.test'],
  [`${LABEL}.example.test`, `${LABEL}.example.test`],
  [LONGEST, LONGEST],
]
const TRAILING: readonly (readonly [written: string, asked: string])[] = [
  ['trailing.example.test.', 'trailing.example.test'],
  [`${LONGEST}.`, LONGEST],
]
const BEYOND_ASCII: readonly (readonly [written: string, asked: string])[] = [
  ['bücher.example.test', 'xn--bcher-kva.example.test'],
  ['BÜCHER.Example.Test', 'xn--bcher-kva.example.test'],
  // Decomposed.
  ['bu\u0308cher.example.test', 'xn--bcher-kva.example.test'],
  ['straße.example.test', 'xn--strae-oqa.example.test'],
  ['☕.example.test', 'xn--53h.example.test'],
  ['пример.example.test.', 'xn--e1afmkfd.example.test'],
  // Other dots (RFC 3490 section 3.1).
  ['ideographic\u3002example\u3002test', 'ideographic.example.test'],
  ['wide\uff0eexample\uff0etest', 'wide.example.test'],
  ['half\uff61example\uff61test', 'half.example.test'],
  // Full-width letters.
  ['\uff46\uff55\uff4c\uff4c.example.test', 'full.example.test'],
]
const REFUSED: readonly string[] = [
  `a${LABEL}.example.test`,
  `${LONGEST}b`,
  `${LONGEST}.b`,
  `a.${LONGEST}`,
  'empty..example.test',
  // One byte too many once it is an A-label.
  `${'ü'.repeat(60)}.example.test`,
]

for (const format of LIST_FORMATS) {
  t.test(`${format.name}: names as they are meant`, async (t) => {
    for (const [written, asked] of NAMES)
      t.same(covering(read(format, written).index, asked), TAKEN, written.slice(0, 40))
    for (const written of REFUSED) {
      const { index, reasons } = read(format, written)
      t.equal(index.names, 0, written.slice(0, 40))
      t.equal(reasons.length, 1, written.slice(0, 40))
    }
    if (format.name === 'regex') return
    for (const [written, asked] of [...TRAILING, ...BEYOND_ASCII])
      t.same(covering(read(format, written).index, asked), TAKEN, written)
  })
}

t.test('an expression that no name can match is refused, and says why', async (t) => {
  const regex = LIST_FORMATS.find(({ name }) => name === 'regex')
  if (!regex) throw new Error('no format regex')
  for (const [written] of TRAILING)
    t.match(read(regex, written).reasons, [/matches no name/], written)
})

t.test('an expression with letters beyond ASCII is refused, and says what to write', async (t) => {
  const regex = LIST_FORMATS.find(({ name }) => name === 'regex')
  if (!regex) throw new Error('no format regex')
  for (const [written] of BEYOND_ASCII)
    t.match(
      read(regex, written).reasons,
      [/not all printable ASCII: names are matched as A-labels/],
      written,
    )
})

t.test('response policy zones read escapes, as master files have them', async (t) => {
  const rpz = LIST_FORMATS.find(({ name }) => name === 'rpz')
  if (!rpz) throw new Error('no format rpz')
  for (const [written, asked] of [
    ['a\\.b.example.test', 'a\\.b.example.test'],
    ['a\\046b.example.test', 'a\\.b.example.test'],
    ['\\097bc.example.test', 'abc.example.test'],
    ['\\a\\b\\c.example.test', 'abc.example.test'],
    ['a\\\\b.example.test', 'a\\\\b.example.test'],
    ['\\065bc.example.test', 'abc.example.test'],
    ['\\000.example.test', '\\000.example.test'],
    ['\\255.example.test', '\\255.example.test'],
    ['\\*.example.test', '\\042.example.test'],
    ['sp\\032ace.example.test', 'sp\\032ace.example.test'],
    [`${'\\097'.repeat(63)}.example.test`, `${LABEL}.example.test`],
  ] as const) {
    const { index } = read(rpz, written)
    t.same(covering(index, asked), TAKEN, written)
    t.same(covering(index, 'b.example.test'), [], `${written} is no name below`)
  }
  for (const written of ['a\\256.test', 'a\\25.test', 'a\\.test\\', `${'\\097'.repeat(64)}.test`])
    t.equal(read(rpz, written).index.names, 0, written.slice(0, 20))
})

t.test('other formats have no escapes: their lines are refused', async (t) => {
  for (const format of LIST_FORMATS) {
    if (format.name === 'rpz' || format.name === 'regex') continue
    for (const written of ['a\\.b.example.test', 'a\\046b.example.test', 'a\\000.example.test']) {
      const { index, reasons } = read(format, written)
      t.equal(index.names, 0, `${format.name}: ${written}`)
      t.equal(reasons.length, 1, `${format.name}: ${written}`)
    }
  }
})

function read(
  { parserInto, lineFor }: ListFormat,
  name: string,
): { readonly index: RuleIndex; readonly reasons: readonly string[] } {
  const builder = new IndexBuilder({ seed: SEED })
  const parser = parserInto(builder.list(testSource('a', false)), false)
  parser.write(lineFor(name))
  parser.end()
  const index = opened(builder.build())
  return { index, reasons: index.lists[0]?.refused.map(({ reason }) => reason) ?? [] }
}
