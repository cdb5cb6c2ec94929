/** Names by reverse DNS, asked of a real server through the agent's own upstreams. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { AskName } from '#agent/identity/feeds/names/ask-reverse.ts'
import { NAME_LIMITS } from '#agent/identity/feeds/names/name-limits.ts'
import { type NameFeed, startNames } from '#agent/identity/feeds/names/start-names.ts'
import { isRefused } from '#agent/policy/config.ts'
import { loadConfig } from '#agent/policy/config-source.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { UpstreamSlot } from '#agent/upstream-slot.ts'
import { failure, isFailure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { parseMac } from '#domain/mac-address.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { nameFromWire } from '#rules/domain-name.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import { type RealUpstream, startRealUpstream } from '#test/support/real-upstream.ts'
import { pointerNames } from '#wire/pointer-records.ts'
import { reverseName } from '#wire/reverse-name.ts'
import { type FeedRecord, recordFeed, within } from './feed-support.ts'

const RECORDS = [
  '7.0.20.10.in-addr.arpa. 300 IN PTR pc-7.school.example.',
  'pc-7.school.example. 300 IN A 10.20.0.7',
  '8.0.20.10.in-addr.arpa. 300 IN PTR headteacher.school.example.',
  'headteacher.school.example. 300 IN A 10.20.0.99',
  '9.0.20.10.in-addr.arpa. 300 IN PTR \\060script\\062x.school.example.',
  '\\060script\\062x.school.example. 300 IN A 10.20.0.9',
  '10.0.20.10.in-addr.arpa. 300 IN PTR old.school.example.',
  '10.0.20.10.in-addr.arpa. 300 IN PTR new.school.example.',
  'old.school.example. 300 IN A 10.20.0.200',
  'new.school.example. 300 IN A 10.20.0.10',
  '11.0.20.10.in-addr.arpa. 300 IN PTR printer.local.',
  'printer.local. 300 IN A 10.20.0.11',
  '12.0.20.10.in-addr.arpa. 300 IN CNAME 12.delegated.example.',
  '12.delegated.example. 300 IN PTR pc-12.school.example.',
  'pc-12.school.example. 300 IN A 10.20.0.12',
  '7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.0.2.d.f.ip6.arpa. 300 IN PTR six.school.example.',
  'six.school.example. 300 IN AAAA fd20:1::7',
  '5.100.51.198.in-addr.arpa. 300 IN PTR public.school.example.',
  'public.school.example. 300 IN A 198.51.100.5',
]

interface Asked {
  readonly record: FeedRecord
  readonly feed: NameFeed
  readonly questions: string[]
  readonly config: ReadyConfig
}

function configOf(t: Test, text: Record<string, unknown>): ReadyConfig {
  const path = join(t.testdir(), 'edge.yaml')
  writeFileSync(path, JSON.stringify(text))
  const config = loadConfig({ kind: 'file', path })
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return config
}

/** Starts the feed, with a record of whom it asks what. */
function start(t: Test, config: ReadyConfig, ask?: AskName, clock: Clock = systemClock): Asked {
  const record = recordFeed(clock)
  const questions: string[] = []
  const slot = new UpstreamSlot(config, systemClock)
  t.teardown(() => slot.close())
  const real: AskName = (name, type) =>
    slot.ask({ name, type, isDnssecOk: false, isCheckingDisabled: false })
  const feed = startNames(config, {
    ...record.parts,
    ask: (name, type) => {
      questions.push(`${nameFromWire(name, 0)} ${type}`)
      return (ask ?? real)(name, type)
    },
  })
  t.teardown(() => feed.close())
  return { record, feed, questions, config }
}

async function upstream(t: Test): Promise<RealUpstream | undefined> {
  const server = await startRealUpstream({ records: RECORDS, server: 'nsd' })
  if (isFailure(server)) {
    t.plan(0, server.detail)
    return undefined
  }
  t.teardown(() => server.stop())
  return server
}

