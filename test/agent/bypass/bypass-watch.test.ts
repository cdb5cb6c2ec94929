import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { HABIT_HOURS } from '#agent/bypass/background.ts'
import { BYPASS_RULES } from '#agent/bypass/bypass-rules.ts'
import type { BypassSignal } from '#agent/bypass/bypass-signal.ts'
import { gradeBypass, type SignFigures } from '#agent/bypass/grade-bypass.ts'
import { storedEvent } from '#collector/ingest/event-schema.ts'
import {
  BYPASS_SAMPLES_MAX,
  type BypassNoticed,
  type BypassReason,
  type BypassSign,
} from '#domain/bypass-event.ts'
import type { StoredEvent } from '#domain/event.ts'
import { parseMac } from '#domain/mac-address.ts'
import { WALL_START } from '#test/support/hand-time.ts'
import { DEVICE, HOUR, MINUTE, makeWatch, signal } from './bypass-support.ts'

/** For each rule what it alone grades, and what is just short of it. */
const CASES: Readonly<
  Record<Exclude<BypassReason, 'single-sign'>, readonly [Figures, short: Figures]>
> = {
  tunnel: [{ 'vpn-used': 4 }, { 'tor-used': 3 }],
  'way-after-block': [
    { 'used-after-block': 1, 'dot-elsewhere': 1 },
    { 'looked-up-after-block': 1, 'dot-elsewhere': 1 },
  ],
  'tunnel-tried': [{ 'tor-used': 1 }, {}],
  'encrypted-elsewhere': [{ 'doh-elsewhere': 1 }, { 'doh-looked-up': 90 }],
  'dns-elsewhere': [{ 'dns-elsewhere': 10 }, { 'dns-elsewhere': 9 }],
  search: [{ 'vpn-looked-up': 3, 'proxy-looked-up': 2 }, { 'vpn-looked-up': 4 }],
  'search-after-block': [{ 'looked-up-after-block': 3 }, { 'looked-up-after-block': 2 }],
  'silent-and-elsewhere': [
    { 'fell-silent': 1, 'dns-elsewhere': 1 },
    { 'fell-silent': 1, 'doh-looked-up': 1 },
  ],
}
type Figures = Readonly<Partial<Record<BypassSign, number>>>

function grade(figures: Figures, rules = BYPASS_RULES) {
  const known = new Map<string, SignFigures>(
    Object.entries(figures).map(([sign, count]) => [sign, { foreground: count, different: count }]),
  )
  return gradeBypass((sign) => known.get(sign), rules)
}

t.test('each rule gives its grade, needs all that it says, and is missed when it is gone', (t) => {
  for (const [id, [figures, short]] of Object.entries(CASES)) {
    const rule = BYPASS_RULES.find((one) => one.id === id)
    t.match(grade(figures), { id, grade: rule?.grade }, id)
    t.not(grade(short).id, id, `${id}: just short of it`)
    t.not(
      grade(
        figures,
        BYPASS_RULES.filter((one) => one.id !== id),
      ).id,
      id,
    )
  }
  t.strictSame(
    BYPASS_RULES.map(({ id }) => id),
    Object.keys(CASES),
    'every rule has a case',
  )
  const grades = BYPASS_RULES.map((one) => one.grade)
  t.strictSame(grades, grades.toSorted(), 'the strongest first: high before medium')
  t.match(grade({}), { id: 'single-sign', grade: 'low' })
  t.end()
})

t.test('different names are counted, not lookups of one', (t) => {
  const { watch, events } = makeWatch()
  for (let i = 0; i < 50; i++) watch.record(signal({ sign: 'vpn-looked-up', sample: 'a.test' }))
  t.match(events(), [{ grade: 'low', rule: 'single-sign' }])
  for (const name of ['b', 'c', 'd', 'e'])
    watch.record(signal({ sign: 'vpn-looked-up', sample: `${name}.test` }))
  t.match(events(), [{ grade: 'medium', rule: 'search' }])
  t.end()
})

