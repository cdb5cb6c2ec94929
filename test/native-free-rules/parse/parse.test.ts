import fc from 'fast-check'
import t from 'tap'
import { isCategoryId } from '#rules/categories.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { parseDomainList } from '#rules/parse/domain-list.ts'
import { parseHostsFile } from '#rules/parse/hosts-file.ts'
import { takeInto } from '#rules/parse/rule-taker.ts'
import { UT1_CATEGORIES, type Ut1Use } from '#rules/parse/ut1-categories.ts'
import { parseUt1Usage, ut1Use } from '#rules/parse/ut1-folder.ts'
import { covering, opened, SEED, testSource } from '../make-index.ts'
import { checkGolden, parsedBy } from './golden.ts'

t.test('a hosts file covers each of its names exactly', async (t) => {
  checkGolden(t, parseHostsFile, 'hosts.txt', [
    'exact one.example.test',
    'exact two.example.test',
    'exact three.example.test',
    'exact Four.Example.TEST.',
    'refused 8: :: five.example.test#not-a-comment: not a host name',
    'exact six.example.test',
    'exact seven.example.test',
    'refused 11: nine.example.test: does not begin with an IP address',
    'refused 12: 0.0.0.0: has no name after the address',
    'refused 13: 0.0.0.0 192.0.2.1: an IP address is not a name',
    'refused 14: 0.0.0.0 bad..example.test good.example.test: the name has an empty label',
    'exact good.example.test',
    'refused 15: 0.0.0.0 com: a top-level name covers too much',
    'refused 16: 0.0.0.0 <script>.example.test: not a host name',
    'exact bücher.example.test',
    'exact last.example.test',
  ])
})

t.test('a domain list covers each name and all below it, however it is written', async (t) => {
  checkGolden(t, parseDomainList, 'domains.txt', [
    'subtree plain.example.test',
    'subtree star.example.test',
    'subtree dot.example.test',
    'subtree spaced.example.test',
    'subtree CASE.Example.Test.',
    'subtree _sip.example.test',
    'refused 8: 192.0.2.1: an IP address is not a name',
    'refused 9: 2001:db8::1: an IP address is not a name',
    'refused 10: [2001:db8::1]: an IP address is not a name',
    'refused 11: 300.1.2.3: an IP address is not a name',
    'refused 12: http://page.example.test/path: an address of a page is not a name',
    'refused 13: ://: an address of a page is not a name',
    'refused 14: *: not a host name',
    'refused 15: .: the root covers every name',
    'refused 16: *.: not a host name',
    'refused 17: com: a top-level name covers too much',
    'refused 18: *.com: a top-level name covers too much',
    'refused 19: sch.uk: a public suffix covers too much',
    'refused 20: a..b.test: the name has an empty label',
    'subtree -dash-.example.test',
    'refused 22: ||adblock.example.test^: not a host name',
    'refused 23: two names.test: not a host name',
    'refused 24: a.b\\.c.test: not a host name',
    'refused 25: x*.example.test: not a host name',
  ])
})

t.test('a line too long is refused and the next is read as usual', async (t) => {
  const long = 'a'.repeat(10_000)
  const said = parsedBy(parseDomainList, [
    `one.test\n${long}`,
    long,
    '\ntwo.test',
    `\n${long}\n`,
    'x.test',
  ])
  t.match(said, [
    'subtree one.test',
    /^refused 2: a{200}: the line is too long$/,
    'subtree two.test',
    /^refused 4: a{200}: the line is too long$/,
    'subtree x.test',
  ])
})

t.test('no text makes a parser throw', async () => {
  const lines = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n', '\r\n', '#', '*.', ' ', '0.0.0.0 '),
    ),
  )
  fc.assert(
    fc.property(lines, (chunks) => {
      parsedBy(parseDomainList, chunks)
      parsedBy(parseHostsFile, chunks)
    }),
  )
})

t.test('a parsed list stands in the index with its refused lines', async (t) => {
  const builder = new IndexBuilder({ seed: SEED })
  const sink = builder.list(testSource('a', false))
  const parser = parseDomainList(takeInto(sink, { kind: 'categorise', category: 'media.games' }))
  parser.write('games.test\n192.0.2.9\n')
  parser.end()
  const index = opened(builder.build())
  t.same(covering(index, 'www.games.test'), ['a: media.games'])
  t.match(index.lists[0], {
    names: 1,
    refusedLines: 1,
    refused: [{ line: 2, text: '192.0.2.9', reason: 'an IP address is not a name' }],
  })
})

t.test('the first word of a UT1 usage file decides', async (t) => {
  t.equal(parseUt1Usage('black\n'), 'black')
  t.equal(parseUt1Usage('white\nblack\n'), 'white')
  t.equal(parseUt1Usage('black\r\nwhite'), 'black')
  t.equal(parseUt1Usage('#\tthis category is black or white\nblack adult porn'), 'black')
  t.match(parseUt1Usage(''), { failure: 'no-usage' })
  t.match(parseUt1Usage('blacklist'), { failure: 'no-usage' })
})

t.test('UT1 folders fill categories that exist and that a list may fill', async (t) => {
  const used = [...UT1_CATEGORIES.values()].filter((category) => category !== 'off')
  t.ok(used.every((category) => isCategoryId(category)))
  t.notOk(used.some((category) => /^(?:illegal|core|protected)\./.test(category)))
  t.equal(ut1Use('gambling', new Map()), 'commerce.gambling')
  t.equal(ut1Use('bank', new Map()), 'off')
})

t.test("what a list's own categories say of a UT1 folder comes before the table", async (t) => {
  const own = new Map<string, Ut1Use>([
    ['gambling', 'off'],
    ['bank', 'commerce.gambling'],
    ['new', 'media.games'],
    ['news', 'off'],
    ['a b', 'media.games'],
    ['a c', 'off'],
  ])
  t.equal(ut1Use('gambling', own), 'off')
  t.equal(ut1Use('bank', own), 'commerce.gambling')
  t.equal(ut1Use('new', own), 'media.games')
  t.equal(ut1Use('news', own), 'off')
  t.match(ut1Use('a b', own), { failure: 'unknown-folder', detail: /at most 64 letters/ })
  t.equal(ut1Use('a c', own), 'off')
})

t.test('a UT1 folder that nobody knows is a failure that says what to do', async (t) => {
  for (const folder of ['newone', 'Gambling', ...Object.getOwnPropertyNames(Object.prototype)])
    t.match(
      ut1Use(folder, new Map()),
      { failure: 'unknown-folder', detail: /name it in "categories"/ },
      folder,
    )
  for (const folder of ['', '.', '..', 'a/b', 'a b', 'é', 'a'.repeat(65)])
    t.match(ut1Use(folder, new Map()), { detail: /at most 64 letters/ }, folder)
})
