import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { RADIUS_LIMITS } from '#agent/identity/feeds/radius/radius-limits.ts'
import { type RadiusFeed, startRadius } from '#agent/identity/feeds/radius/start-radius.ts'
import type { Sighting } from '#agent/identity/sighting.ts'
import type { ReadyRadius } from '#agent/policy/ready-identity.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { type TestFeedParts, testFeedParts } from '#test/support/feed-parts.ts'
import {
  type Attribute,
  isAnswerTo,
  type RadiusSender,
  radiusRequest,
  radiusSender,
  signRequest,
} from '#test/support/radius-request.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const SECRET = 'correct-horse-battery'
const REALMS = ['school', 'school.test']
const START = 1
const STOP = 2
const INTERIM = 3
const ON = 7
const OFF = 8
const MAC = '02:00:5e:00:53:01'
const STRANGER_WAIT_MS = 150

interface Lab extends TestFeedParts {
  readonly feed: RadiusFeed
  readonly nas: RadiusSender
  readonly clock: ReturnType<typeof makeFakeWallClock>
  /** Sends a packet of the configured secret; tells whether it got a right answer. */
  readonly say: (attributes: readonly Attribute[], id?: number) => Promise<boolean>
  readonly logons: () => readonly Sighting[]
}

function secretFile(t: Test, secret: string, mode = 0o600): string {
  const file = join(shortFolder(t), 'secret')
  writeFileSync(file, secret)
  chmodSync(file, mode)
  return file
}

function client(from: string, file: string): ReadyRadius['clients'][number] {
  const cidr = parseCidr(from)
  if (!cidr) throw new Error(from)
  return { from: cidr, secretFile: file }
}

async function startLab(t: Test, config?: Partial<ReadyRadius>): Promise<Lab> {
  const clock = makeFakeWallClock()
  const parts = testFeedParts(clock)
  const feed = startRadius(
    {
      listen: [{ address: '127.0.0.1', port: 0 }],
      clients: [client('127.0.0.0/8', secretFile(t, `${SECRET}\n`))],
      realms: REALMS,
      ...config,
    },
    parts,
  )
  await feed.settled()
  const nas = await radiusSender(feed.listening()[0]?.port ?? 0)
  t.teardown(async () => {
    await nas.close()
    await feed.close()
  })
  return {
    ...parts,
    feed,
    nas,
    clock,
    say: async (attributes, id = 1) => {
      const request = radiusRequest({ id, secret: SECRET, attributes })
      return isAnswerTo(request, await nas.ask(request), SECRET)
    },
    logons: () => parts.told.filter(({ kind }) => kind === 'logged-on'),
  }
}

const session = (status: number, more: readonly Attribute[] = [], id = 's1'): Attribute[] => [
  [40, status],
  [44, id],
  [32, 'ap-1'],
  ...more,
]
const logon: readonly Attribute[] = [
  [1, 'SCHOOL\\H.Teacher'],
  [31, '02-00-5E-00-53-01:School-WiFi'],
]

t.test('Start, Interim and Stop of a session are told and answered', async (t) => {
  const { say, told, feed } = await startLab(t)
  t.ok(await say(session(START, logon)), 'Start is answered')
  t.match(told.at(-1), {
    kind: 'logged-on',
    source: 'radius',
    user: 'h.teacher',
    mac: MAC,
    addresses: [],
    lastsMs: RADIUS_LIMITS.sessionMs,
  })
  t.ok(await say(session(INTERIM, [...logon, [8, Uint8Array.of(192, 0, 2, 7)]])))
  t.match(told.at(-1), { kind: 'logged-on', mac: MAC, addresses: ['192.0.2.7'] })
  const [first, second] = told
  t.equal(
    first?.kind === 'logged-on' && first.session,
    second?.kind === 'logged-on' && second.session,
    'it is the same session',
  )
  t.ok(await say(session(STOP, logon)))
  t.match(told.at(-1), { kind: 'logged-off', source: 'radius' })
  t.equal(told.length, 3)
  t.match(feed.readings().outcomes, { started: 1, updated: 1, stopped: 1 })
})

