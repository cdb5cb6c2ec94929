import t from 'tap'
import { AskHistory, SLOT_MS } from '#agent/bypass/ask-history.ts'
import { AskWatch } from '#agent/bypass/ask-watch.ts'
import { lookForHiddenSchool, QUERIES_MIN } from '#agent/bypass/hidden-school.ts'
import { SilenceWatch } from '#agent/bypass/silence.ts'
import { ASKED_ONE_IN, AskedRing, type AskedSample } from '#agent/fastpath/asked-ring.ts'
import { ADDRESS_WORDS, AddressWords } from '#agent/limits/address-words.ts'
import { Query } from '#agent/query.ts'
import { newToldMark } from '#agent/signals/told-mark.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import { compileView } from '#rules/policy-view.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'
import { handTime } from './bypass-support.ts'

const ENOUGH = Math.ceil(QUERIES_MIN / ASKED_ONE_IN)
const words = new AddressWords()
const nobody = (): boolean => false

function sample(address: string, zone: number, named = 0): AskedSample {
  const out = new Int32Array(ADDRESS_WORDS)
  words.read(address, out)
  // Spread over the upper bits, as a hash is.
  return { address: out, zone: Math.imul(zone + 1, 0x9e37_79b1), named: named && named << 26 }
}

function ask(history: AskHistory, address: string, times: number, atMs = 0, zones = times): void {
  for (let i = 0; i < times; i++) history.take(sample(address, i % zones), atMs)
}

t.test('who asks most of the queries for many is a hidden school', (t) => {
  const history = new AskHistory()
  ask(history, '192.0.2.10', ENOUGH)
  ask(history, '192.0.2.20', 30)
  const { busiest, found } = lookForHiddenSchool(history, 0, nobody)
  t.match(found, { address: '192.0.2.10', by: 'share', share: 0.91 })
  t.match(busiest, { address: '192.0.2.10' })
  t.match(
    lookForHiddenSchool(history, 0, (address) => address === '192.0.2.10'),
    { found: undefined, busiest: { address: '192.0.2.10' } },
    'a declared forwarder hides nobody',
  )
  t.equal(lookForHiddenSchool(history, 4 * SLOT_MS, nobody).found, 'unknown', 'long ago')
  t.end()
})

t.test('four fifths, many names and enough queries are needed for it', (t) => {
  const even = new AskHistory()
  ask(even, '192.0.2.10', ENOUGH)
  ask(even, '192.0.2.20', Math.ceil(ENOUGH / 4))
  t.equal(lookForHiddenSchool(even, 0, nobody).found, undefined, 'four fifths are not more')
  const one = new AskHistory()
  ask(one, '192.0.2.10', ENOUGH, 0, 30)
  t.equal(lookForHiddenSchool(one, 0, nobody).found, undefined, 'the names of one person')
  const few = new AskHistory()
  ask(few, '192.0.2.10', ENOUGH - 5)
  t.equal(lookForHiddenSchool(few, 0, nobody).found, 'unknown', 'too few to tell')
  t.equal(lookForHiddenSchool(new AskHistory(), 0, nobody).found, 'unknown')
  t.end()
})

t.test('who names many clients is one, however little it asks', (t) => {
  const history = new AskHistory()
  ask(history, '192.0.2.20', ENOUGH)
  ask(history, '192.0.2.21', ENOUGH)
  for (let i = 0; i < 40; i++) history.take(sample('2001:db8::53', 1, i + 1), 0)
  t.match(lookForHiddenSchool(history, 0, nobody).found, {
    address: '2001:db8::53',
    by: 'named-clients',
  })
  const few = new AskHistory()
  for (let i = 0; i < 40; i++) few.take(sample('192.0.2.21', 1, (i % 5) + 1), 0)
  t.not(lookForHiddenSchool(few, 0, nobody).found, undefined, 'five clients may be one device')
  t.notMatch(lookForHiddenSchool(few, 0, nobody).found, { by: 'named-clients' })
  t.end()
})

t.test('clients are counted by slots of five minutes and forgotten after an hour', (t) => {
  const history = new AskHistory()
  ask(history, '192.0.2.10', 3, 0)
  ask(history, '192.0.2.10', 2, 2 * SLOT_MS)
  const [one] = history.each(3 * SLOT_MS)
  t.strictSame(one?.samples.slice(0, 4), [0, 2, 0, 3])
  const out = new Int32Array(ADDRESS_WORDS)
  words.read('192.0.2.10', out)
  t.equal([...history.each(13 * SLOT_MS)].length, 1)
  t.ok(history.hasAsked(out, 13 * SLOT_MS), 'also after it was looked at')
  t.notOk(history.hasAsked(out, 14 * SLOT_MS))
  t.match([...history.each(14 * SLOT_MS)], [{ samples: Array.from({ length: 12 }, () => 0) }])
  for (let i = 0; i < 12_000; i++) ask(history, `10.0.${i >> 8}.${i & 255}`, 1, 0)
  t.equal([...history.each(0)].length, 10_000)
  t.end()
})

