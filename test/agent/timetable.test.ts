import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { followClock } from '#agent/follow-clock.ts'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import { openReleases } from '#agent/releases/open-releases.ts'
import { TeacherReleases } from '#agent/teacher-releases.ts'
import { storedEvent } from '#collector/ingest/event-schema.ts'
import { type EventBody, laneOf } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { parseLocalTime } from '#rules/local-time.ts'
import { LONDON } from '#rules/zone.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, cname, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'

const MINUTE_MS = 60_000
const moment = (text: string): number => parseLocalTime(LONDON, text) ?? Number.NaN

const FILE = `
networks: [{ cidr: 127.0.0.0/8, group: ks3 }, { cidr: "::1/128", group: ks5 }]
timetable:
  terms: [{ from: 2026-01-05, to: 2026-04-01 }, { from: 2026-04-20, to: 2026-07-21 }]
  closed: [{ on: 2026-03-06, name: INSET }]
  periods:
    - on: [monday, tuesday, wednesday, thursday, friday]
      lessons: { P1: 09:00-10:00, P2: 10:00-11:00, P3: 11:20-12:20 }
      breaks: { break: 11:00-11:20 }
  exams: [{ name: mocks, on: 2026-03-12, hours: 09:00-12:00, groups: [ks3] }]
schedules:
  night: { when: "21:30-06:45", on: [sunday, monday, tuesday, wednesday, thursday] }
groups:
  ks3:
    categories:
      media.games: { in: lessons, action: block, else: allow }
      media.video:
        - { in: breaks, action: allow }
        - { in: night, action: block, else: monitor }
      media.music: { in: lessons, action: { redirect: learn.test }, else: monitor }
`

const rules = makeRules([
  ['games.test', 'media.games'],
  ['video.test', 'media.video'],
  ['music.test', 'media.music'],
  ['social.test', 'contact.social'],
  ['cdn.test', 'harm.gore'],
  ['vpn.test', 'bypass.vpn'],
  ['locked.test', 'illegal.terror'],
  ['denied.test', { kind: 'school-deny', groups: 'all' }],
  ['gone.test', { kind: 'school-deny', groups: 'all', until: moment('2026-03-02T15:30') }],
  ['lent.test', 'media.games'],
  ['lent.test', { kind: 'school-allow', groups: ['ks3'], until: moment('2026-03-03T00:00') }],
])

function ready(text: string): ReadyConfig {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return normalise(config, { file: undefined, resolvConf: '', localAddresses: [] })
}

/** The pipeline on real sockets, with a policy that follows a clock of the test's. */
async function school(t: Test, start: string, stateDir = t.testdir()) {
  const clock = makeFakeWallClock(moment(start))
  let skewMs = 0
  const wall = { ...clock, wallMs: () => clock.wallMs() + skewMs }
  const upstream = await startFakeUpstream(({ name, type }) =>
    name === 'page.test'
      ? { answers: [cname('page.test', 'img.cdn.test'), a('img.cdn.test', '192.0.2.9')] }
      : { answers: type === 'A' ? [a(name, '192.0.2.1')] : [] },
  )
  t.teardown(() => upstream.close())
  const faults: string[] = []
  const bodies: EventBody[] = []
  const book = openReleases(join(stateDir, 'releases.json'), wall, (text) => faults.push(text))
  t.teardown(() => book.close())
  const keeper = new PolicyKeeper(ready(FILE), rules, { clock: wall, releases: book.all() })
  const releases = new TeacherReleases({
    book,
    keeper,
    clock: wall,
    tell: (body) => bodies.push(body),
  })
  const server = await startPipelineServer({
    rules,
    upstreamPort: upstream.port,
    slot: keeper.slot,
  })
  t.teardown(() => server.close())
  let due: { at: number; run: () => void } | undefined
  const stop = followClock(
    wall,
    () => {
      releases.endDue()
      keeper.followClock()
    },
    (delayMs, run) => {
      due = { at: clock.monotonicMs() + delayMs, run }
      return () => (due = undefined)
    },
  )
  t.teardown(stop)
  const go = (ms: number): void => {
    for (let left = ms; left > 0; ) {
      const step = Math.min(left, Math.max(1, (due?.at ?? Infinity) - clock.monotonicMs()))
      clock.advance(step)
      left -= step
      if (due && due.at <= clock.monotonicMs()) due.run()
    }
  }
  /** By both transports, A and HTTPS; they must agree. */
  const isBlocked = async (name: string, address = '127.0.0.1'): Promise<boolean> => {
    const found = new Set<boolean>()
    for (const transport of ['udp', 'tcp'] as const)
      for (const type of name === 'page.test' ? ['A'] : ['A', 'TYPE65'])
        found.add(rcodeOf(await ask(name, type, { port: server.port, transport, address })) === 3)
    if (found.size !== 1) throw new Error(`transports or types do not agree on ${name}`)
    return found.has(true)
  }
  return {
    keeper,
    releases,
    bodies,
    faults,
    /** Resolves when the releases are on the disk as they are in force. */
    saved: () => book.close(),
    stateDir,
    port: server.port,
    isBlocked,
    /** Lets time go by up to a local time, timers and all. */
    until: (text: string) => go(moment(text) - wall.wallMs()),
    go,
    setClock: (text: string) => {
      skewMs += moment(text) - wall.wallMs()
    },
    grant: (kind: 'category' | 'name', value: string, minutes = 50, group = 'ks3') =>
      releases.grant({ group, target: { kind, value }, minutes, reason: 'a quiz', who: 'Ms Test' }),
  }
}