t.test('an address that came once stays with the session, and IPv6 ones are read', async (t) => {
  const { say, told } = await startLab(t)
  const v6 = Buffer.from('20010db8000000000000000000000007', 'hex')
  const prefix = Buffer.concat([Buffer.from([0, 64]), Buffer.from('20010db800010000', 'hex')])
  const whole = Buffer.concat([
    Buffer.from([0, 128]),
    Buffer.from('20010db8000000000000000000000009', 'hex'),
  ])
  const linkLocal = Buffer.from('fe800000000000000000000000000007', 'hex')
  await say(
    session(START, [
      ...logon,
      [168, v6],
      [168, linkLocal],
      [97, prefix],
      [97, whole],
      [96, Buffer.from('0200005efe005301', 'hex')],
    ]),
  )
  const addresses = ['2001:db8::7', '2001:db8:1:0:200:5e:fe00:5301', '2001:db8::9']
  t.match(told.at(-1), { kind: 'logged-on', addresses })
  await say(session(INTERIM, logon))
  t.match(told.at(-1), { kind: 'logged-on', addresses })
  await say(session(START, [...logon, [8, Uint8Array.of(255, 255, 255, 254)]], 's2'))
  t.match(told.at(-1), { kind: 'logged-on', addresses: [] }, 'the mark for "as you like" is none')
  await say(
    session(
      START,
      [
        [1, 'b'],
        [97, prefix],
      ],
      's3',
    ),
  )
  t.equal(told.length, 3, 'a prefix alone is no device')
})

t.test(
  'the answer has the Proxy-States in order; a wrong Message-Authenticator has none',
  async (t) => {
    const { nas, feed, told } = await startLab(t)
    const parts = {
      secret: SECRET,
      attributes: [...session(START, logon), [33, 'one'], [33, 'two']] as const,
    }
    const request = radiusRequest({ ...parts, isSigned: true })
    const answer = await nas.ask(request)
    t.ok(isAnswerTo(request, answer, SECRET))
    t.same(answer?.subarray(20).toString('latin1'), '\x21\x05one\x21\x05two')
    const bad = radiusRequest({
      secret: SECRET,
      attributes: [[80, new Uint8Array(16)], ...session(START, logon, 's9')],
    })
    nas.send(bad)
    await until(
      'it is counted',
      () => feed.readings().outcomes['wrong-message-authenticator'] === 1,
    )
    t.equal(told.length, 1)
    t.equal(nas.answers.length, 1, 'no answer to a wrong one')
  },
)

t.test('of two networks the longer one says which secret counts', async (t) => {
  const own = 'the-secret-of-one-only'
  const { nas, feed } = await startLab(t, {
    clients: [
      client('127.0.0.0/8', secretFile(t, SECRET)),
      client('127.0.0.1/32', secretFile(t, own)),
    ],
  })
  nas.send(radiusRequest({ secret: SECRET, attributes: session(START, logon) }))
  await until('it is refused', () => feed.readings().outcomes['wrong-secret'] === 1)
  const request = radiusRequest({ secret: own, attributes: session(START, logon) })
  t.ok(isAnswerTo(request, await nas.ask(request), own))
  const other = await radiusSender(feed.listening()[0]?.port ?? 0, '127.0.0.9')
  const wide = radiusRequest({ secret: SECRET, attributes: session(START, logon, 's2') })
  t.ok(isAnswerTo(wide, await other.ask(wide), SECRET))
  await other.close()
})

t.test(
  'what is not authentic, not ours or not well-formed is counted and never answered',
  async (t) => {
    const { nas, feed, told, said } = await startLab(t, {
      clients: [client('127.0.0.1/32', secretFile(t, SECRET))],
    })
    const good = session(START, logon)
    const stranger = await radiusSender(feed.listening()[0]?.port ?? 0, '127.0.0.7')
    stranger.send(radiusRequest({ secret: SECRET, attributes: good }))
    const cut = radiusRequest({ secret: SECRET, attributes: good })
    const withLength1 = Buffer.concat([cut.subarray(0, 20), Buffer.from([1, 1]), cut.subarray(22)])
    signRequest(withLength1, SECRET)
    const packets: readonly Buffer[] = [
      radiusRequest({ secret: 'another-secret-here', attributes: good }),
      Buffer.alloc(3),
      cut.subarray(0, 30),
      withLength1,
      Buffer.concat([cut, Buffer.alloc(4_100)]),
      radiusRequest({ secret: SECRET, code: 1, attributes: good }),
      radiusRequest({ secret: SECRET, attributes: [[44, 's1'], ...logon] }),
      radiusRequest({ secret: SECRET, attributes: [[40, START], ...logon] }),
      radiusRequest({ secret: SECRET, attributes: [...good, [8, Uint8Array.of(192, 0, 2)]] }),
      radiusRequest({ secret: SECRET, attributes: [...good, [1, 'another']] }),
      radiusRequest({ secret: SECRET, attributes: [...good, [97, Uint8Array.of(0)]] }),
    ]
    for (const packet of packets) nas.send(packet)
    await until('it is counted', () => total(feed) === packets.length + 1)
    t.match(feed.readings().outcomes, {
      stranger: 1,
      'wrong-secret': 1,
      'malformed-packet': 4,
      'not-accounting': 1,
      'malformed-attribute': 5,
      started: 0,
    })
    await new Promise((resolve) => setTimeout(resolve, STRANGER_WAIT_MS))
    t.same([nas.answers.length, stranger.answers.length, told.length], [0, 0, 0])
    t.equal(said.filter((line) => line.startsWith('radius:')).length, 1, 'one fault: the secret')
    t.notMatch(said.join('\n'), new RegExp(`${SECRET}|another-secret-here|Teacher`, 'i'))
    await stranger.close()
  },
)