t.test('one event for a device and hour, told in few revisions, with its evidence', (t) => {
  const { watch, drafts, advance, events } = makeWatch()
  const mac = parseMac('02:00:5e:00:53:01')
  const stray: BypassSignal = signal({
    sign: 'dns-elsewhere',
    mac,
    server: '198.51.100.53',
    sample: '198.51.100.53 port 53',
  })
  for (let i = 0; i < 3_600; i++) {
    watch.record({ ...stray, address: i % 2 === 0 ? DEVICE : '2001:db8::10' })
    advance(1_000 - 1 / 3_600)
  }
  watch.record(signal({ sign: 'doh-looked-up', mac, sample: 'dns.example.org' }))
  watch.close()
  t.equal(new Set(drafts.map(({ id }) => id)).size, 1, 'two addresses of one device')
  t.ok(drafts.length <= 63, `${drafts.length} revisions`)
  t.strictSame(
    drafts.map(({ revision }) => revision),
    drafts.map((_, i) => i + 1),
  )
  const [event] = events()
  t.match(event, {
    client: { address: DEVICE },
    mac,
    group: 'ks3',
    grade: 'medium',
    rule: 'dns-elsewhere',
    firstAt: WALL_START,
    evidence: [
      { sign: 'doh-looked-up', count: 1, samples: ['dns.example.org'] },
      { sign: 'dns-elsewhere', count: 3_600, samples: ['198.51.100.53 port 53'] },
    ],
  })
  t.match(
    storedEvent.safeParse({ ...drafts.at(-1), v: 1, lane: 'operations', sequence: 1 }),
    { success: true },
    'a collector takes it',
  )
  t.end()
})

t.test('a new hour is a new event, and a grade that rises is told at once', (t) => {
  const { watch, drafts, advance, events } = makeWatch()
  watch.record(signal({ sign: 'doh-looked-up' }))
  watch.record(signal({ sign: 'dot-elsewhere' }))
  t.equal(drafts.length, 2)
  t.match(events(), [{ grade: 'medium' }])
  advance(HOUR)
  watch.record(signal({ sign: 'doh-looked-up' }))
  t.match(events(), [{ grade: 'medium' }, { grade: 'low' }])
  t.match(watch.facts(), [{ id: DEVICE, grade: 'low', ways: ['doh-looked-up'] }])
  t.strictSame(watch.counters().events, { low: 2, medium: 1, high: 0 })
  t.end()
})

const away = (server: string): BypassSignal =>
  signal({ sign: 'dns-elsewhere', server, sample: server, count: 500 })

t.test('a television that asks here as well as a written-in resolver stays low', (t) => {
  const tv = makeWatch({ asksHere: () => true })
  tv.watch.record(away('8.8.8.8'))
  t.match(tv.events(), [{ grade: 'low', rule: 'single-sign', evidence: [{ count: 500 }] }])
  const other = makeWatch({ asksHere: () => true })
  other.watch.record(away('198.51.100.53'))
  t.match(other.events(), [{ grade: 'medium' }], 'to a resolver that nobody writes in it counts')
  const phone = makeWatch({ asksHere: () => false })
  phone.watch.record(away('8.8.8.8'))
  t.match(phone.events(), [{ grade: 'medium' }], 'and from a device that does not ask here')
  t.end()
})

t.test('what a device does day and night is background; what it does in a day is not', (t) => {
  const { watch, advance, events } = makeWatch()
  for (let hour = 0; hour <= HABIT_HOURS; hour++) {
    watch.record(away('198.51.100.53'))
    advance(HOUR)
  }
  const grades = events().map(({ grade: one }) => one)
  t.strictSame(grades, [...Array.from({ length: HABIT_HOURS }, () => 'medium'), 'low'])
  advance(3 * HOUR)
  watch.record(away('198.51.100.53'))
  t.equal(events().at(-1)?.grade, 'medium', 'a night without it ends the habit')
  t.end()
})

t.test('connections to encrypted resolvers are never background', (t) => {
  const { watch, events } = makeWatch({ asksHere: () => true })
  watch.record(signal({ sign: 'dot-elsewhere', server: '8.8.8.8' }))
  t.match(events(), [{ grade: 'medium', rule: 'encrypted-elsewhere' }])
  t.end()
})

