import fc from 'fast-check'
import t from 'tap'
import { dayNumber, dayText, parseDay, parseMinute, WEEKDAYS, weekdayOf } from '#rules/calendar.ts'
import { localText, localTimeAt, parseLocalTime, utcOf } from '#rules/local-time.ts'
import { EVERY_WEEKDAY, isInForce, type Schedule, wordSchedule } from '#rules/schedule.ts'
import type { DayPart, Timetable } from '#rules/timetable.ts'
import { LONDON, zoneOf } from '#rules/zone.ts'

const MINUTE_MS = 60_000
const day = (text: string): number => parseDay(text) ?? Number.NaN
const minute = (text: string): number => parseMinute(text) ?? Number.NaN
const part = (kind: DayPart['kind'], name: string, from: string, to: string): DayPart => ({
  kind,
  name,
  from: minute(from),
  to: minute(to),
})

const FULL_DAY = [
  part('lesson', 'P1', '09:00', '10:00'),
  part('lesson', 'P2', '10:00', '11:00'),
  part('break', 'break', '11:00', '11:20'),
  part('lesson', 'P3', '11:20', '12:20'),
  part('break', 'lunch', '12:20', '13:10'),
  part('lesson', 'P4', '13:10', '15:10'),
]
const FRIDAY = FULL_DAY.slice(0, 4)

const timetable: Timetable = {
  zone: LONDON,
  terms: [
    { from: day('2026-01-05'), to: day('2026-04-01') },
    { from: day('2026-04-20'), to: day('2026-07-21') },
    { from: day('2026-09-01'), to: day('2026-12-18') },
    { from: day('2027-01-04'), to: day('2027-03-25') },
    { from: day('2027-04-12'), to: day('2027-07-20') },
  ],
  closed: [
    { from: day('2026-02-16'), to: day('2026-02-20') },
    { from: day('2026-09-01'), to: day('2026-09-01') },
    { from: day('2026-10-26'), to: day('2026-10-30') },
    { from: day('2027-05-31'), to: day('2027-06-04') },
  ],
  week: [FULL_DAY, FULL_DAY, FULL_DAY, FULL_DAY, FRIDAY, [], []],
  exams: [
    {
      name: 'mocks',
      from: day('2027-01-11'),
      to: day('2027-01-22'),
      fromMinute: minute('08:30'),
      toMinute: minute('12:00'),
      groups: ['ks4'],
    },
  ],
}

const range = (
  from: string,
  to: string,
  days: Schedule['days'] = 'any',
  weekdays = EVERY_WEEKDAY,
): Schedule => ({
  name: `${from}-${to}`,
  when: [{ kind: 'range', from: minute(from), to: minute(to) }],
  weekdays,
  days,
})
const SCHOOL_NIGHTS = [true, true, true, true, false, false, true]

/** What the clock on the wall says, by the platform's own zone data. */
interface Wall {
  readonly date: string
  readonly weekday: string
  readonly time: string
}

const datesOf = (ranges: Timetable['terms']): readonly string[] =>
  ranges.flatMap(({ from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => dayText(from + i)),
  )
const CLOSED = new Set(datesOf(timetable.closed))
const TERM = new Set(datesOf(timetable.terms).filter((date) => !CLOSED.has(date)))
const isTerm = (date: string): boolean => TERM.has(date)
const DAYS_WITH_SCHOOL = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']
const dayBefore = (date: string): string => dayText(day(date) - 1)

/** Which schedules there are, each with a second way of telling whether it holds, in words of dates and clock times. */
const LESSONS = ['09:00-10:00', '10:00-11:00', '11:20-12:20', '13:10-15:10']
const isBetween = (time: string, text: string): boolean =>
  text.slice(0, 5) <= time && time < text.slice(6)
const hasLesson = ({ date, weekday, time }: Wall): boolean =>
  isTerm(date) &&
  DAYS_WITH_SCHOOL.includes(weekday) &&
  LESSONS.slice(0, weekday === 'Fri' ? 3 : 4).some((lesson) => isBetween(time, lesson))
const isAtSchool = ({ date, weekday, time }: Wall): boolean =>
  isTerm(date) &&
  DAYS_WITH_SCHOOL.includes(weekday) &&
  isBetween(time, weekday === 'Fri' ? '09:00-12:20' : '09:00-15:10')

const ORACLE: readonly (readonly [Schedule, (wall: Wall) => boolean])[] = [
  [wordSchedule('lessons'), hasLesson],
  [wordSchedule('breaks'), (wall) => isAtSchool(wall) && !hasLesson(wall)],
  [wordSchedule('school-hours'), isAtSchool],
  [wordSchedule('outside-school'), (wall) => !isAtSchool(wall)],
  [
    wordSchedule('exams'),
    ({ date, time }) =>
      date >= '2027-01-11' && date <= '2027-01-22' && isBetween(time, '08:30-12:00'),
  ],
  [
    { ...wordSchedule('lessons'), when: [{ kind: 'period', name: 'P3' }] },
    (wall) => hasLesson(wall) && isBetween(wall.time, '11:20-12:20'),
  ],
  [range('01:15', '01:45'), ({ time }) => isBetween(time, '01:15-01:45')],
  [
    range('21:30', '06:45', 'any', SCHOOL_NIGHTS),
    ({ weekday, time }) =>
      time >= '21:30'
        ? ['Sun', 'Mon', 'Tue', 'Wed', 'Thu'].includes(weekday)
        : time < '06:45' && ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'].includes(weekday),
  ],
  [
    range('22:00', '01:30', 'term'),
    ({ date, time }) =>
      time >= '22:00' ? isTerm(date) : time < '01:30' && isTerm(dayBefore(date)),
  ],
  [range('00:00', '24:00', 'holidays'), ({ date }) => !isTerm(date)],
]

t.test('schedules agree with an independent oracle in every minute of two years', (t) => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const wrong: string[] = []
  let minutes = 0
  let changes = 0
  let before = ''
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2028, 0, 1); at += MINUTE_MS) {
    // "Fri, 02/01/2026, 09:00"
    const text = format.format(at)
    const date = `${text.slice(11, 15)}-${text.slice(8, 10)}-${text.slice(5, 7)}`
    const wall = { date, weekday: text.slice(0, 3), time: text.slice(17) }
    const time = localTimeAt(LONDON, at)
    const bits = ORACLE.map(([schedule, holds]) => {
      const found = isInForce(schedule, timetable, time, 'ks4')
      if (found !== holds(wall)) wrong.push(`${schedule.name} at ${text}: ${found}`)
      return found ? '1' : '0'
    }).join('')
    if (bits !== before) changes++
    before = bits
    minutes++
  }
  t.equal(minutes, 730 * 1440)
  t.ok(changes > 5000, `${changes} changes of state`)
  t.strictSame(wrong.slice(0, 5), [])
  t.end()
})