t.test('a copy at once is answered and told once; a later one changes nothing', async (t) => {
  const { nas, feed, told, clock } = await startLab(t)
  const request = radiusRequest({ secret: SECRET, attributes: session(START, logon) })
  const first = await nas.ask(request)
  t.same(await nas.ask(request), first, 'the same answer')
  t.equal(told.length, 1)
  clock.advance(RADIUS_LIMITS.repeatMs + 1)
  nas.send(request)
  await until('it is counted', () => feed.readings().outcomes.replayed === 1)
  t.same([feed.readings().outcomes.repeated, told.length, nas.answers.length], [1, 1, 2])
})

t.test('by Event-Timestamp old packets, and those of the future, are replays', async (t) => {
  const { say, nas, feed, told, clock, said } = await startLab(t)
  const now = Math.floor(clock.wallMs() / 1000)
  const skew = RADIUS_LIMITS.clockSkewSeconds
  t.ok(await say(session(START, [...logon, [55, now - skew + 2]])))
  for (const seconds of [now - skew - 2, now + skew + 2])
    nas.send(
      radiusRequest({ secret: SECRET, attributes: session(START, [...logon, [55, seconds]], 'x') }),
    )
  await until('it is counted', () => feed.readings().outcomes.clock === 2)
  t.equal(told.length, 1)
  t.match(said.join('\n'), /set the clocks of both, by NTP/)
  t.ok(
    await say(session(START, [...logon, [55, now - 3600], [41, 3600]], 'late')),
    'what could not be told at once says so',
  )
  t.match(told.at(-1), { lastsMs: RADIUS_LIMITS.sessionMs - 3_600_000 }, 'and lasts as much less')
})

t.test('what is older than what is known of a session changes nothing', async (t) => {
  const { say, feed, told, clock } = await startLab(t)
  const now = Math.floor(clock.wallMs() / 1000)
  await say(session(INTERIM, [...logon, [55, now]]))
  t.ok(
    await say(
      session(INTERIM, [
        [1, 'pupil'],
        [31, MAC],
        [55, now - 5],
      ]),
    ),
    'it is answered',
  )
  t.ok(await say(session(STOP, [[55, now - 5]])))
  t.equal(told.length, 1)
  t.equal(feed.readings().outcomes['out-of-order'], 2)
  await say(session(STOP, [[55, now]]))
  t.ok(await say(session(START, logon)))
  t.ok(await say(session(INTERIM, [...logon, [55, now + 1]])))
  t.same(
    told.map(({ kind }) => kind),
    ['logged-on', 'logged-off'],
  )
  t.equal(feed.readings().outcomes['after-stop'], 2)
  clock.advance(RADIUS_LIMITS.endedSessionMs + 1)
  t.ok(await say(session(START, [...logon, [8, Uint8Array.of(192, 0, 2, 8)]])))
  t.equal(told.length, 3, 'access servers count sessions from 1 again some day')
})

t.test('Accounting-On and -Off end the sessions of that access server alone', async (t) => {
  const { say, told } = await startLab(t)
  const of = (nas: string, id: string): Attribute[] => [[40, START], [44, id], [32, nas], ...logon]
  await say(of('ap-1', 'a'))
  await say(of('ap-1', 'b'))
  await say(of('ap-2', 'a'))
  const on = told.flatMap((one) => (one.kind === 'logged-on' ? [one.session] : []))
  t.equal(new Set(on).size, 3, 'the same number of two access servers is two sessions')
  t.ok(
    await say([
      [40, ON],
      [32, 'ap-1'],
    ]),
  )
  const off = (): readonly string[] =>
    told.flatMap((one) => (one.kind === 'logged-off' ? [one.session] : []))
  t.same(off(), on.slice(0, 2))
  t.ok(
    await say([
      [40, OFF],
      [32, 'ap-2'],
    ]),
  )
  t.same(off(), on)
})

