import t from 'tap'
import { dayNumber } from '#rules/calendar.ts'
import type { DayPart, Timetable } from '#rules/timetable.ts'
import { LONDON } from '#rules/zone.ts'
import { momentOf } from '#safeguarding/moment.ts'

const DAY: readonly DayPart[] = [
  { name: 'P1', kind: 'lesson', from: 540, to: 600 },
  { name: 'break', kind: 'break', from: 600, to: 620 },
  { name: 'P2', kind: 'lesson', from: 630, to: 690 },
]
const TIMETABLE: Timetable = {
  zone: LONDON,
  terms: [{ from: dayNumber(2026, 6, 1), to: dayNumber(2026, 7, 17) }],
  closed: [{ from: dayNumber(2026, 6, 3), to: dayNumber(2026, 6, 3) }],
  week: [DAY, DAY, DAY, DAY, DAY, [], []],
  exams: [],
}

t.test('the moment is that of the clock on the school wall', (t) => {
  // British summer time: 08:05 UTC is 09:05.
  const at = (day: number, hour: number, minute: number) =>
    momentOf(TIMETABLE, Date.UTC(2026, 5, day, hour, minute))
  t.equal(at(1, 8, 5), 'lesson')
  t.equal(at(1, 9, 5), 'break')
  t.equal(at(1, 9, 25), 'school-day', 'between two parts')
  t.equal(at(1, 6, 30), 'school-day', 'before school')
  t.equal(at(1, 16, 59), 'school-day', 'after school')
  t.equal(at(1, 17, 0), 'evening')
  t.equal(at(1, 20, 0), 'night')
  t.equal(at(1, 4, 59), 'night')
  t.equal(at(3, 8, 5), 'closed', 'a day on which the school is closed')
  t.equal(at(6, 11, 0), 'closed', 'a Saturday')
  t.equal(momentOf(undefined, 0), 'unknown', 'without a timetable nothing is known')
  t.end()
})