t.test('what is blocked in lessons is blocked from their first minute to their last', async (t) => {
  const { until, isBlocked } = await school(t, '2026-03-02T08:59')
  const seen: string[] = []
  for (const time of [
    '08:59',
    '09:00',
    '10:30',
    '10:59',
    '11:00',
    '11:19',
    '11:20',
    '12:19',
    '12:20',
  ]) {
    until(`2026-03-02T${time}`)
    seen.push(`${time} ${(await isBlocked('games.test')) ? 'blocked' : 'answered'}`)
  }
  t.strictSame(seen, [
    '08:59 answered',
    '09:00 blocked',
    '10:30 blocked',
    '10:59 blocked',
    '11:00 answered',
    '11:19 answered',
    '11:20 blocked',
    '12:19 blocked',
    '12:20 answered',
  ])
})

t.test('a redirect follows the clock, and is the stricter action in an exam', async (t) => {
  const { until, port } = await school(t, '2026-03-02T09:00')
  const target = async (time: string): Promise<unknown> => {
    until(time)
    const [first] = (await ask('music.test', 'A', { port })).answers ?? []
    return first && 'data' in first ? first.data : undefined
  }
  t.equal(await target('2026-03-02T09:30'), 'learn.test')
  t.equal(await target('2026-03-02T11:10'), '192.0.2.1')
  t.equal(await target('2026-03-12T11:10'), 'learn.test', 'in an exam')
})

t.test('defaults that follow the timetable do so, for their group alone', async (t) => {
  const { until, isBlocked } = await school(t, '2026-03-02T08:30')
  t.equal(await isBlocked('social.test', '::1'), false, 'a sixth form before lessons')
  t.equal(await isBlocked('social.test'), true, 'a younger group always')
  until('2026-03-02T09:00')
  t.equal(await isBlocked('social.test', '::1'), true)
})

t.test('there are no lessons on INSET days, at weekends and in holidays', async (t) => {
  const { until, isBlocked } = await school(t, '2026-03-05T10:00')
  t.equal(await isBlocked('games.test'), true)
  for (const day of ['03-06', '03-07', '04-08']) {
    until(`2026-${day}T10:00`)
    t.equal(await isBlocked('games.test'), false, day)
  }
})

t.test('lessons stay at their local time when the clocks change', async (t) => {
  const { until, isBlocked } = await school(t, '2026-03-27T08:59')
  t.equal(await isBlocked('games.test'), false)
  until('2026-03-30T09:00') // British Summer Time: 08:00 UTC.
  t.equal(await isBlocked('games.test'), true)
  until('2026-03-30T11:00')
  t.equal(await isBlocked('games.test'), false)
})

t.test(
  'an overnight range lasts over midnight and belongs to the day on which it begins',
  async (t) => {
    const { until, isBlocked } = await school(t, '2026-03-05T21:29')
    const seen: boolean[] = []
    for (const time of ['05T21:29', '05T21:30', '06T06:44', '06T06:45', '06T23:00', '08T21:30']) {
      until(`2026-03-${time}`)
      seen.push(await isBlocked('video.test'))
    }
    t.strictSame(seen, [false, true, true, false, false, true])
  },
)