t.test('an exam holds only the groups it names', (t) => {
  const time = localTimeAt(LONDON, utcOf(LONDON, day('2027-01-12'), minute('09:00')))
  t.ok(isInForce(wordSchedule('exams'), timetable, time, 'ks4'))
  t.notOk(isInForce(wordSchedule('exams'), timetable, time, 'ks3'))
  t.end()
})

t.test('local times become moments, around clock changes too', (t) => {
  const at = (text: string): string =>
    new Date(parseLocalTime(LONDON, text) ?? 0).toISOString().slice(0, 16)
  t.equal(at('2026-03-02T10:05'), '2026-03-02T10:05')
  t.equal(at('2026-06-01 10:05'), '2026-06-01T09:05')
  t.equal(at('2026-03-29T01:30'), '2026-03-29T01:00', 'a skipped time: when the clocks change')
  t.equal(at('2026-10-25T01:30'), '2026-10-25T00:30', 'a time that comes twice: the first')
  t.equal(localText(LONDON, Date.UTC(2026, 9, 25, 1, 30)), '2026-10-25 01:30')
  for (const bad of [
    '2026-02-30T10:00',
    '2026-03-02T24:00',
    '2026-03-02T10:60',
    '2026-3-2T1:00',
    '',
  ])
    t.equal(parseLocalTime(LONDON, bad), undefined, bad)
  t.end()
})

t.test('a moment read back from its local time is that moment or its twin an hour before', (t) => {
  const zones = [
    LONDON,
    zoneOf('America/New_York') ?? LONDON,
    zoneOf('Australia/Lord_Howe') ?? LONDON,
  ]
  const moments = fc.integer({
    min: Date.UTC(2022, 0, 1) / MINUTE_MS,
    max: Date.UTC(2045, 0, 1) / MINUTE_MS,
  })
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), (minutes, zone) => {
      const at = minutes * MINUTE_MS
      const time = localTimeAt(zone, at)
      const back = utcOf(zone, time.day, time.minute)
      return (
        (back === at || at - back <= 60 * MINUTE_MS) &&
        localText(zone, back) === localText(zone, at)
      )
    }),
    { numRuns: 3000 },
  )
  t.end()
})

t.test('tables of zones agree with the platform', (t) => {
  for (const name of ['Europe/London', 'Europe/Paris', 'America/New_York', 'Asia/Kolkata', 'UTC']) {
    const zone = zoneOf(name) ?? LONDON
    const format = new Intl.DateTimeFormat('sv-SE', {
      timeZone: name,
      dateStyle: 'short',
      timeStyle: 'short',
    })
    const wrong: string[] = []
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2030, 0, 1); at += 37 * MINUTE_MS)
      if (format.format(at) !== localText(zone, at)) wrong.push(format.format(at))
    t.strictSame(wrong.slice(0, 3), [], name)
  }
  t.equal(zoneOf('Europe/Lodnon'), undefined)
  t.end()
})

t.test('weekdays and dates are those of the calendar', (t) => {
  t.equal(WEEKDAYS[weekdayOf(dayNumber(2026, 3, 2))], 'monday')
  t.equal(WEEKDAYS[weekdayOf(dayNumber(1969, 12, 28))], 'sunday')
  t.equal(parseDay('2027-02-29'), undefined)
  t.equal(dayText(day('2028-02-29')), '2028-02-29')
  t.equal(parseMinute('24:00'), 1440)
  t.equal(parseMinute('24:01'), undefined)
  t.end()
})
