/** Alerts by theme and week as drawings and as a table: both say the same, and a long span is told in longer steps. */
import t from 'tap'
import { z } from 'zod'
import { WEEK_MS, weekOf } from '#collector/alerts/learning.ts'
import { weekCharts } from '#collector/pages/report-weeks.ts'
import { makePlainTime } from '#console/present/plain-time.ts'

const time = makePlainTime('Europe/London')
/** A Thursday. */
const FROM = Date.parse('2026-03-05T00:00:00Z')
const FIRST = weekOf(FROM)
const drawn = z.object({
  weeks: z.array(z.string()),
  series: z.array(z.object({ label: z.string(), values: z.array(z.number()) })),
})

t.test('a half term is told by the week, weeks without any as none', async (t) => {
  const charts = weekCharts(
    [
      { theme: 'gambling', week: FIRST, count: 1200 },
      { theme: 'suicide', week: FIRST + 2 * WEEK_MS, count: 1 },
      { theme: 'gambling', week: FIRST + 3 * WEEK_MS, count: 2 },
    ],
    // To the end of a Sunday: the week that begins then is not in it.
    { fromMs: FROM, toMs: FIRST + 4 * WEEK_MS },
    time,
  )
  t.equal(charts?.step, 'week')
  t.same(charts?.table.heads, ['Theme', '2 Mar', '9 Mar', '16 Mar', '23 Mar', 'All'])
  t.same(charts?.table.rows, [
    ['Suicide', '0', '0', '1', '0', '1'],
    ['Gambling', '1,200', '0', '0', '2', '1,202'],
  ])
  t.match(charts?.bars, [
    { title: 'Suicide', total: '1 alert' },
    { title: 'Gambling', total: '1,202 alerts' },
  ])
  const points = charts?.bars.map((one) => drawn.parse(JSON.parse(one.points)))
  t.same(points?.[1], {
    weeks: ['2 Mar', '9 Mar', '16 Mar', '23 Mar'],
    series: [{ label: 'Opened', values: [1200, 0, 0, 2] }],
  })
})

t.test('a year is told in steps of four weeks, and nothing of it is lost', async (t) => {
  const counts = Array.from({ length: 53 }, (_, week) => ({
    theme: 'adult' as const,
    week: FIRST + week * WEEK_MS,
    count: week + 1,
  }))
  const charts = weekCharts(counts, { fromMs: FROM, toMs: FIRST + 53 * WEEK_MS }, time)
  t.equal(charts?.step, 'four weeks')
  t.equal(charts?.table.heads.length, 16)
  t.same(charts?.table.rows[0]?.slice(0, 3), ['Pornography and adult content', '10', '26'])
  t.equal(charts?.table.rows[0]?.at(-2), '53', 'the last step is one week long')
  t.equal(charts?.table.rows[0]?.at(-1), ((53 * 54) / 2).toLocaleString('en-GB'))
})

t.test('without any alert nothing is drawn', async (t) => {
  t.equal(weekCharts([], { fromMs: FROM, toMs: FROM + WEEK_MS }, time), undefined)
})
