import t from 'tap'
import {
  type EscalationState,
  type NextStep,
  nextStep,
  type StepTaken,
} from '#collector/notify/ladder/next-step.ts'
import type { NotifySettings } from '#collector/notify/settings/notify-settings.ts'
import { parseDay } from '#rules/calendar.ts'
import { localText, parseLocalTime } from '#rules/local-time.ts'
import { EVERY_WEEKDAY } from '#rules/schedule.ts'
import { LONDON, zoneOf } from '#rules/zone.ts'
import { person, schoolSettings } from './notify-settings.ts'

const ms = (text: string, zone = LONDON): number => {
  const at = parseLocalTime(zone, text)
  if (at === undefined) throw new Error(text)
  return at
}
const day = (text: string): number => parseDay(text) ?? Number.NaN
const EVENINGS = {
  person: 'deputy',
  weekdays: EVERY_WEEKDAY,
  times: { from: 17 * 60, to: 22 * 60 },
}
const NIGHTS = { person: 'head', weekdays: EVERY_WEEKDAY, times: { from: 22 * 60, to: 7 * 60 } }

/** Takes each step when it is due and writes them down: kind, who, when, and when it will be seen. */
function play(
  settings: NotifySettings,
  raised: string,
  change: Partial<EscalationState> = {},
  steps = 12,
): readonly string[] {
  const told: string[] = []
  let taken: readonly StepTaken[] = change.taken ?? []
  let nowMs = ms(raised, settings.zone)
  const raisedAtMs = nowMs
  while (told.length < steps) {
    const state: EscalationState = {
      queue: 'safeguarding',
      severity: 'critical',
      raisedAtMs,
      isTrial: false,
      isUnreachable: false,
      ...change,
      taken,
    }
    const step: NextStep = nextStep(settings, state, nowMs)
    if (step.kind !== 'tell') return [...told, step.kind]
    const seen =
      step.seenAtMs === undefined ? '' : `, seen ${localText(settings.zone, step.seenAtMs)}`
    told.push(
      `${step.step} ${step.persons.join('+')} ${localText(settings.zone, step.atMs)}${seen}`,
    )
    nowMs = Math.max(step.atMs, nowMs)
    taken = [...taken, { kind: step.step, persons: step.persons, atMs: nowMs }]
  }
  return told
}

t.test('in school hours the ladder goes on at T, 2T and 3T', (t) => {
  // A Monday.
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', {}, 4), [
    'ladder dsl 2026-03-02 09:00',
    'ladder deputy 2026-03-02 09:15',
    'ladder head 2026-03-02 09:30',
    'ladder trust 2026-03-02 09:45',
  ])
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', { severity: 'urgent' }, 4), [
    'ladder dsl 2026-03-02 09:00',
    'ladder deputy 2026-03-02 10:00',
    'ladder head 2026-03-02 11:00',
    'ladder trust 2026-03-02 12:00',
  ])
  t.end()
})

t.test('after the ladder all are told on five mornings, weekends and holidays left out', (t) => {
  const settings = schoolSettings({
    holidays: [{ from: day('2026-03-09'), to: day('2026-03-10') }],
  })
  const all = 'dsl+deputy+head+trust'
  t.strictSame(play(settings, '2026-03-05 09:00').slice(4), [
    `morning ${all} 2026-03-06 07:45`,
    `morning ${all} 2026-03-11 07:45`,
    `morning ${all} 2026-03-12 07:45`,
    `morning ${all} 2026-03-13 07:45`,
    `morning ${all} 2026-03-16 07:45`,
    'ended',
  ])
  t.end()
})

t.test('the close of school stops the clock until it opens', (t) => {
  t.strictSame(play(schoolSettings(), '2026-03-02 16:20', {}, 3), [
    'ladder dsl 2026-03-02 16:20',
    'ladder deputy 2026-03-03 07:50',
    'ladder head 2026-03-03 08:05',
  ])
  t.strictSame(
    play(schoolSettings(), '2026-03-06 16:25', {}, 2)[1],
    'ladder deputy 2026-03-09 07:55',
  )
  t.strictSame(
    play(schoolSettings(), '2026-03-02 16:15', {}, 2)[1],
    'ladder deputy 2026-03-03 07:45',
    'at the very end nobody is told',
  )
  t.end()
})