t.test('a way that begins after a block is high, one from before is not', (t) => {
  const after = makeWatch()
  after.watch.blocked({ address: DEVICE })
  after.advance(9 * MINUTE)
  after.watch.record(signal({ sign: 'doh-elsewhere' }))
  t.match(after.events(), [{ grade: 'high', rule: 'way-after-block' }])
  const late = makeWatch()
  late.watch.blocked({ address: DEVICE })
  late.advance(11 * MINUTE)
  late.watch.record(signal({ sign: 'doh-elsewhere' }))
  t.match(late.events(), [{ grade: 'medium' }], 'eleven minutes are too long')
  const before = makeWatch()
  before.watch.record(signal({ sign: 'doh-elsewhere' }))
  before.advance(MINUTE)
  before.watch.blocked({ address: DEVICE })
  before.watch.record(signal({ sign: 'doh-elsewhere' }))
  t.match(before.events(), [{ grade: 'medium' }], 'it was there before the block')
  const others = makeWatch()
  others.watch.blocked({ address: '192.0.2.11' })
  others.watch.record(signal({ sign: 'doh-elsewhere' }))
  t.match(others.events(), [{ grade: 'medium' }], 'the block was another device’s')
  t.end()
})

t.test(
  'a stray packet after a block is no way, and who is blocked all day does not answer to it',
  (t) => {
    const stray = makeWatch()
    stray.watch.blocked({ address: DEVICE })
    stray.watch.record(signal({ sign: 'dns-elsewhere', count: 9 }))
    t.match(stray.events(), [{ grade: 'low' }])
    stray.watch.record(signal({ sign: 'dns-elsewhere', count: 1 }))
    t.match(stray.events(), [{ grade: 'high', rule: 'way-after-block' }], 'ten are')
    const always = makeWatch()
    for (let i = 0; i < 20; i++) {
      always.watch.blocked({ address: DEVICE })
      always.advance(5 * MINUTE)
    }
    always.watch.record(signal({ sign: 'doh-elsewhere' }))
    t.match(always.events(), [{ grade: 'medium' }])
    t.end()
  },
)

t.test('lookups of three VPNs after a block are medium, without one they are low', (t) => {
  const names = ['a.test', 'b.test', 'c.test']
  const calm = makeWatch()
  for (const sample of names) calm.watch.record(signal({ sign: 'vpn-looked-up', sample }))
  t.match(calm.events(), [{ grade: 'low' }])
  const { watch, events } = makeWatch()
  watch.blocked({ address: DEVICE })
  for (const sample of names) watch.record(signal({ sign: 'vpn-looked-up', sample }))
  t.match(events(), [{ grade: 'medium', rule: 'search-after-block' }])
  t.end()
})

t.test('a flood of made-up senders makes few events, and all is counted', (t) => {
  const { watch, drafts, advance } = makeWatch({
    limits: { devicesMax: 50, samplesMax: 30, newEventsAMinuteMax: 40 },
  })
  for (let i = 0; i < 1_000; i++)
    watch.record(signal({ sign: 'dot-elsewhere', address: `192.0.2.${i}` }))
  t.equal(drafts.length, 40)
  t.match(watch.counters(), { open: 40, notTold: 960, samplesLeftOut: 10, closedEarly: 0 })
  advance(MINUTE)
  for (let i = 0; i < 40; i++)
    watch.record(signal({ sign: 'dot-elsewhere', address: `198.51.100.${i}` }))
  t.match(watch.counters(), { open: 50, closedEarly: 30, signs: 1_040 })
  t.end()
})

t.test('evidence is bounded, and hostile text is cut', (t) => {
  const { watch, events } = makeWatch()
  for (let i = 0; i < 1_000; i++)
    for (const sign of ['vpn-looked-up', 'proxy-looked-up', 'doh-looked-up'] as const)
      watch.record(signal({ sign, sample: `${i}${'x'.repeat(1_000)}` }))
  watch.close()
  const [event] = events()
  const samples = event?.evidence.flatMap((one) => one.samples) ?? []
  t.equal(samples.length, BYPASS_SAMPLES_MAX)
  t.equal(Math.max(...samples.map(({ length }) => length)), 100)
  t.ok(JSON.stringify(event).length < 3_000)
  t.end()
})

