import t from 'tap'
import { isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { describeProblem } from '#agent/policy/problem.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { timeNotes } from '#agent/policy/time-notes.ts'

function problemsOf(text: string): readonly string[] {
  const outcome = parseConfig(text, 'edge.yaml')
  if (!isRefused(outcome)) return []
  return outcome.problems.map((problem) => describeProblem('edge.yaml', problem))
}

function ready(text: string): ReadyConfig {
  const config = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  return normalise(config, { file: undefined, resolvConf: '', localAddresses: [] })
}

const TERMS = 'terms: [{from: 2026-01-05, to: 2026-04-01}]'
const PERIODS = 'periods: [{on: [monday], lessons: {P1: 09:00-10:00}}]'
const category = (action: string, id = 'media.games'): string =>
  `groups: {ks3: {categories: {${id}: ${action}}}}`

t.test('what a timetable, a schedule or an expiry cannot mean is refused with its line', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['timetable: {zone: Europe/Lodnon}', /a time zone such as Europe\/London/],
    ['timetable: {terms: [{from: 2026-02-30, to: 2026-03-01}]}', /a date such as/],
    ['timetable: {terms: [{from: 2026-03-02, to: 2026-03-01}]}', /a date not before from/],
    ['timetable: {terms: [{from: 2026-03-02}]}', /on: DATE, or from: DATE and to: DATE/],
    ['timetable: {closed: [{on: 2026-03-02, to: 2026-03-03}]}', /on: DATE, or from/],
    [
      'timetable: {terms: [{on: 2026-03-03}], periods: [{on: [monday], lessons: {}}]}',
      /school day/,
    ],
    ['timetable: {periods: [{on: [monday], lessons: {P1: 10:00-09:00}}]}', /end must be after/],
    ['timetable: {periods: [{on: [monday], lessons: {P1: 9-10}}]}', /times such as 09:00-10:00/],
    ['timetable: {periods: [{on: [mon], lessons: {}}]}', /monday, tuesday/],
    [
      `timetable: {${PERIODS.replace('}}]', '}, breaks: {b: 09:30-09:40}}]')}}`,
      /P1 is at the same time/,
    ],
    [
      'timetable: {periods: [{on: [monday], lessons: {}}, {on: [monday], lessons: {}}]}',
      /each weekday once/,
    ],
    ['timetable: {exams: [{on: 2026-03-02, groups: [ks9]}]}', /no such group/],
    ['schedules: {a: {when: 25:00-26:00}}', /times such as 21:00-07:00/],
    ['schedules: {a: {when: 10:00-10:00}}', /a whole day is 00:00-24:00/],
    ['schedules: {a: {when: lessons}}', /timetable.terms or timetable.periods is missing/],
    ['schedules: {a: {when: exams}}', /timetable.exams is missing/],
    ['schedules: {a: {when: 21:00-07:00, days: term}}', /timetable.terms is missing/],
    ['schedules: {lessons: {when: 21:00-07:00}}', /another name/],
    [`timetable: {${TERMS}, ${PERIODS}}\nschedules: {a: {when: period P9}}`, /timetable: P1/],
    [category('{in: nihgt, action: block, else: allow}'), /in: lessons, breaks.*no such schedule/],
    [category('{in: lessons, action: block, else: allow}'), /timetable.periods is missing/],
    [category('{in: a, action: block}'), /the last step, and only it, needs else/],
    [
      category('{in: a, action: stop, else: allow}'),
      /allow, block, monitor, \{ redirect: NAME \}, or \{ in:/,
    ],
    [category('{in: a, action: block, otherwise: allow}'), /or \{ in:/],
    [category('[]'), /or \{ in:/],
    [category('{redirect: "a b"}'), /\{ redirect: NAME \}/],
    [category('{redirect: a.test, else: block}'), /\{ redirect: NAME \}/],
    [category('{redirect: a.test}', 'illegal.csam'), /has no switch/],
    [category('{redirect: a.test}', 'bypass.vpn'), /always blocked for pupils/],
    [category('blok'), /did you mean block/],
    [category('{in: lessons, action: block, else: allow}', 'illegal.csam'), /has no switch/],
    [category('{in: lessons, action: block, else: block}', 'core.exam'), /has no switch/],
    [
      category('{in: lessons, action: allow, else: block}', 'bypass.vpn'),
      /always blocked for pupils/,
    ],
    [
      'deny: [{name: a.test, reason: x y, expires: soon}]',
      /a date such as 2026-07-20, or a date and/,
    ],
    ['deny: [{name: a.test, reason: x y, expires: 2026-07-20T25:00}]', /a date such as 2026-07-20/],
  ]
  for (const [text, expected] of cases) t.match(problemsOf(text).join('\n'), expected, text)
  t.end()
})

t.test('profiles follow the timetable once there is one, and say so', (t) => {
  const { groups, notes } = ready(`timetable: {${TERMS}, ${PERIODS}}`)
  t.match(
    groups.get('ks5')?.timed.find((one) => one.category === 'media.games'),
    {
      steps: [{ schedule: { name: 'lessons' }, action: 'block' }],
      otherwise: 'allow',
    },
  )
  t.equal(groups.get('ks5')?.actions.get('media.games'), 'block', 'its strictest action')
  t.match(notes.join('\n'), /^group ks5: .*blocked in lessons and allowed outside them$/m)
  const without = ready('timetable: {zone: Europe/Paris}')
  t.strictSame(without.groups.get('ks5')?.timed, [])
  t.match(without.notes.join('\n'), /^group ks5: .*there is none, so they are blocked$/m)
  t.end()
})

t.test('a date expires with its end, by the clocks of the school', (t) => {
  const { schoolDeny } = ready(
    'deny: [{name: a.test, reason: r, expires: 2026-07-20}, {name: b.test, reason: r, expires: 2026-07-20 15:30}, {name: c.test, reason: r}]',
  )
  t.strictSame(
    schoolDeny.map(({ until }) => until && new Date(until).toISOString()),
    ['2026-07-20T23:00:00.000Z', '2026-07-20T14:30:00.000Z', undefined],
  )
  t.end()
})

t.test('notes of time are bounded and come at their time', (t) => {
  const rules = Array.from(
    { length: 30 },
    (_, i) => `{name: a${i}.test, reason: r, expires: 2026-07-20}`,
  )
  const config = ready(`timetable: {${TERMS}}\ndeny: [${rules.join(', ')}]`)
  t.strictSame(timeNotes(config, Date.UTC(2026, 2, 1)), [])
  const notes = timeNotes(config, Date.UTC(2026, 6, 21))
  t.equal(notes.length, 22)
  t.match(notes, [/^deny a0\.test is out of force since 2026-07-21 00:00$/])
  t.match(notes.at(-1), /last term of the timetable ended on 2026-04-01/)
  t.end()
})