t.test(
  'at night nobody watches: the first are told when it will be seen, and told again then',
  (t) => {
    t.strictSame(play(schoolSettings(), '2026-03-02 22:10', {}, 3), [
      'forewarning dsl 2026-03-02 22:10, seen 2026-03-03 07:45',
      'ladder dsl 2026-03-03 07:45',
      'ladder deputy 2026-03-03 08:00',
    ])
    t.strictSame(play(schoolSettings(), '2026-03-06 17:00', { severity: 'urgent' }, 3), [
      'forewarning dsl 2026-03-06 17:00, seen 2026-03-09 07:45',
      'ladder dsl 2026-03-09 07:45',
      'ladder deputy 2026-03-09 08:45',
    ])
    t.strictSame(play(schoolSettings(), '2026-03-03 06:00', {}, 2), [
      'forewarning dsl 2026-03-03 06:00, seen 2026-03-03 07:45',
      'ladder dsl 2026-03-03 07:45',
    ])
    t.end()
  },
)

t.test('over the holidays it will be seen when school opens again', (t) => {
  const settings = schoolSettings({
    holidays: [{ from: day('2026-12-19'), to: day('2027-01-03') }],
  })
  t.strictSame(play(settings, '2026-12-18 18:00', {}, 2), [
    'forewarning dsl 2026-12-18 18:00, seen 2027-01-04 07:45',
    'ladder dsl 2027-01-04 07:45',
  ])
  t.strictSame(play(settings, '2026-12-22 10:00', { severity: 'high' }, 1), [
    'ladder dsl 2027-01-04 07:45',
  ])
  t.end()
})

t.test('a school that never opens says so: nothing is promised', (t) => {
  const never = schoolSettings({
    schoolHours: [undefined, undefined, undefined, undefined, undefined, undefined, undefined],
  })
  t.strictSame(play(never, '2026-03-02 09:00'), ['forewarning dsl 2026-03-02 09:00', 'ended'])
  t.end()
})

t.test('the rota takes what cannot wait, in turn, and then the ladder does', (t) => {
  const settings = schoolSettings({ rota: [EVENINGS, NIGHTS] })
  t.strictSame(play(settings, '2026-03-02 18:00', {}, 4), [
    'duty deputy 2026-03-02 18:00',
    'duty head 2026-03-02 22:00',
    'ladder dsl 2026-03-03 07:45',
    'ladder deputy 2026-03-03 08:00',
  ])
  t.strictSame(play(settings, '2026-03-02 16:45', {}, 2), [
    'forewarning dsl 2026-03-02 16:45, seen 2026-03-02 17:00',
    'duty deputy 2026-03-02 17:00',
  ])
  t.strictSame(
    play(settings, '2026-03-07 23:30', {}, 1),
    ['duty head 2026-03-07 23:30'],
    'also on a Saturday',
  )
  t.strictSame(
    play(settings, '2026-03-02 16:20', {}, 3),
    ['ladder dsl 2026-03-02 16:20', 'duty deputy 2026-03-02 17:05', 'duty head 2026-03-02 22:00'],
    'ten minutes in school and five on duty',
  )
  t.end()
})

t.test('two who are on duty together are told together', (t) => {
  const settings = schoolSettings({ rota: [EVENINGS, { ...EVENINGS, person: 'trust' }] })
  t.strictSame(play(settings, '2026-03-02 18:00', {}, 1), ['duty deputy+trust 2026-03-02 18:00'])
  t.end()
})

t.test('a rota is for its dates, and only for who is in the ladder of the queue', (t) => {
  const dates = { from: day('2026-04-06'), to: day('2026-04-07') }
  const dated = schoolSettings({ rota: [{ ...EVENINGS, dates }] })
  t.match(play(dated, '2026-04-05 18:00', {}, 1), [/^forewarning dsl/])
  t.match(play(dated, '2026-04-06 18:00', {}, 1), [/^duty deputy/])
  t.match(play(dated, '2026-04-08 18:00', {}, 1), [/^forewarning dsl/])
  const settings = schoolSettings({ rota: [EVENINGS] })
  t.match(
    play(settings, '2026-03-02 18:00', { queue: 'head' }, 1),
    [/^forewarning head .* seen 2026-03-03 07:45/],
    'the deputy hears nothing of staff',
  )
  t.match(play(settings, '2026-03-02 18:00', { queue: 'chair' }, 1), [/^forewarning chair/])
  t.end()
})