t.test('ten thousand devices take some megabytes', (t) => {
  const { watch } = makeWatch({
    limits: { devicesMax: 10_000, samplesMax: 20_000, newEventsAMinuteMax: 1e9 },
  })
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const used = (): number => {
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = used()
  for (let i = 0; i < 10_000; i++)
    for (const sign of ['dns-elsewhere', 'doh-looked-up', 'vpn-looked-up'] as const)
      watch.record(
        signal({ sign, address: `10.1.${i >> 8}.${i & 255}`, sample: `${i}.${sign}.example.org` }),
      )
  const bytes = used() - before
  t.comment(`${(bytes / 1_048_576).toFixed(1)} MiB`)
  t.ok(bytes < 32 * 1_048_576)
  t.equal(watch.counters().open, 10_000)
  t.end()
})

t.test('an event goes on after a restart, and is no new one', (t) => {
  const first = makeWatch()
  first.watch.record(signal({ sign: 'doh-looked-up' }))
  first.watch.record(signal({ sign: 'dot-elsewhere' }))
  first.watch.close()
  const stored = first.drafts.map(
    (one): StoredEvent => ({ ...one, v: 1, lane: 'operations', sequence: 2 }),
  )
  const [draft] = first.drafts
  const second = makeWatch()
  second.advance(10 * MINUTE)
  second.watch.resume(stored.slice(1))
  second.watch.record(signal({ sign: 'vpn-used', count: 9 }))
  t.match(second.drafts, [{ id: draft?.id, revision: 3 }])
  const [event] = second.events()
  t.match(event, { grade: 'high', firstAt: WALL_START })
  t.strictSame(
    event?.evidence.map(({ sign }) => sign),
    ['doh-looked-up', 'dot-elsewhere', 'vpn-used'],
  )
  second.advance(51 * MINUTE)
  second.watch.record(signal({ sign: 'doh-looked-up' }))
  t.equal(second.events().length, 2, 'its hour is that of its first sign')
  const third = makeWatch()
  third.advance(2 * HOUR)
  third.watch.resume(stored)
  t.equal(third.watch.counters().open, 0)
  t.end()
})

t.test('calls over Wi-Fi are no tunnel after a restart either', (t) => {
  const call = signal({ sign: 'vpn-used', seenBy: 'ipsec', count: 50 })
  const first = makeWatch()
  first.watch.record(call)
  first.watch.record(signal({ sign: 'doh-elsewhere' }))
  first.watch.close()
  const [draft] = first.drafts.slice(-1)
  if (!draft) throw new Error('nothing was told')
  const second = makeWatch()
  second.watch.resume([{ ...draft, v: 1, lane: 'operations', sequence: 2 }])
  second.watch.record(call)
  second.watch.close()
  t.match(second.events(), [{ grade: 'medium', rule: 'encrypted-elsewhere' }])
  t.end()
})

t.test('a device whose MAC becomes known is still one device, and another is not', (t) => {
  const mac = parseMac('02:00:5e:00:53:01')
  const other = parseMac('02:00:5e:00:53:02')
  const { watch, drafts, advance, events } = makeWatch()
  watch.record(signal({ sign: 'doh-looked-up' }))
  advance(MINUTE)
  watch.record(signal({ sign: 'dot-elsewhere', mac }))
  watch.record(signal({ sign: 'vpn-looked-up', mac, address: '2001:db8::10' }))
  watch.record(signal({ sign: 'doh-looked-up', mac: other }))
  advance(MINUTE)
  t.match(events(), [
    { mac, evidence: [{ count: 1 }, { sign: 'vpn-looked-up' }, { sign: 'dot-elsewhere' }] },
    { mac: other, evidence: [{ sign: 'doh-looked-up' }] },
  ])
  t.equal(new Set(drafts.map(({ id }) => id)).size, 2)
  t.strictSame(
    watch.facts().map(({ id }) => id),
    [mac, other],
  )
  const late = makeWatch()
  late.watch.record(signal({ sign: 'doh-looked-up' }))
  late.advance(6 * MINUTE)
  late.watch.record(signal({ sign: 'dot-elsewhere', mac }))
  t.equal(late.events().length, 2, 'who has the address later may be another')
  advance(HOUR)
  watch.record(signal({ sign: 'doh-looked-up', mac }))
  t.equal(events().length, 3, 'and the next hour is another event')
  t.end()
})

t.test('a clock that is set back makes no event end before it began', (t) => {
  let wallMs = WALL_START
  const lab = makeWatch({ clock: { wallMs: () => wallMs, monotonicMs: () => 0 } })
  lab.watch.record(signal({ sign: 'doh-looked-up' }))
  wallMs -= 5 * HOUR
  lab.watch.record(signal({ sign: 'dot-elsewhere' }))
  const isOrdered = ({ firstAt, lastAt }: Pick<BypassNoticed, 'firstAt' | 'lastAt'>): boolean =>
    firstAt <= lastAt
  for (const event of lab.events()) t.ok(isOrdered(event) && event.evidence.every(isOrdered))
  t.end()
})
