import t from 'tap'
import { Query } from '#agent/query.ts'
import { COUNT, observedMemory, RING_WORDS, SLOTS } from '#agent/signals/observed-layout.ts'
import { ObservedReader } from '#agent/signals/observed-reader.ts'
import { ObservedWriter } from '#agent/signals/observed-writer.ts'
import { newToldMark } from '#agent/signals/told-mark.ts'
import { NO_ADDRESS_RULES } from '#rules/address-rule-table.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { compileView } from '#rules/policy-view.ts'
import { BYPASS_CANARIES_LIST } from '#rules/sets/bypass-canaries.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import type { Verdict } from '#rules/verdict.ts'
import { drain, PLENTY, type RingRates, ringWith } from '#test/support/observing.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const VIEW = compileView(makeRules([['a.test', 'adult.porn']]), makePolicy('any'))
const HASH = 'aGFzaA'

function clientOf(address: string): NonNullable<Query['client']> {
  return {
    address,
    key: address,
    group: 'ks3',
    view: VIEW,
    rules: NO_ADDRESS_RULES,
    source: 'network',
    isForwarder: false,
    queries: 0,
    told: newToldMark(),
  }
}

const allowed = {
  kind: 'allow',
  reason: 'default',
  category: undefined,
  list: '',
  entry: -1,
} as const
function blocked(category: CategoryId, list = 'a-list'): Verdict {
  return { kind: 'block', reason: 'category', category, list, entry: 1 }
}
function monitored(category: CategoryId): Verdict {
  return { kind: 'monitor', reason: 'category', category, list: 'a-list', entry: 1 }
}

interface Asked {
  readonly client?: Query['client']
  readonly name?: string
  readonly verdict?: Verdict
  readonly decided?: Verdict
  readonly type?: number
  readonly atMs?: number
}

const HOME = clientOf('192.0.2.7')

/** Lent for one note, as by a listener. */
const QUERY = new Query()

function queryOf(asked: Asked = {}): Query {
  const { client = HOME, name = 'www.example.org', verdict = allowed, type = 28 } = asked
  const query = QUERY
  query.begin('udp', '192.0.2.7')
  query.client = client
  query.verdict = verdict
  query.decided = asked.decided ?? verdict
  query.startedAtMs = asked.atMs ?? performance.now()
  const wire = wireName(name)
  query.view.name.set(wire)
  query.view.nameLength = wire.length
  query.view.type = type
  return query
}

function setUp(rates: RingRates = PLENTY) {
  const ring = ringWith(rates)
  const writer = new ObservedWriter(ring, () => HASH)
  const { counts, head } = observedMemory(ring)
  return { ring, head, counts, writer, reader: new ObservedReader(ring) }
}

t.test('a lookup comes out as it was', (t) => {
  const { writer, reader } = setUp()
  writer.note(queryOf({ name: 'a\\b.example.org', verdict: monitored('commerce.gambling') }))
  writer.note(queryOf({ name: 'x.test', verdict: blocked('harm.selfharm'), type: 65_535 }))
  writer.note(queryOf({ name: 'c.test', verdict: blocked('harm.selfharm', CANARIES_LIST) }))
  const [first, second, trial, none] = drain(reader)
  t.match(first, {
    client: { key: '192.0.2.7', group: 'ks3' },
    name: 'a\\\\b.example.org',
    type: 28,
    verdict: 'monitored',
    category: 'commerce.gambling',
  })
  t.ok(first && first.ageMs < 5_000, `${first?.ageMs} ms ago`)
  t.match(second, { name: 'x.test', type: 65_535, verdict: 'blocked', category: 'harm.selfharm' })
  t.match(trial, { name: 'c.test', verdict: 'blocked', category: 'harm.selfharm', isTrial: true })
  t.match([first, second], [{ isTrial: false }, { isTrial: false }])
  t.equal(none, undefined)
  t.end()
})

t.test(
  'help leaves no byte in the ring, whatever its answer led to; nor does what devices ask by themselves',
  (t) => {
    const { ring, writer, reader } = setUp()
    const decided = { ...allowed, reason: 'protected', category: 'protected.help' } as const
    writer.note(queryOf({ name: 'help.example.org', verdict: decided }))
    writer.note(queryOf({ name: 'help.example.org', decided, verdict: blocked('illegal.csam') }))
    writer.note(
      queryOf({ name: 'canary.test', verdict: blocked('bypass.doh', BYPASS_CANARIES_LIST) }),
    )
    t.same(drain(reader), [])
    const bytes = Buffer.from(ring)
    t.equal(bytes.indexOf('help'), -1)
    t.equal(bytes.indexOf('canary'), -1)
    writer.note(queryOf({ name: 'open.example.org' }))
    t.not(bytes.indexOf('open'), -1, 'others are there')
    t.end()
  },
)

t.test('illegal names are told as hashes only', (t) => {
  const { ring, writer, reader } = setUp()
  writer.note(queryOf({ name: 'unspeakable.test', verdict: blocked('illegal.terror') }))
  t.match(drain(reader), [{ name: `#${HASH}`, verdict: 'blocked', category: 'illegal.terror' }])
  t.equal(Buffer.from(ring).indexOf('unspeakable'), -1)
  t.end()
})

t.test('nothing is written while nobody reads', (t) => {
  const { ring, head, writer, reader } = setUp()
  head[3] = 0
  writer.note(queryOf())
  t.same(drain(reader), [])
  t.equal(Buffer.from(ring).indexOf('example'), -1)
  t.end()
})

