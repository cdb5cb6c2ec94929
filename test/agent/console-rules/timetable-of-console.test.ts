/** The timetable of the console on a box: checked as if it stood in the file, in force at once, kept, and never in the way of the file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { matchName } from '#agent/active-policy.ts'
import { openRulesFile } from '#agent/console-rules/rules-file.ts'
import { RulesTaker } from '#agent/console-rules/rules-taker.ts'
import { TimetableOfConsole } from '#agent/console-rules/timetable-of-console.ts'
import { applyChange, keeperFrom } from '#agent/fastpath/mirrored-policy.ts'
import { isRefused } from '#agent/policy/config.ts'
import type { ConfigSource } from '#agent/policy/config-source.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { PolicyKeeper } from '#agent/policy-keeper.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import type { EventBody } from '#domain/event.ts'
import { systemClock as clock } from '#platform/clock.ts'
import { decide } from '#rules/decide.ts'
import { nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'

const rules = makeRules([['games.test', 'media.games']])
/** A Monday in term, and the same time in the holidays. */
const LESSON = Date.parse('2026-03-02T09:30:00Z')
const HOLIDAY = Date.parse('2026-04-06T09:30:00Z')

const told: TimetableTold = {
  periods: [
    { day: 'monday', kind: 'lesson', name: 'P1', from: '09:00', to: '10:00' },
    { day: 'monday', kind: 'break', name: 'Break', from: '10:00', to: '10:20' },
    { day: 'tuesday', kind: 'lesson', name: 'P1', from: '09:00', to: '10:00' },
  ],
  days: [
    { kind: 'term', from: '2026-01-05', to: '2026-03-27', name: 'Spring' },
    { kind: 'closed', from: '2026-02-16', to: '2026-02-20', name: '' },
  ],
}
const period = (name: string, from: string, to: string) =>
  ({ day: 'monday', kind: 'lesson', name, from, to }) as const

function lab(t: Test, sections: Record<string, unknown> = {}) {
  const folder = t.testdir()
  const path = join(folder, 'edge.yaml')
  const write = (more: Record<string, unknown>): void =>
    writeFileSync(
      path,
      JSON.stringify({ networks: [{ cidr: '192.0.2.0/24', group: 'ks5' }], ...more }),
    )
  write(sections)
  const source: ConfigSource = { kind: 'file', path }
  return { folder, path, write, source, ...start(t, folder, source) }
}

/** What a start makes of a folder. */
function start(t: Test, folder: string, source: ConfigSource) {
  const file = openRulesFile(folder, (text) => t.fail(text))
  const timetable = new TimetableOfConsole(source, file.kept?.timetable)
  const keeper = new PolicyKeeper(used(timetable), rules, { clock })
  const told: EventBody[] = []
  const reload = (): void => keeper.useConfig(used(timetable))
  const tell = (body: EventBody): number => told.push(body)
  const taker = new RulesTaker({ file, keeper, timetable, reload, tell })
  return { timetable, keeper, taker, told }
}

function used(timetable: TimetableOfConsole): ReadyConfig {
  const config = timetable.load()
  if (isRefused(config)) throw new Error(config.detail)
  return config
}

function kindAt(keeper: PolicyKeeper, wallMs: number): string {
  const policy = keeper.policyAt(wallMs)
  const client = policy.clients.find('192.0.2.7')
  if (!client) return 'nobody'
  const matches = new Matches()
  matchName(policy, nameToWire(domainName('games.test')), 0, matches, 1)
  return decide(client.view, matches).kind
}

t.test('it is in force at once, in every thread, and after a restart', async (t) => {
  const { folder, source, keeper, taker, timetable } = lab(t, {
    timetable: { zone: 'Europe/Berlin', exams: [{ on: '2026-03-03' }] },
  })
  const worker = keeperFrom(keeper.changes(), clock)
  keeper.onChange((change) => applyChange(worker, structuredClone(change)))
  t.same(timetable.state(keeper.config), {
    source: 'file',
    timetable: { periods: [], days: [] },
    problems: [],
  })
  t.equal(await taker.take({ id: 'a', version: 1, rules: [], timetable: told }), undefined)
  for (const one of [keeper, worker]) {
    t.equal(one.config.timetable.terms.length, 1)
    t.equal(one.config.timetable.week[0]?.length, 2)
    t.equal(one.config.timetable.week[1]?.[0]?.name, 'P1')
    t.equal(one.config.timetable.zone.name, 'Europe/Berlin', 'the zone stays the file’s')
    t.equal(one.config.timetable.exams.length, 1, 'and so do exams')
  }
  t.same(timetable.state(keeper.config), { source: 'console' })
  const again = start(t, folder, source)
  t.equal(again.keeper.config.timetable.terms.length, 1)
  t.same(again.timetable.state(again.keeper.config), { source: 'console' })
  await again.taker.take({ id: 'b', version: 2, rules: [] })
  t.equal(again.keeper.config.timetable.terms.length, 0, 'taken out, the file’s counts')
  t.notMatch(readFileSync(join(folder, 'console-rules.json'), 'utf8'), 'Spring')
})