t.test('machines and anonymous ones are nobody, also when they follow a person', async (t) => {
  const { say, told, feed } = await startLab(t)
  for (const [i, name] of [
    'host/pc1.school.test',
    'SCHOOL\\PC1$',
    'anonymous@school.test',
    '@school.test',
  ].entries())
    t.ok(
      await say(
        session(
          START,
          [
            [1, name],
            [31, MAC],
          ],
          `m${i}`,
        ),
      ),
      name,
    )
  t.ok(await say(session(START, [[31, MAC]], 'none')), 'no name at all')
  t.same(told, [])
  t.match(feed.readings().outcomes, { machine: 2, nobody: 3 })
  await say(
    session(START, [
      [1, 'teacher'],
      [31, MAC],
    ]),
  )
  await say(
    session(INTERIM, [
      [1, 'host/pc1.school.test'],
      [31, MAC],
    ]),
  )
  t.same(
    told.map(({ kind }) => kind),
    ['logged-on', 'logged-off'],
  )
})

t.test('a session lasts three of its intervals', async (t) => {
  const { say, told } = await startLab(t)
  await say(session(START, [...logon, [85, 600]]))
  t.match(told.at(-1), { lastsMs: 1_800_000 })
  await say(session(INTERIM, logon))
  t.match(told.at(-1), { lastsMs: 1_800_000 }, 'also where a later packet does not say it again')
  await say(session(START, [...logon, [85, 1]], 's2'))
  t.match(told.at(-1), { lastsMs: RADIUS_LIMITS.intervalSecondsMin * 3000 })
  await say(session(START, [...logon, [85, 0xffff_ffff]], 's3'))
  t.match(told.at(-1), { lastsMs: RADIUS_LIMITS.intervalSecondsMax * 3000 })
})

t.test('without a device there is nobody to tell of, until one comes', async (t) => {
  const { say, told, feed } = await startLab(t)
  t.ok(
    await say(
      session(START, [
        [1, 'teacher'],
        [31, '02079460832'],
      ]),
    ),
  )
  t.same(told, [])
  t.equal(feed.readings().outcomes['no-device'], 1)
  await say(session(INTERIM, [[8, Uint8Array.of(192, 0, 2, 9)]]))
  t.match(told, [{ kind: 'logged-on', user: 'teacher', addresses: ['192.0.2.9'], mac: undefined }])
})

t.test('a configuration that changes moves sockets, secrets and sessions', async (t) => {
  const { feed, say, told, said } = await startLab(t)
  await say(session(START, logon))
  const before = feed.listening()[0]?.port
  const open = secretFile(t, 'another-good-secret', 0o644)
  feed.use({
    listen: [
      { address: '127.0.0.1', port: 0 },
      { address: '::1', port: 0 },
    ],
    clients: [client('127.0.0.1/32', open), client('::1/128', open)],
    realms: REALMS,
  })
  await feed.settled()
  t.equal(feed.listening().length, 2)
  t.equal(feed.listening()[0]?.port, before, 'the socket that stays is the same one')
  t.match(told.at(-1), { kind: 'logged-off' }, 'nobody speaks for the old client any more')
  t.match(said.join('\n'), /can be read by every user of this machine: chmod 600 it/)
  const v6 = await radiusSender(feed.listening()[1]?.port ?? 0, '::1')
  const request = radiusRequest({
    secret: 'another-good-secret',
    attributes: session(START, logon),
  })
  t.ok(isAnswerTo(request, await v6.ask(request), 'another-good-secret'))
  feed.use({
    listen: [{ address: '127.0.0.1', port: 0 }],
    clients: [client('127.0.0.1/32', `${open}.gone`)],
    realms: REALMS,
  })
  await feed.settled()
  t.match(said.join('\n'), /cannot be read \(ENOENT\): no accounting is taken/)
  t.equal(await say(session(START, logon, 's2')), false)
  feed.use({
    listen: [{ address: '127.0.0.1', port: 0 }],
    clients: [client('127.0.0.1/32', '/dev/zero')],
    realms: REALMS,
  })
  t.match(said.join('\n'), /\/dev\/zero is no file: no accounting is taken/)
  feed.use(undefined)
  await feed.settled()
  t.same(feed.listening(), [])
  t.equal(told.filter(({ kind }) => kind === 'logged-off').length, 2)
  t.notMatch(said.join('\n'), /another-good-secret|correct-horse/)
  await v6.close()
})