t.test('what can wait goes on by the school day and leaves the rota alone', (t) => {
  const settings = schoolSettings({ rota: [EVENINGS, NIGHTS] })
  t.strictSame(play(settings, '2026-03-02 09:00', { severity: 'high' }, 4), [
    'ladder dsl 2026-03-02 09:00',
    'ladder deputy 2026-03-02 16:00',
    'ladder head 2026-03-03 16:00',
    'ladder trust 2026-03-04 16:00',
  ])
  t.strictSame(
    play(settings, '2026-03-06 15:30', { severity: 'high' }, 2),
    ['ladder dsl 2026-03-06 15:30', 'ladder deputy 2026-03-09 16:00'],
    'half an hour is too short',
  )
  t.strictSame(play(settings, '2026-03-06 20:00', { severity: 'high' }, 1), [
    'ladder dsl 2026-03-09 07:45',
  ])
  const short = schoolSettings({ patience: { critical: 1000, urgent: 1000, high: 4 * 3_600_000 } })
  t.strictSame(
    play(short, '2026-03-02 15:00', { severity: 'high' }, 2)[1],
    'ladder deputy 2026-03-03 10:15',
  )
  t.end()
})

t.test('low severities interrupt nobody', (t) => {
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', { severity: 'medium' }), ['digest'])
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', { severity: 'low' }), ['digest'])
  t.end()
})

t.test('a ladder is as long as there are people, and its last one is reminded', (t) => {
  const settings = schoolSettings({
    people: [person('ann', 'dsl'), person('bob', 'head'), person('cy', 'head')],
  })
  t.strictSame(play(settings, '2026-03-02 09:00', {}, 4), [
    'ladder ann 2026-03-02 09:00',
    'ladder bob+cy 2026-03-02 09:15',
    'ladder bob+cy 2026-03-02 09:30',
    'ladder bob+cy 2026-03-02 09:45',
  ])
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', { queue: 'head' }, 2), [
    'ladder head 2026-03-02 09:00',
    'ladder head 2026-03-02 09:15',
  ])
  t.strictSame(play(schoolSettings({ people: [person('it', 'it')] }), '2026-03-02 09:00'), [
    'nobody',
  ])
  t.end()
})

t.test('where nobody of a step can be reached the next one is not waited for', (t) => {
  const taken: readonly StepTaken[] = [
    { kind: 'ladder', persons: ['dsl'], atMs: ms('2026-03-02 09:00') },
  ]
  const state = {
    queue: 'safeguarding',
    severity: 'urgent',
    raisedAtMs: ms('2026-03-02 09:00'),
    taken,
  } as const
  const now = ms('2026-03-02 09:02')
  t.match(nextStep(schoolSettings(), { ...state, isTrial: false, isUnreachable: true }, now), {
    persons: ['deputy'],
    atMs: now,
  })
  t.match(nextStep(schoolSettings(), { ...state, isTrial: false, isUnreachable: false }, now), {
    atMs: ms('2026-03-02 10:00'),
  })
  const night: readonly StepTaken[] = [
    { kind: 'forewarning', persons: ['dsl'], atMs: ms('2026-03-02 23:00') },
  ]
  t.match(
    nextStep(
      schoolSettings(),
      { ...state, taken: night, isTrial: false, isUnreachable: true },
      ms('2026-03-02 23:01'),
    ),
    {
      step: 'forewarning',
      persons: ['deputy'],
      atMs: ms('2026-03-02 23:01'),
      seenAtMs: ms('2026-03-03 07:45'),
    },
  )
  t.end()
})

t.test('a collector that was away takes up where the hour is, one step at a time', (t) => {
  const state = {
    queue: 'safeguarding',
    severity: 'critical',
    raisedAtMs: ms('2026-03-02 09:00'),
    isTrial: false,
    isUnreachable: false,
  } as const
  const late = ms('2026-03-02 20:00')
  t.match(nextStep(schoolSettings(), { ...state, taken: [] }, late), {
    step: 'forewarning',
    atMs: late,
    seenAtMs: ms('2026-03-03 07:45'),
  })
  const taken = [{ kind: 'ladder', persons: ['dsl'], atMs: ms('2026-03-02 09:00') }] as const
  t.match(nextStep(schoolSettings(), { ...state, taken }, late), {
    step: 'ladder',
    persons: ['deputy'],
    atMs: ms('2026-03-03 07:45'),
  })
  t.match(nextStep(schoolSettings(), { ...state, taken }, ms('2026-03-02 11:00')), {
    persons: ['deputy'],
    atMs: ms('2026-03-02 11:00'),
  })
  t.end()
})