t.test(
  'many rounds of the ring, names of every length, several clients: all comes out, in order',
  (t) => {
    const { writer, reader } = setUp()
    const clients = Array.from({ length: 50 }, (_, i) => clientOf(`192.0.2.${i}`))
    const label = 'x'.repeat(60)
    let expected: string[] = []
    let words = 0
    for (let i = 0; i < 20_000; i++) {
      const name = `n${i}.${label.slice(0, i % 60 || 1)}.test`
      writer.note(queryOf({ name, client: clients[i % clients.length] }))
      expected.push(`192.0.2.${i % 50} ${name}`)
      words += 3 + name.length / 4
      if (i % 1_000 !== 999) continue
      const found = drain(reader).map((one) => `${one.client.key} ${one.name}`)
      if (found.join() !== expected.join()) t.fail(`other lookups came out after ${i}`)
      expected = []
    }
    t.ok(words > 2 * RING_WORDS, 'it went round')
    t.end()
  },
)

t.test(
  'names that nothing is wrong with go first when it is nearly full; all that is lost is counted',
  (t) => {
    const { writer, reader, counts } = setUp()
    for (let i = 0; i < 100_000 && counts[COUNT.noRoom] === 0; i++)
      writer.note(queryOf({ atMs: i }))
    t.equal(counts[COUNT.noRoom], 1)
    const before = counts[COUNT.told] ?? 0
    const watched = queryOf({ verdict: blocked('harm.suicide'), name: 'watched.test' })
    writer.note(watched)
    t.equal(counts[COUNT.told], before + 1, 'there is room for what is watched')
    for (let i = 0; i < 100_000 && counts[COUNT.watchedLost] === 0; i++) writer.note(watched)
    t.equal(counts[COUNT.watchedLost], 1)
    const found = drain(reader)
    t.equal(found.length, counts[COUNT.told])
    t.ok(found.filter(({ verdict }) => verdict === 'blocked').length > 3_000)
    t.end()
  },
)

t.test('rates: of all, of what is watched, of one client; anew each second', (t) => {
  const { writer, reader, counts } = setUp({ others: 10, watched: 4, perClient: 3 })
  const clients = Array.from({ length: 20 }, (_, i) => clientOf(`192.0.2.${i}`))
  const second = (atMs: number): Record<string, number> => {
    for (const client of clients)
      for (let i = 0; i < 5; i++) {
        writer.note(queryOf({ client, atMs }))
        writer.note(queryOf({ client, atMs, verdict: blocked('harm.selfharm') }))
      }
    const found = drain(reader)
    const most = Math.max(
      ...clients.map(
        ({ key }) =>
          found.filter((one) => one.client.key === key && one.verdict === 'allowed').length,
      ),
    )
    return {
      allowed: found.filter(({ verdict }) => verdict === 'allowed').length,
      watched: found.length - found.filter(({ verdict }) => verdict === 'allowed').length,
      most,
    }
  }
  t.same(second(5_000), { allowed: 10, watched: 4, most: 3 })
  t.equal(counts[COUNT.overRate], 90)
  t.equal(counts[COUNT.watchedLost], 96)
  t.same(
    second(4_500),
    { allowed: 0, watched: 0, most: 0 },
    'who waited for an upstream began earlier',
  )
  t.same(second(6_000), { allowed: 10, watched: 4, most: 3 })
  t.end()
})

t.test('a block that alerts nobody counts with the others', (t) => {
  const { writer, counts } = setUp({ others: 1, watched: 9, perClient: 9 })
  const client = clientOf('192.0.2.9')
  for (let i = 0; i < 3; i++)
    writer.note(queryOf({ client, verdict: blocked('prod.ads'), atMs: 1_000 }))
  t.equal(counts[COUNT.told], 1)
  t.equal(counts[COUNT.overRate], 2)
  t.end()
})

t.test('a reader that comes later is told of every client anew', (t) => {
  const { ring, writer, reader } = setUp()
  const [a, b] = [clientOf('192.0.2.1'), clientOf('192.0.2.2')]
  writer.note(queryOf({ client: a }))
  t.equal(drain(reader).length, 1)
  writer.note(queryOf({ client: a, name: 'of-a-client-that-only-the-first-knows.test' }))
  writer.note(queryOf({ client: b, name: 'unread.test' }))
  const next = new ObservedReader(ring)
  writer.note(queryOf({ client: a }))
  writer.note(queryOf({ client: b }))
  t.match(drain(next), [
    { client: { key: '192.0.2.2' }, name: 'unread.test' },
    { client: { key: '192.0.2.1' }, name: 'www.example.org' },
    { client: { key: '192.0.2.2' }, name: 'www.example.org' },
  ])
  t.end()
})

t.test('a slot that another client got is no longer the first one’s', (t) => {
  const { writer, reader } = setUp()
  const first = clientOf('192.0.2.1')
  writer.note(queryOf({ client: first }))
  for (let i = 0; i < SLOTS; i++) {
    writer.note(queryOf({ client: clientOf(`2001:db8::${i.toString(16)}`) }))
    if (i % 1_000 === 0) drain(reader)
  }
  drain(reader)
  writer.note(queryOf({ client: first }))
  t.match(drain(reader), [{ client: { key: '192.0.2.1' } }])
  t.end()
})

t.test('a reader may leave a lookup where it is', (t) => {
  const { writer, reader } = setUp()
  for (const name of ['a.test', 'b.test', 'c.test']) writer.note(queryOf({ name }))
  const names: string[] = []
  reader.drain(0, ({ name }) => {
    if (name === 'b.test') return false
    names.push(name)
    return true
  })
  t.same(names, ['a.test'])
  t.match(drain(reader), [{ name: 'b.test' }, { name: 'c.test' }])
  t.end()
})