t.test(
  'visitors keep their realm; when the realms change everybody is asked for anew',
  async (t) => {
    const file = secretFile(t, SECRET)
    const clients = [client('127.0.0.1/32', file)]
    const listen = [{ address: '127.0.0.1', port: 0 }]
    const { say, told, feed } = await startLab(t, { listen, clients })
    const ann = (id: string, name: string): Promise<boolean> =>
      say(
        session(
          START,
          [
            [1, name],
            [31, MAC],
          ],
          id,
        ),
      )
    await ann('a', 'ann@school.test')
    await ann('b', 'Ann@Other.test')
    t.match(told, [{ user: 'ann' }, { user: 'ann@other.test' }])
    feed.use({ listen, clients, realms: [...REALMS].toReversed() })
    t.equal(told.length, 2, 'the same realms in another order')
    feed.use({ listen, clients, realms: ['other.test'] })
    t.match(told.slice(2), [{ kind: 'logged-off' }, { kind: 'logged-off' }])
    await ann('c', 'ann@school.test')
    t.match(told.at(-1), { user: 'ann@school.test' })
  },
)

t.test('a copy of what was refused is refused as well', async (t) => {
  const { nas, feed, clock } = await startLab(t)
  const late = Math.floor(clock.wallMs() / 1000) - RADIUS_LIMITS.clockSkewSeconds - 2
  const packet = radiusRequest({
    secret: SECRET,
    attributes: session(START, [...logon, [55, late]]),
  })
  nas.send(packet)
  nas.send(packet)
  await until('both are counted', () => total(feed) === 2)
  t.match(feed.readings().outcomes, { clock: 2, repeated: 0 })
  await new Promise((resolve) => setTimeout(resolve, STRANGER_WAIT_MS))
  t.equal(nas.answers.length, 0, 'so that the access server goes on trying')
})

t.test('an Accounting-On that comes late ends nothing that came after it', async (t) => {
  const { say, told, clock } = await startLab(t)
  const now = Math.floor(clock.wallMs() / 1000)
  const on = (seconds: number): readonly Attribute[] => [
    [40, ON],
    [32, 'ap-1'],
    [55, seconds],
  ]
  await say(session(START, [...logon, [55, now - 10]], 'before'))
  await say(session(START, [...logon, [55, now]], 'after'))
  t.ok(await say(on(now - 5)))
  t.equal(told.filter(({ kind }) => kind === 'logged-off').length, 1)
  t.match(told.at(-1), { session: told[0]?.kind === 'logged-on' ? told[0].session : '' })
  t.ok(await say(on(now)))
  t.equal(told.filter(({ kind }) => kind === 'logged-off').length, 2)
})

t.test('addresses of IPv4 and IPv6 may come in packets of their own', async (t) => {
  const { say, told } = await startLab(t)
  const v6 = Buffer.from('20010db8000000000000000000000007', 'hex')
  await say(session(START, [...logon, [168, v6]]))
  await say(session(INTERIM, [...logon, [8, Uint8Array.of(192, 0, 2, 7)]]))
  t.match(told.at(-1), { addresses: ['192.0.2.7', '2001:db8::7'] })
  await say(session(INTERIM, [...logon, [8, Uint8Array.of(192, 0, 2, 8)]]))
  t.match(told.at(-1), { addresses: ['192.0.2.8', '2001:db8::7'] }, 'one of a family is replaced')
})

t.test('a port that another program has is told of, and taken once it is free', async (t) => {
  const { feed: first } = await startLab(t)
  const { port = 0 } = first.listening()[0] ?? {}
  const { feed, said } = await startTaken(t, port)
  t.match(
    said.join('\n'),
    /cannot listen for accounting at 127\.0\.0\.1, port \d+ \(EADDRINUSE\); it is tried again/,
  )
  t.match(feed.readings(), { listening: 0, listenersWanted: 1 })
  first.use(undefined)
  await until('it listens', () => feed.readings().listening === 1)
})

async function startTaken(t: Test, port: number) {
  const parts = testFeedParts()
  const feed = startRadius(
    {
      listen: [{ address: '127.0.0.1', port }],
      clients: [client('127.0.0.1/32', secretFile(t, SECRET))],
      realms: REALMS,
    },
    parts,
  )
  await feed.settled()
  t.teardown(() => feed.close())
  return { feed, ...parts }
}

function total(feed: RadiusFeed): number {
  return Object.values(feed.readings().outcomes).reduce((sum, count) => sum + count, 0)
}