t.test('when the clocks change, school opens by the clock on its wall', (t) => {
  // Forward on Sunday 29 March 2026 at 01:00 UTC, back on Sunday 25 October.
  const [warned = '', first = ''] = play(schoolSettings(), '2026-03-27 20:00', {}, 2)
  t.match(warned, /seen 2026-03-30 07:45$/)
  t.equal(first, 'ladder dsl 2026-03-30 07:45')
  const state = {
    queue: 'safeguarding',
    severity: 'critical',
    isTrial: false,
    isUnreachable: false,
    taken: [],
  } as const
  t.match(
    nextStep(
      schoolSettings(),
      { ...state, raisedAtMs: ms('2026-03-28 12:00') },
      ms('2026-03-28 12:00'),
    ),
    { seenAtMs: Date.UTC(2026, 2, 30, 6, 45) },
  )
  t.match(
    nextStep(
      schoolSettings(),
      { ...state, raisedAtMs: ms('2026-10-24 12:00') },
      ms('2026-10-24 12:00'),
    ),
    { seenAtMs: Date.UTC(2026, 9, 26, 7, 45) },
  )
  t.end()
})

t.test('a night of duty is an hour shorter or longer when the clocks change', (t) => {
  const settings = schoolSettings({
    rota: [NIGHTS, { ...EVENINGS, times: { from: 7 * 60, to: 9 * 60 } }],
  })
  // 22:00 to 07:00 are eight hours in March: 23:30, and 8 h of patience would end at 08:30 on the wall, in the morning's duty.
  const slow = { ...settings, patience: { ...settings.patience, critical: 8 * 3_600_000 } }
  t.strictSame(play(slow, '2026-03-28 23:30', {}, 2), [
    'duty head 2026-03-28 23:30',
    'duty deputy 2026-03-29 08:30',
  ])
  t.strictSame(play(slow, '2026-10-24 23:30', {}, 2), [
    'duty head 2026-10-24 23:30',
    'duty deputy 2026-10-25 07:00',
  ])
  t.end()
})

t.test('another zone has its own mornings', (t) => {
  const zone = zoneOf('Pacific/Auckland')
  if (!zone) throw new Error('no such zone')
  t.strictSame(play(schoolSettings({ zone }), '2026-03-02 22:10', {}, 2), [
    'forewarning dsl 2026-03-02 22:10, seen 2026-03-03 07:45',
    'ladder dsl 2026-03-03 07:45',
  ])
  t.end()
})

t.test(
  'no step comes before the one before it, nor while nobody watches but for the forewarning',
  (t) => {
    const settings = schoolSettings({
      rota: [EVENINGS, NIGHTS],
      holidays: [{ from: day('2026-04-03'), to: day('2026-04-17') }],
    })
    for (let hour = 0; hour < 24 * 40; hour += 7)
      for (const severity of ['critical', 'urgent', 'high'] as const) {
        const at = ms('2026-03-20 00:00') + hour * 3_600_000 + 1234
        const told = play(settings, localText(LONDON, at), { severity }, 20)
        const times = told
          .filter((line) => line !== 'ended')
          .map((line) => line.split(' ').slice(2, 4).join(' '))
        t.strictSame(times, times.toSorted(), told.join('; '))
        t.equal(told.at(-1), 'ended')
        t.equal(told.filter((line) => line.startsWith('ladder')).length, 4)
      }
    t.end()
  },
)

t.test('a trial of the filter is told to the first of the ladder, once, in school hours', (t) => {
  t.strictSame(play(schoolSettings(), '2026-03-02 09:00', { isTrial: true }), [
    'ladder dsl 2026-03-02 09:00',
    'ended',
  ])
  t.strictSame(play(schoolSettings({ rota: [NIGHTS] }), '2026-03-02 23:00', { isTrial: true }), [
    'ladder dsl 2026-03-03 07:45',
    'ended',
  ])
  t.end()
})