t.test('a name that leads back to its address is told, and no other', async (t) => {
  const server = await upstream(t)
  if (!server) return
  const { address, port } = server
  const config = configOf(t, { upstreams: [{ address, port }] })
  const { record, feed } = start(t, config)
  const addresses = [7, 8, 9, 10, 11, 12, 13].map((i) => `10.20.0.${i}`)
  for (const one of [...addresses, 'fd20:1::7']) feed.want(one)
  const { waiting, asking } = feed.readings()
  t.match({ waiting, asking }, { waiting: 4, asking: NAME_LIMITS.inFlight })
  const isDone = (): boolean => feed.readings().asking === 0
  await within(15_000, 'all', isDone)
  t.same(
    [...record.names()].toSorted(),
    [
      ['10.20.0.10', 'new.school.example'],
      ['10.20.0.12', 'pc-12.school.example'],
      ['10.20.0.7', 'pc-7.school.example'],
      ['10.20.0.9', 'scriptx.school.example'],
      ['fd20:1::7', 'six.school.example'],
    ],
    'not one that belongs to another, nor of multicast DNS',
  )
  t.match(record.told[0], { kind: 'name-seen', source: 'reverse-dns', of: { kind: 'address' } })
  t.match(feed.readings(), { reverseNamed: 5, unconfirmed: 2, nameless: 1, failed: 0 })
})

t.test('five questions a second at most, and each address once', async (t) => {
  const config = configOf(t, { upstreams: [{ address: '127.0.0.1', port: 1 }] })
  const times: number[] = []
  let most = 0
  let going = 0
  const { feed, questions } = start(t, config, async () => {
    times.push(performance.now())
    going += 1
    most = Math.max(most, going)
    await sleep(1_500)
    going -= 1
    return failure('none', 'nobody')
  })
  for (let round = 0; round < 3; round++) for (let i = 1; i <= 12; i++) feed.want(`10.20.0.${i}`)
  await within(12_000, 'twelve', () => questions.length === 12 && feed.readings().asking === 0)
  t.equal(new Set(questions).size, 12)
  t.ok(most <= NAME_LIMITS.inFlight, `${most} at once`)
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
  t.ok(Math.min(...gaps) > 150, `${Math.min(...gaps).toFixed()} ms apart`)
  feed.want('10.20.0.1')
  await sleep(300)
  t.equal(questions.length, 12, 'a failure is remembered')
  t.equal(feed.readings().failed, 12)
})

t.test('what is known is asked again when its time is over', async (t) => {
  const server = await upstream(t)
  if (!server) return
  let aheadMs = 0
  const clock = { ...systemClock, monotonicMs: () => performance.now() + aheadMs }
  const { address, port } = server
  const config = configOf(t, { upstreams: [{ address, port }] })
  const { feed, questions } = start(t, config, undefined, clock)
  const wantAll = async (): Promise<number> => {
    const before = questions.length
    feed.want('10.20.0.7')
    feed.want('10.20.0.13')
    await sleep(100)
    await within(5_000, 'both', () => feed.readings().asking === 0)
    return questions.length - before
  }
  t.equal(await wantAll(), 3)
  t.equal(await wantAll(), 0)
  aheadMs = NAME_LIMITS.namelessMs + 1_000
  t.equal(await wantAll(), 1, 'whether there is one now')
  aheadMs = NAME_LIMITS.namedMs + NAME_LIMITS.namelessMs + 2_000
  t.equal(await wantAll(), 3)
  t.ok(NAME_LIMITS.toldMs > NAME_LIMITS.namedMs, 'a name is there until it is asked again')
})

t.test('another device at an address is asked for anew, the same one is not', async (t) => {
  const [one, other] = [parseMac('00:00:5e:00:53:01'), parseMac('00:00:5e:00:53:02')]
  const config = configOf(t, { upstreams: [{ address: '127.0.0.1', port: 1 }] })
  const { feed, questions } = start(t, config, () => Promise.resolve(failure('none', 'nobody')))
  const want = async (mac: typeof one): Promise<number> => {
    feed.want('10.20.0.7', mac)
    await within(5_000, 'it is over', () => feed.readings().asking === 0)
    return questions.length
  }
  t.equal(await want(undefined), 1)
  t.equal(await want(one), 1, 'that it is this one was not known before')
  t.equal(await want(other), 2)
  t.equal(await want(other), 2)
  t.equal(await want(undefined), 2)
  t.equal(await want(one), 3)
})

