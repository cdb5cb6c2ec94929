/** What schedules and exams of a configuration do to answers, by a clock of the test's. */
import t, { type Test } from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import { parseLocalTime } from '#rules/local-time.ts'
import { LONDON } from '#rules/zone.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'

const NXDOMAIN = 3
const moment = (text: string): number => parseLocalTime(LONDON, text) ?? Number.NaN

/** Monday, 2 March 2026 is a school day; the Friday after is closed, and April begins with holidays. */
const TIMETABLE = `
networks: [{ cidr: 127.0.0.0/8, group: ks3 }, { cidr: "::1/128", group: ks4 }]
timetable:
  terms: [{ from: 2026-01-05, to: 2026-04-01 }]
  closed: [{ on: 2026-03-06 }]
  periods:
    - on: [monday, tuesday, wednesday, thursday, friday]
      lessons: { P1: "09:00-10:00", P2: "10:00-11:00", P3: "11:20-12:20" }
      breaks: { break: "11:00-11:20" }
  exams: [{ name: mocks, on: 2026-03-12, hours: "09:00-12:00", groups: [ks4] }]
`
const rules = makeRules([['games.test', 'media.games']])

/** Whether the game is blocked at each of the times, for ks3 or for ks4. */
async function blockedAt(
  t: Test,
  rest: string,
  times: readonly string[],
  address = '127.0.0.1',
): Promise<Readonly<Record<string, boolean>>> {
  const config = parseConfig(`${TIMETABLE}${rest}`, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  const clock = makeFakeWallClock(moment(times[0] ?? ''))
  const ready = normalise(config, { file: undefined, resolvConf: '', localAddresses: [] })
  const keeper = new PolicyKeeper(ready, rules, { clock })
  const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const server = await startPipelineServer({
    rules,
    upstreamPort: upstream.port,
    slot: keeper.slot,
  })
  t.teardown(() => Promise.all([server.close(), upstream.close()]))
  const found: Record<string, boolean> = {}
  for (const time of times) {
    clock.advance(moment(time) - clock.wallMs())
    keeper.followClock()
    const codes = new Set<number>()
    for (const transport of ['udp', 'tcp'] as const)
      codes.add(rcodeOf(await ask('games.test', 'A', { port: server.port, transport, address })))
    if (codes.size !== 1) throw new Error(`the transports do not agree at ${time}`)
    found[time] = codes.has(NXDOMAIN)
  }
  return found
}

function gamesOpen(schedule: string, schedules = ''): string {
  return `${schedules}
groups: { ks3: { categories: { media.games: { in: ${schedule}, action: allow, else: block } } } }
`
}

t.test(
  'breaks are open from their first minute to their last, lessons beside them are not',
  async (t) => {
    t.same(
      await blockedAt(t, gamesOpen('breaks'), [
        '2026-03-02T08:30',
        '2026-03-02T10:59',
        '2026-03-02T11:00',
        '2026-03-02T11:19',
        '2026-03-02T11:20',
        '2026-03-06T11:10',
        '2026-03-07T11:10',
      ]),
      {
        '2026-03-02T08:30': true,
        '2026-03-02T10:59': true,
        '2026-03-02T11:00': false,
        '2026-03-02T11:19': false,
        '2026-03-02T11:20': true,
        '2026-03-06T11:10': true,
        '2026-03-07T11:10': true,
      },
    )
  },
)

t.test('a period is meant by its name', async (t) => {
  t.same(
    await blockedAt(t, gamesOpen('club', 'schedules: { club: { when: period P2 } }'), [
      '2026-03-02T09:59',
      '2026-03-02T10:00',
      '2026-03-02T10:59',
      '2026-03-02T11:00',
      '2026-03-02T11:30',
      '2026-03-07T10:30',
    ]),
    {
      '2026-03-02T09:59': true,
      '2026-03-02T10:00': false,
      '2026-03-02T10:59': false,
      '2026-03-02T11:00': true,
      '2026-03-02T11:30': true,
      '2026-03-07T10:30': true,
    },
  )
})

/** A school day, a closed day of the term, a Saturday of the term, and a day of the holidays. */
const DAYS = ['2026-03-05T15:00', '2026-03-06T15:00', '2026-03-07T15:00', '2026-04-08T15:00']
for (const [days, blocked] of [
  ['holidays', [true, false, true, false]],
  ['school-days', [false, true, true, true]],
  ['term', [false, true, false, true]],
  ['any', [false, false, false, false]],
] as const)
  t.test(`a schedule with days: ${days} holds on these alone`, async (t) => {
    const schedules = `schedules: { free: { when: "14:00-16:00", days: ${days} } }`
    t.same(Object.values(await blockedAt(t, gamesOpen('free', schedules), DAYS)), blocked)
  })

t.test('an exam holds the groups that it names, and no others', async (t) => {
  const rest = `
groups:
  ks3: { categories: { media.games: { in: outside-school, action: block, else: allow } } }
  ks4: { categories: { media.games: { in: outside-school, action: block, else: allow } } }
`
  const times = ['2026-03-12T08:59', '2026-03-12T09:00', '2026-03-12T11:59', '2026-03-12T12:00']
  t.same(Object.values(await blockedAt(t, rest, times)), [true, false, false, false])
  t.same(Object.values(await blockedAt(t, rest, times, '::1')), [true, true, true, false])
})
