import t from 'tap'
import {
  APEX,
  HOST,
  kindIn,
  NameBook,
  PRIVATE,
  siteIn,
  UNNUMBERED,
  WWW,
} from '#agent/signals/name-book.ts'
import { MINUTE } from '#agent/signals/ticks.ts'

t.test('a name has the site that its owner registered, and a kind', (t) => {
  const book = new NameBook({ names: 100, sites: 100 })
  const find = (name: string) => {
    const known = book.find(name, false, 1)
    return [book.nameOf(siteIn(known)), kindIn(known)]
  }
  t.same(find('example.test'), ['example.test', APEX])
  t.same(find('www.example.test'), ['example.test', WWW])
  t.same(find('a.b.example.test'), ['example.test', HOST])
  t.same(find('a.school.sch.uk'), ['a.school.sch.uk', APEX])
  t.same(find('shop.example.co.uk'), ['example.co.uk', HOST])
  t.same(find('one.github.io'), ['one.github.io', APEX], 'customers of a host are apart')
  t.same(find('wwwx.example.test'), ['example.test', HOST])
  t.end()
})

t.test('what may leave no trace gets no number, whoever lists it', (t) => {
  const book = new NameBook({ names: 100, sites: 100 })
  for (const name of ['samaritans.org', 'chat.samaritans.org', 'lgbt.foundation'])
    for (const mustScore of [true, false]) t.equal(book.find(name, mustScore, 1), PRIVATE)
  t.equal(book.find('a-mosque.test', false, 1), PRIVATE)
  t.same(book.counters(), { names: 0, sites: 0, unnumbered: 0 })
  const scored = book.find('a-mosque.test', true, 1)
  t.ok(book.isQuiet(siteIn(scored)))
  t.equal(book.find('a-mosque.test', false, 1), PRIVATE, 'only where it must be scored')
  t.end()
})

t.test(
  'numbers of idle sites go to others, and no name keeps a number that is not its own',
  (t) => {
    const book = new NameBook({ names: 40, sites: 10 })
    let tick = 1
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i < 10; i++) {
        const name = `www.site${(round * 7 + i) % 45}.test`
        const site = siteIn(book.find(name, false, tick))
        t.equal(`www.${book.nameOf(site)}`, name)
      }
      tick += 12 * MINUTE
    }
    for (let i = 0; i < 10; i++) book.find(`busy${i}.test`, false, tick)
    t.equal(book.find('one-too-many.test', false, tick), UNNUMBERED, 'sites in use keep theirs')
    t.equal(book.counters().unnumbered, 1)
    t.ok(book.counters().names <= 80)
    t.end()
  },
)