t.test('nobody outside the school is asked about its addresses', async (t) => {
  const nobody: AskName = () => Promise.resolve(failure('none', 'nobody'))
  const cases = {
    'a public upstream': { upstreams: [{ address: '198.51.100.53' }] },
    'one of two is public': {
      upstreams: [{ address: '127.0.0.1', port: 1 }, { address: '198.51.100.53' }],
    },
    'Unbound, which asks the internet': { recursor: true },
    'a zone that is another': {
      upstreams: [{ address: '198.51.100.53' }],
      zones: [{ zone: '21.10.in-addr.arpa', upstreams: [{ address: '10.20.0.10' }] }],
    },
    'the school does not want it': {
      upstreams: [{ address: '127.0.0.1', port: 1 }],
      identity: { names: { reverse: false } },
    },
  }
  for (const [what, text] of Object.entries(cases))
    await t.test(what, async (t) => {
      const { feed, questions } = start(t, configOf(t, text), nobody)
      for (const one of [
        '10.20.0.7',
        'fd20:1::7',
        '127.0.0.1',
        '::1',
        'fe80::7',
        '198.51.100.5',
        'nonsense',
      ])
        feed.want(one)
      await sleep(250)
      t.same(questions, [])
      t.equal(feed.readings().asking + feed.readings().waiting, 0)
    })
  await t.test('an upstream of the site is asked about private addresses alone', async (t) => {
    const config = configOf(t, { upstreams: [{ address: '127.0.0.1', port: 1 }] })
    const { feed, questions } = start(t, config, nobody)
    for (const one of [
      '10.20.0.7',
      '127.0.0.1',
      'fe80::7',
      '169.254.0.7',
      '198.51.100.5',
      '2001:db8::5',
    ])
      feed.want(one)
    await sleep(250)
    t.same(questions, ['7.0.20.10.in-addr.arpa 12'])
  })
})

t.test(
  'the server of a zone is asked for what is in it, and of public addresses too',
  async (t) => {
    const server = await upstream(t)
    if (!server) return
    const { address, port } = server
    const zone = (name: string) => ({
      zone: name,
      upstreams: [{ address, port }],
      'allow-private': true,
    })
    const zones = [zone('10.in-addr.arpa'), zone('100.51.198.in-addr.arpa')]
    const config = configOf(t, { upstreams: [{ address: '198.51.100.53' }], zones })
    const { feed, questions, record } = start(t, config)
    feed.want('10.20.0.7')
    await within(5_000, 'an answer', () => feed.readings().unconfirmed === 1)
    t.same(questions, ['7.0.20.10.in-addr.arpa 12'], 'a public upstream never hears the name')
    t.same(record.told, [])

    feed.use({ ...config, zones: configOf(t, { zones: [...zones, zone('school.example')] }).zones })
    t.equal(feed.readings().asking, 0)
    feed.want('10.20.0.7')
    feed.want('198.51.100.5')
    await within(5_000, 'the questions', () => questions.length >= 4)
    t.ok(questions.includes('pc-7.school.example 1'))
    t.ok(questions.includes('5.100.51.198.in-addr.arpa 12'))
  },
)

t.test('the queue is bounded', async (t) => {
  const config = configOf(t, { upstreams: [{ address: '127.0.0.1', port: 1 }] })
  const { feed } = start(t, config, () => new Promise(() => undefined))
  const many = NAME_LIMITS.inFlight + NAME_LIMITS.waiting + 50
  for (let i = 0; i < many; i++) feed.want(`10.20.${i >> 8}.${i & 255}`)
  t.match(feed.readings(), {
    asking: NAME_LIMITS.inFlight,
    waiting: NAME_LIMITS.waiting,
    dropped: 50,
  })
})

t.test(
  'the name of an address, backwards (RFC 1035 section 3.5, RFC 3596 section 2.5)',
  async (t) => {
    const of = (text: string): string =>
      nameFromWire(reverseName(parseAddress(text) ?? new Uint8Array(4)), 0)
    t.equal(of('192.0.2.7'), '7.2.0.192.in-addr.arpa')
    t.equal(
      of('2001:db8::567:89ab'),
      'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
    )
  },
)

t.test('hostile messages give no names, and throw nothing', async (t) => {
  const name = reverseName(Uint8Array.of(192, 0, 2, 7))
  const good = Buffer.concat([
    Buffer.from('123484000000000100000000', 'hex'),
    name,
    Buffer.from('000c8001000000780006', 'hex'),
    Buffer.from('\u0004pc-7\u0000', 'latin1'),
  ])
  t.equal(nameFromWire(pointerNames(good, name)[0] ?? new Uint8Array(1), 0), 'pc-7')
  t.same(pointerNames(good, reverseName(Uint8Array.of(192, 0, 2, 8))), [], 'of another address')
  const isQuery = Buffer.from(good)
  isQuery[2] = 0
  t.same(pointerNames(isQuery, name), [])
  const random = makeRandom(5)
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(
      good.subarray(0, random() < 0.2 ? Math.floor(random() * good.length) : good.length),
    )
    for (let changes = Math.floor(random() * 4); changes >= 0; changes--)
      if (bytes.length > 0) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    for (const found of pointerNames(bytes))
      if (found.length > 255 || found.at(-1) !== 0) t.fail('a name')
  }
})