t.test('what follows lessons follows those of the console', async (t) => {
  const { keeper, taker } = lab(t)
  t.equal(kindAt(keeper, LESSON), 'block', 'without a timetable always')
  t.equal(kindAt(keeper, HOLIDAY), 'block')
  await taker.take({ id: 'a', version: 1, rules: [], timetable: told })
  t.equal(kindAt(keeper, LESSON), 'block')
  t.equal(kindAt(keeper, HOLIDAY), 'allow')
  const later = { ...told, periods: [period('P1', '10:30', '11:30')] }
  await taker.take({ id: 'b', version: 2, rules: [], timetable: later })
  t.equal(kindAt(keeper, LESSON), 'allow', 'the lesson was moved')
})

t.test('a bad one is refused with the reason, and the old one stays', async (t) => {
  const {
    keeper,
    taker,
    timetable,
    told: events,
  } = lab(t, {
    timetable: {
      terms: [{ from: '2026-01-05', to: '2026-03-27' }],
      periods: [{ on: ['monday'], lessons: { P4: '13:00-14:00' } }],
    },
    schedules: { prep: { when: 'period P4' } },
  })
  const p4 = period('P4', '13:00', '14:00')
  const bad: readonly (readonly [TimetableTold, RegExp])[] = [
    [told, /schedules\.prep\.when: found "period P4"; allowed: a period of the timetable: P1/],
    [{ ...told, periods: [] }, /clock times only/],
    [
      { ...told, periods: [p4, period('P5', '13:30', '14:30')] },
      /times of its own \(P4 is at the same/,
    ],
    [
      { ...told, periods: [{ ...p4, from: '25:00' }] },
      /periods\[0\]\.lessons\.P4: .*times such as/,
    ],
    [{ ...told, periods: [{ ...p4, name: '__proto__' }] }, /another name than __proto__/],
    [
      {
        periods: [p4],
        days: [{ ...told.days[0], kind: 'term', from: '2026-02-30', to: '2026-03-01', name: '' }],
      },
      /timetable\.terms\[0\]\.from: found "2026-02-30"; allowed: a date/,
    ],
    [
      { periods: [p4], days: [{ kind: 'term', from: '2026-03-03', to: '2026-03-04', name: '' }] },
      /a term with at least one school day/,
    ],
  ]
  for (const [at, [wrong, says]] of bad.entries()) {
    t.match(timetable.check(wrong)[0], says)
    t.equal(await taker.take({ id: `x${at}`, version: 2, rules: [], timetable: wrong }), undefined)
    t.match(taker.refused?.problems[0], says)
    t.equal(keeper.config.timetable.week[0]?.[0]?.name, 'P4', 'the file’s stays')
  }
  t.equal(events.filter(({ kind }) => kind === 'policy-refused').length, bad.length)
  const good = { ...told, periods: [...told.periods, p4] }
  t.same(timetable.check(good), [])
  await taker.take({ id: 'b', version: 3, rules: [], timetable: good })
  t.equal(keeper.config.timetable.week[0]?.length, 3)
})

t.test('a file that no longer fits it comes first, and the reason is told', async (t) => {
  const { folder, source, write, keeper, taker, timetable } = lab(t)
  await taker.take({ id: 'a', version: 1, rules: [], timetable: told })
  write({
    timetable: {
      terms: [{ from: '2026-01-05', to: '2026-03-27' }],
      periods: [{ on: ['monday'], lessons: { P4: '13:00-14:00' } }],
    },
    schedules: { prep: { when: 'period P4' } },
  })
  keeper.useConfig(used(timetable))
  t.equal(keeper.config.timetable.week[0]?.[0]?.name, 'P4')
  t.match(timetable.state(keeper.config), {
    source: 'file',
    timetable: {
      periods: [{ day: 'monday', kind: 'lesson', name: 'P4', from: '13:00', to: '14:00' }],
    },
    problems: [/schedules\.prep\.when/],
  })
  const again = start(t, folder, source)
  t.equal(again.keeper.config.timetable.week[0]?.[0]?.name, 'P4', 'a start does not fail for it')
  write({})
  again.keeper.useConfig(used(again.timetable))
  t.equal(again.keeper.config.timetable.week[0]?.length, 2, 'in force again when it fits')
  t.same(again.timetable.state(again.keeper.config), { source: 'console' })
  writeFileSync(source.kind === 'file' ? source.path : '', 'networks: [')
  t.ok(isRefused(again.timetable.load()), 'a broken file is refused as ever')
})

t.test('without a file the defaults take it, too', (t) => {
  const timetable = new TimetableOfConsole({ kind: 'embedded' }, told)
  t.equal(used(timetable).timetable.terms.length, 1)
  t.equal(used(timetable).policyId, 'embedded')
  t.equal(used(new TimetableOfConsole({ kind: 'embedded' }, undefined)).timetable.terms.length, 0)
  t.end()
})
