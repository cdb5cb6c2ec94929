/** Tables of the week and of terms, as spreadsheets and people write them: what they say, or what is wrong with which line. */
import fc from 'fast-check'
import t from 'tap'
import { timetableChanges } from '#collector/pages/timetable-words.ts'
import { readDays, readWeek, TABLE_CHARS_MAX } from '#collector/policy/read-timetable.ts'
import { daysText, EXAMPLE_DAYS, EXAMPLE_WEEK, weekText } from '#collector/policy/timetable-csv.ts'
import { DAY_RANGES_MAX, PERIODS_MAX, type PeriodTold } from '#domain/console-timetable.ts'

const HEAD = 'day,kind,name,from,to\n'
const P1 = { day: 'monday', kind: 'lesson', name: 'P1', from: '09:00', to: '10:00' } as const

function rowsOf(read: ReturnType<typeof readWeek> | ReturnType<typeof readDays>): unknown {
  return 'rows' in read ? read.rows : read.problems
}

t.test('the examples are what they say, and say it again when written', (t) => {
  const week = readWeek(EXAMPLE_WEEK)
  const days = readDays(EXAMPLE_DAYS)
  t.ok('rows' in week && 'rows' in days)
  if (!('rows' in week && 'rows' in days)) return t.end()
  t.equal(week.rows.length, 35)
  t.same(days.rows[2], {
    kind: 'closed',
    from: '2026-11-27',
    to: '2026-11-27',
    name: 'Staff training',
  })
  const told = { periods: week.rows, days: days.rows }
  t.equal(weekText(told), EXAMPLE_WEEK)
  t.same(readDays(daysText(told)), days)
  return t.end()
})

t.test('as spreadsheets save and copy it', (t) => {
  const wanted = [P1]
  for (const text of [
    `${HEAD}monday,lesson,P1,09:00,10:00`,
    `\uFEFF"Day";"Kind";"Name";"From";"To"\r\n"Mon";"Lesson";"P1";"9:00";"10:00"\r\n`,
    'to\tname\tday\tkind\tfrom\n10:00\tP1\tMONDAY\tLESSON\t9:00\n\t\t\t\t\n',
    `\n${HEAD}\n ,,,, \nmonday , lesson , P1 , 09:00 , 10:00\n\n`,
  ])
    t.same(rowsOf(readWeek(text)), wanted, JSON.stringify(text.slice(0, 30)))
  t.same(rowsOf(readWeek(`${HEAD}monday,lesson,"Maths, ""set"" 1",09:00,10:00`)), [
    { ...P1, name: 'Maths, "set" 1' },
  ])
  t.same(rowsOf(readDays('kind,from,to,name\nterm,01/09/2026,18/12/2026,\nclosed,2/9/2026,,x')), [
    { kind: 'term', from: '2026-09-01', to: '2026-12-18', name: '' },
    { kind: 'closed', from: '2026-09-02', to: '2026-09-02', name: 'x' },
  ])
  t.end()
})

t.test('a wrong line is told with its number, what was written, and what to write', (t) => {
  const week = (lines: string): unknown => rowsOf(readWeek(HEAD + lines))
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['moday,lesson,P1,09:00,10:00', 2, /“moday” is no day\. Write monday/],
    ['monday,lesson,P1,09:00,10:00\n\nmonday,lunch,L,12:00,13:00', 4, /“lunch” is no kind/],
    ['monday,lesson,,09:00,10:00', 2, /the name is missing/],
    [`monday,lesson,${'x'.repeat(33)},09:00,10:00`, 2, /33 characters long\. Write at most 32/],
    ['monday,lesson,P\u202e1,09:00,10:00', 2, /“P\\u\{202e\}1” has characters/],
    ['monday,lesson,P1,9.00,10:00', 2, /“9\.00” is no time\. Write it as 09:05/],
    ['monday,lesson,P1,09:00,24:01', 2, /“24:01” is no time/],
    ['monday,lesson,P1,10:00,10:00', 2, /“10:00” is not after “10:00”/],
    ['monday,lesson,P1,09:00,10:00\nmon,lesson,P1,11:00,12:00', 3, /P1 stands in line 2 already/],
    [
      'monday,lesson,P1,09:00,10:00\nmonday,break,B,09:59,10:20',
      3,
      /B is at the same time as P1 in line 2/,
    ],
    ['monday,lesson,P1,09:00', 2, /there are 4 values; write 5/],
    ['monday,break,B,09:00,10:00', 0, /There is no lesson/],
    ['monday,lesson,"P1,09:00,10:00', 2, /a quotation mark is not closed/],
  ]
  for (const [lines, line, text] of cases) t.match(week(lines), [{ line, text }], lines)
  t.match(rowsOf(readWeek('')), [{ line: 0, text: /first line is day,kind,name,from,to/ }])
  t.match(rowsOf(readWeek('day,kind,name,from\n')), [{ line: 1, text: /“to” is missing/ }])
  t.match(rowsOf(readWeek('day,kind,name,from,to,room\n')), [{ text: /“room” is no column/ }])
  t.match(rowsOf(readWeek('x'.repeat(TABLE_CHARS_MAX + 1))), [{ text: /more than 65536/ }])
  const days = (lines: string): unknown => rowsOf(readDays(`kind,from,to,name\n${lines}`))
  t.match(days('holiday,2026-09-01,,x'), [{ line: 2, text: /“holiday” is no kind/ }])
  t.match(days('term,2026-02-30,2026-03-01,'), [{ text: /“2026-02-30” is no date/ }])
  t.match(days('term,31/02/2026,2026-03-01,'), [{ text: /“31\/02\/2026” is no date/ }])
  t.match(days('term,2026-09-02,2026-09-01,'), [{ text: /“2026-09-01” is before “2026-09-02”/ }])
  t.match(days('closed,2026-09-02,,'), [{ line: 0, text: /There is no term/ }])
  t.end()
})