/** Nine slots of steady asking, then three of silence; the others ask on. */
function fallSilent({ others = 20, steady = 3 } = {}): AskHistory {
  const history = new AskHistory()
  for (let slot = 0; slot < 12; slot++) {
    ask(history, '192.0.2.99', slot < 9 ? 20 : others, slot * SLOT_MS)
    if (slot < 9) ask(history, '192.0.2.10', steady, slot * SLOT_MS)
  }
  return history
}
const NOW = 11 * SLOT_MS + 1

t.test('a device that falls silent while it is there is told, once', (t) => {
  const history = fallSilent()
  const watch = new SilenceWatch((address) => address === '192.0.2.10')
  t.strictSame(watch.look(history, NOW), ['192.0.2.10'])
  t.strictSame(watch.look(history, NOW), [], 'once')
  t.strictSame(new SilenceWatch(nobody).look(history, NOW), [], 'it has gone home')
  const yes = (): boolean => true
  t.strictSame(new SilenceWatch(yes).look(fallSilent({ others: 5 }), NOW), [], 'a break')
  t.strictSame(new SilenceWatch(yes).look(fallSilent({ steady: 1 }), NOW), [], 'not steady')
  ask(history, '192.0.2.10', 1, NOW)
  t.strictSame(watch.look(history, NOW), [])
  t.end()
})

const VIEW = compileView(makeRules([['a.test', 'adult.porn']]), makePolicy('any'))

function queryOf(clientAddress: string, name: string): Query {
  const query = new Query()
  query.begin('udp', clientAddress)
  query.client = {
    address: clientAddress,
    group: 'any',
    view: VIEW,
    rules: NO_ADDRESS_RULES,
    source: 'network',
    key: clientAddress,
    isForwarder: false,
    confidence: 0,
    queries: 0,
    told: newToldMark(),
  }
  const labels = name.split('.').map((label) => Buffer.from(`\u0000${label}`))
  for (const label of labels) label[0] = label.length - 1
  const wire = Buffer.concat([...labels, Buffer.alloc(1)])
  query.view.name.set(wire)
  query.view.nameLength = wire.length
  return query
}

t.test('one query in 17 is sampled, of clients alone, and of help only that there was one', (t) => {
  const ring = new AskedRing(new ArrayBuffer(AskedRing.BYTES), 0, new AddressWords())
  const seen: { address: string; zone: number }[] = []
  const read = (from: number): number =>
    ring.read(from, ({ address, zone }) => seen.push({ address: address.join(), zone }))
  const one = queryOf('192.0.2.10', 'www.one.example')
  for (let i = 0; i < ASKED_ONE_IN * 3; i++) ring.note(one)
  const same = queryOf('192.0.2.11', 'mail.one.example')
  for (let i = 0; i < ASKED_ONE_IN; i++) ring.note(same)
  const help = queryOf('192.0.2.12', 'help.example')
  help.decided = { kind: 'allow', reason: 'protected', category: undefined, list: '' } as never
  for (let i = 0; i < ASKED_ONE_IN; i++) ring.note(help)
  const stranger = queryOf('203.0.113.9', 'www.example')
  stranger.client = undefined
  for (let i = 0; i < ASKED_ONE_IN * 2; i++) ring.note(stranger)
  const from = read(0)
  t.equal(from, 5)
  t.equal(seen.length, 5)
  t.equal(seen[0]?.zone, seen[3]?.zone, 'a zone is one, whichever of its names is asked')
  t.not(seen[0]?.address, seen[3]?.address)
  t.equal(seen[4]?.zone, 0)
  for (let i = 0; i < ASKED_ONE_IN * 9_000; i++) ring.note(one)
  seen.length = 0
  t.equal(read(from), 9_005)
  t.equal(seen.length, 8_192, 'a reader that is late misses the oldest')
  t.end()
})

t.test(
  'what was seen stands while little is asked, until it is declared or shown otherwise',
  (t) => {
    const { clock, after, advance } = handTime()
    const ring = new AskedRing(new ArrayBuffer(AskedRing.BYTES), 0, new AddressWords())
    let declared = ''
    let changes = 0
    const watch = new AskWatch({
      clock,
      after,
      rings: () => [ring],
      isDeclared: (address) => address === declared,
      isSeen: nobody,
      onSilent: () => undefined,
      onChange: () => changes++,
    })
    watch.start()
    const askMany = (address: string): void => {
      for (let i = 0; i < 300; i++)
        for (let j = 0; j < ASKED_ONE_IN; j++) ring.note(queryOf(address, `www.zone${i}.example`))
    }
    askMany('192.0.2.10')
    advance(60_000)
    t.match(watch.hiddenSchool(), { address: '192.0.2.10', share: 1 })
    t.equal(changes, 1, 'the collector is told soon')
    t.ok(watch.asksHere('192.0.2.10'))
    t.notOk(watch.asksHere('192.0.2.11'))
    t.notOk(watch.asksHere('nonsense'))
    const since = watch.hiddenSchool()?.since
    advance(8 * 3_600_000)
    t.equal(watch.hiddenSchool()?.since, since, 'at night it stands')
    t.equal(watch.busiest(), undefined)
    declared = '192.0.2.10'
    t.equal(watch.hiddenSchool(), undefined)
    declared = ''
    askMany('192.0.2.10')
    t.ok(watch.hiddenSchool())
    askMany('192.0.2.11')
    t.equal(watch.hiddenSchool(), undefined, 'two ask as much')
    watch.close()
    t.end()
  },
)