t.test('an exam freezes its group: the stricter action, and no release counts', async (t) => {
  const { until, isBlocked, grant, releases } = await school(t, '2026-03-12T08:30')
  t.equal(await isBlocked('video.test'), false)
  t.notOk(isFailure(await grant('name', 'games.test', 60)))
  until('2026-03-12T09:00')
  t.equal(await isBlocked('games.test'), true, 'released, but frozen')
  until('2026-03-12T11:10')
  t.equal(await isBlocked('video.test'), true, 'a break, but frozen')
  t.match(await grant('name', 'video.test'), { failure: 'refused', detail: /exam \(until 12:00\)/ })
  until('2026-03-12T12:00')
  t.equal(await isBlocked('video.test'), false)
  t.strictSame(releases.all(), [])
})

t.test('a clock that is set is followed within seconds, forward and back', async (t) => {
  const { setClock, go, isBlocked } = await school(t, '2026-03-02T08:00')
  t.equal(await isBlocked('games.test'), false)
  setClock('2026-03-02T09:30')
  go(5_000)
  t.equal(await isBlocked('games.test'), true)
  setClock('2026-03-02T08:10')
  go(5_000)
  t.equal(await isBlocked('games.test'), false)
})

t.test('a school rule goes out of force at its moment', async (t) => {
  const { until, isBlocked } = await school(t, '2026-03-02T10:30')
  t.equal(await isBlocked('lent.test'), false, 'allowed in a lesson')
  until('2026-03-02T15:29')
  t.equal(await isBlocked('gone.test'), true)
  until('2026-03-02T15:30')
  t.equal(await isBlocked('gone.test'), false)
  until('2026-03-03T10:30')
  t.equal(await isBlocked('lent.test'), true)
})

t.test('a released category opens for its group, ends by itself and is told of', async (t) => {
  const { until, isBlocked, grant, bodies } = await school(t, '2026-03-02T09:05')
  t.equal(await isBlocked('games.test'), true)
  const granted = await grant('category', 'media.games', 20)
  if (isFailure(granted)) throw new Error(granted.detail)
  t.equal(await isBlocked('games.test'), false)
  t.equal(await isBlocked('games.test', '::1'), true, 'another group')
  until('2026-03-02T09:24')
  t.equal(await isBlocked('games.test'), false)
  until('2026-03-02T09:25')
  t.equal(await isBlocked('games.test'), true)
  t.match(bodies, [
    {
      kind: 'release-granted',
      group: 'ks3',
      target: { kind: 'category', value: 'media.games' },
      who: 'Ms Test',
      reason: 'a quiz',
      endsAt: moment('2026-03-02T09:25'),
    },
    { kind: 'release-ended', release: granted.id, cause: 'time' },
  ])
  for (const body of bodies) {
    const event = { v: 1, id: 'e1', revision: 1, at: 1, lane: laneOf(body), sequence: 1, body }
    t.ok(storedEvent.safeParse(event).success, `a collector takes ${body.kind}`)
    t.equal(laneOf(body), 'operations')
  }
})

t.test(
  'a released name opens with what its answers lead to, and can be ended by hand',
  async (t) => {
    const { isBlocked, grant, releases, bodies } = await school(t, '2026-03-02T09:05')
    t.equal(await isBlocked('page.test'), true, 'its CNAME leads to a blocked name')
    const granted = await grant('name', 'page.test')
    t.equal(await isBlocked('page.test'), false)
    t.equal(await isBlocked('img.cdn.test'), true, 'but only as a hop')
    t.notOk(isFailure(await grant('name', 'games.test')))
    t.equal(await isBlocked('www.games.test'), false)
    t.match(releases.end(isFailure(granted) ? '' : granted.id, 'Mr Test'), { group: 'ks3' })
    t.equal(await isBlocked('page.test'), true, 'the cached answer is looked at again')
    t.equal(await isBlocked('www.games.test'), false)
    t.match(bodies.at(-1), { kind: 'release-ended', cause: 'by-hand', who: 'Mr Test' })
    t.match(releases.end('nothing', 'x'), { failure: 'refused' })
  },
)