t.test('there is an end to everything', (t) => {
  const many = (count: number): string =>
    Array.from({ length: count }, (_, i) => `closed,2026-09-02,,d${i}`).join('\n')
  const head = 'kind,from,to,name\nterm,2026-09-01,2026-12-18,\n'
  t.equal([rowsOf(readDays(head + many(DAY_RANGES_MAX - 1)))].flat().length, DAY_RANGES_MAX)
  t.match(rowsOf(readDays(head + many(DAY_RANGES_MAX))), [{ text: /more than 200 lines/ }])
  const crowded = Array.from(
    { length: 33 },
    (_, i) => `monday,lesson,n${i},${clock(i)},${clock(i + 1)}`,
  )
  t.match(rowsOf(readWeek(HEAD + crowded.join('\n'))), [{ line: 34, text: /more than 32 lessons/ }])
  t.equal(PERIODS_MAX, 7 * 32)
  t.end()
})

t.test('whatever is written, it is read or told, and what is read says the same again', (t) => {
  const cell = fc.oneof(
    fc.constantFrom('monday', 'lesson', 'break', '09:00', '10:00', '"', ',', '\n', ' ', HEAD),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 30 }), (cells) => {
      for (const text of [cells.join(''), HEAD + cells.join(',')]) {
        const read = readWeek(text)
        if (!('rows' in read)) {
          t.ok(read.problems.length > 0)
          continue
        }
        t.same(readWeek(weekText({ periods: read.rows, days: [] })), read)
      }
    }),
    { numRuns: 300 },
  )
  const name = fc.string({ minLength: 1, maxLength: 10 }).filter((one) => /^[ -~]+$/.test(one))
  fc.assert(
    fc.property(
      name.map((one) => one.trim()).filter((one) => one !== ''),
      (one) => {
        const periods: readonly PeriodTold[] = [{ ...P1, name: one }]
        t.same(rowsOf(readWeek(weekText({ periods, days: [] }))), periods)
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})

t.test('changes are told in words, a lesson of several days once', (t) => {
  const days = [{ kind: 'term', from: '2026-09-02', to: '2026-12-18', name: 'Autumn' }] as const
  const periods = ['monday', 'tuesday', 'friday'].map((day) => ({ ...P1, day }))
  t.same(timetableChanges({ periods: [], days: [] }, { periods, days }), [
    'Added: lesson P1, 09:00 to 10:00, on Monday, Tuesday and Friday',
    'Added: term Autumn, 2 September 2026 to 18 December 2026',
  ])
  const moved = periods.map((one) => (one.day === 'friday' ? { ...one, to: '09:50' } : one))
  t.same(timetableChanges({ periods, days }, { periods: moved, days: [] }), [
    'Added: lesson P1, 09:00 to 09:50, on Friday',
    'Removed: lesson P1, 09:00 to 10:00, on Friday',
    'Removed: term Autumn, 2 September 2026 to 18 December 2026',
  ])
  t.same(timetableChanges({ periods, days }, { periods, days }), [])
  const closed = Array.from({ length: 99 }, (_, i) => ({ ...days[0], name: `t${i}` }))
  t.match(timetableChanges({ periods, days: [] }, { periods, days: closed }).at(-1), /And 39 more/)
  t.end()
})

function clock(at: number): string {
  return `${String(Math.floor(at / 2)).padStart(2, '0')}:${at % 2 === 0 ? '00' : '30'}`
}