t.test('a released name is open as a hop of others too', async (t) => {
  const { isBlocked, grant } = await school(t, '2026-03-02T09:05')
  t.equal(await isBlocked('page.test'), true)
  t.notOk(isFailure(await grant('name', 'cdn.test')))
  t.equal(await isBlocked('page.test'), false)
  t.equal(await isBlocked('img.cdn.test'), false)
})

t.test('what no release opens is refused and stays blocked', async (t) => {
  const { isBlocked, grant, bodies } = await school(t, '2026-03-02T09:05')
  for (const category of ['illegal.terror', 'bypass.vpn', 'protected.help', 'core.exam'])
    t.match(await grant('category', category), { failure: 'refused' }, category)
  for (const name of ['locked.test', 'vpn.test', 'denied.test', 'test'])
    t.match(await grant('name', name), { failure: 'refused' }, name)
  t.match(await grant('category', 'media.gams'), { failure: 'bad-request' })
  for (const name of ['test', '.', 'co.uk', 'sch.uk'])
    t.match(await grant('name', name), { failure: 'refused', detail: /never released/ }, name)
  const long = {
    failure: 'refused',
    detail: /at most a lesson, which is 60 minutes here, and not 61/,
  }
  t.match(await grant('category', 'media.games', 61), long)
  t.match(await grant('category', 'media.games', 50, 'nobody'), { failure: 'bad-request' })
  for (const name of ['locked', 'vpn', 'denied']) {
    t.notOk(isFailure(await grant('name', `not-${name}.test`)))
    t.equal(await isBlocked(`${name}.test`), true, name)
  }
  t.notOk(isFailure(await grant('category', 'media.games')))
  t.match(await grant('category', 'media.games'), { failure: 'refused', detail: /already/ })
  t.equal(bodies.length, 4)
})

t.test(
  'a release outlives a restart and not its time, nor a clock that was set back',
  async (t) => {
    const stateDir = t.testdir()
    const first = await school(t, '2026-03-02T09:05', stateDir)
    t.notOk(isFailure(await first.grant('category', 'media.games', 30)))
    t.equal(statSync(join(stateDir, 'releases.json')).mode & 0o777, 0o600)
    const second = await school(t, '2026-03-02T09:20', stateDir)
    t.equal(await second.isBlocked('games.test'), false)
    second.setClock('2026-03-02T09:06')
    second.go(16 * MINUTE_MS)
    t.equal(await second.isBlocked('games.test'), true, 'ended by the clock that cannot be set')
    t.match(second.bodies, [{ kind: 'release-ended', cause: 'time' }])
  },
)

t.test('what a restart finds over is told, and a broken file releases nothing', async (t) => {
  const stateDir = t.testdir()
  const first = await school(t, '2026-03-02T09:05', stateDir)
  t.notOk(isFailure(await first.grant('category', 'media.games', 10)))
  const second = await school(t, '2026-03-02T09:20', stateDir)
  t.equal(await second.isBlocked('games.test'), true)
  t.match(second.bodies, [{ kind: 'release-ended', cause: 'time' }])
  await second.saved()
  const wide = {
    id: 'x',
    group: 'ks3',
    target: { kind: 'category', value: 'media.games' },
    reason: 'for ever',
    who: 'x',
    grantedAt: 0,
    endsAt: 9e12,
  }
  for (const text of ['', '{', JSON.stringify({ v: 1, releases: [wide] })]) {
    writeFileSync(join(stateDir, 'releases.json'), text)
    const third = await school(t, '2026-03-02T09:20', stateDir)
    t.equal(await third.isBlocked('games.test'), true)
    t.match(third.faults, [/nothing is released/])
  }
})

t.test('a release that cannot be kept is not granted', async (t) => {
  const { grant, isBlocked, bodies } = await school(t, '2026-03-02T09:05', '/nonexistent/state')
  t.match(await grant('category', 'media.games'), { failure: 'store-unavailable' })
  t.equal(await isBlocked('games.test'), true)
  t.strictSame(bodies, [])
})

t.test('a release ends with its group', async (t) => {
  const { grant, keeper, releases, bodies } = await school(t, '2026-03-02T09:05')
  keeper.useConfig(ready(FILE.replace('groups:\n', 'groups:\n  club: { profile: ks3 }\n')))
  t.notOk(isFailure(await grant('category', 'media.games', 50, 'club')))
  keeper.useConfig(ready(FILE))
  releases.endDue()
  t.match(bodies.at(-1), { kind: 'release-ended', cause: 'group-gone' })
})
