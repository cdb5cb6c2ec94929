/** Two weeks of the simulated school, worked by people: every figure of the papers against the store, counted anew. */
import t from 'tap'
import { plainDuration } from '#console/present/plain-time.ts'
import { THEMES } from '#rules/themes.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { countAlerts, countBoxes, countEvidence } from '#test/support/term/count-store.ts'
import { digestsOf, playTerm, signReview } from '#test/support/term/play-term.ts'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS
const SEVERITIES = ['Critical', 'Urgent', 'High', 'Medium', 'Low']

t.test('every figure of the papers is what the store has', { timeout: 120_000 }, async (t) => {
  const term = await playTerm(shortFolder(t), { weeks: 2, seed: 1, isQuick: true })
  t.teardown(term.close)
  const { db, desk, fromDay, toDay, collector } = term
  const span = { fromMs: Date.parse(fromDay), toMs: Date.parse(toDay) + DAY_MS }
  const days = `from=${fromDay}&to=${toDay}`
  const read = async (path: string, cookie = desk.lead): Promise<string> =>
    (await collector.page(path, cookie)).text()
  const alerts = countAlerts(db, span)
  const evidence = countEvidence(db, new Date(span.toMs).toISOString().slice(0, 10))
  const boxes = countBoxes(db, span)
  const { opened, closed, merged, open } = alerts
  t.ok(opened > 5 && closed > 4 && merged > 0 && open > 0, `${opened} ${closed} ${merged} ${open}`)
  t.match(evidence, { checks: 2, unexpected: 1, left: 0, decisions: 4, due: 1 })
  t.same(boxes.silent.toSorted(), [0, 4])

  const report = await read(`/report?${days}`)
  const list = sentences(report)
  t.match(list, `Alerts opened: ${alerts.opened} (`)
  const share = `${Math.round((alerts.concerns / alerts.closed) * 100)}%`
  t.match(
    list,
    `Alerts closed: ${alerts.closed}, of which a concern: ${alerts.concerns} (${share}).`,
  )
  t.match(list, new RegExp(`${alerts.merged} alerts? w(?:as|ere) joined`))
  t.match(list, `whenever opened: ${alerts.open}. Not looked at yet: ${alerts.unseen}.`)
  t.match(list, 'people made: 2. Not as expected: 1, of which not mended yet: 0.')
  t.match(list, 'in force: 4. Due to be looked at again: 1.')
  t.match(list, 'within the last day: 2 of 2.')
  t.match(list, 'each box counted: 4.')

  const themes = rowsOf(report, 'By theme')
  const wanted = THEMES.flatMap(({ id, title }) => {
    const row = alerts.themes[id]
    return row === undefined ? [] : [[title, ...row.map(String)]]
  })
  t.same(themes.slice(0, -1).map(lowered), wanted.map(lowered), 'by theme')
  const sums = [0, 1, 2, 3, 4].map((column) =>
    Object.values(alerts.themes).reduce((sum, row) => sum + (row[column] ?? 0), 0),
  )
  t.same(themes.at(-1), ['All themes', ...sums.map(String)])
  t.same(
    rowsOf(report, 'By severity'),
    SEVERITIES.flatMap((severity) => {
      const own = alerts.severities[severity.toLowerCase()]
      if (own === undefined) return []
      const half = (ms: number | undefined): string =>
        ms === undefined ? 'None yet' : plainDuration(ms)
      const { looked, closed } = own
      return [
        [
          severity,
          String(own.opened),
          String(looked.count),
          half(looked.middle),
          String(closed.count),
          half(closed.middle),
        ],
      ]
    }),
    'by severity',
  )
  t.same(
    rowsOf(report, 'Days on which each box reported')
      .map((row) => row.slice(1, 3))
      .toSorted(),
    [
      ['10', '4'],
      ['14', '0'],
    ],
  )

  await t.test('on paper and for governors small numbers are not told', async (t) => {
    const hidden = [
      await read(`/report?${days}`, term.governor),
      await read(`/review?${days}`, desk.head),
    ]
    for (const html of hidden) {
      const told = rowsOf(html, 'By theme').slice(0, -1)
      t.same(
        told.map(lowered),
        wanted
          .map((row) => [row[0] ?? '', ...row.slice(1, 2), ...row.slice(3)])
          .map((row) => row.map((cell) => (/^[1-4]$/.test(cell) ? '1 to 4' : cell)))
          .map(lowered),
      )
      t.notOk(told.flat().some((cell) => /^[1-4]$/.test(cell)))
      t.notMatch(html, /data-weeks=/, 'and no week of a theme')
    }
    t.match(report, /data-weeks=/, 'which the lead sees')
  })

  await t.test('the yearly review', async (t) => {
    const review = await read(`/review?${days}`, desk.head)
    const minutes = boxes.longestOutageMs / 60_000
    t.match(rowsOf(review, 'Times without the internet'), [
      ['Main building', String(boxes.outages), /./, `${minutes} minutes`],
    ])
    t.match(rowsOf(review, 'Changes'), [[/put into force/, String(boxes.policies)]])
    const waiting = boxes.requests - boxes.granted - boxes.refused
    t.match(
      review,
      `${boxes.requests} requests for ${boxes.sites} sites, made ${boxes.asked} times`,
    )
    t.match(
      review,
      `${boxes.granted} opened, ${boxes.refused} refused, 0 answered at the box, ${waiting} wait`,
    )
    await signReview(term, 'Agreed.')
    t.match(await read(`/review?${days}`, desk.head), /They are as they were signed/)
  })

  await t.test('the weekly digest, as a page and as mail', async (t) => {
    const sevenMs = span.toMs + 7 * 3_600_000
    const week = countAlerts(db, { fromMs: sevenMs - WEEK_MS, toMs: sevenMs })
    const html = await read('/digest')
    const all = rowsOf(html, 'Alerts opened').at(-1)
    t.same(all?.at(-1), String(week.opened))
    t.same(rowsOf(html, 'Alerts closed').at(-1)?.at(-1), String(week.closed))
    const mail = (digestsOf(term.mail).at(-1) ?? '').replaceAll('=\r\n', '')
    const counts = SEVERITIES.map((one) => {
      const severity = one.toLowerCase()
      return `${week.severities[severity]?.opened ?? 0} ${severity}`
    })
    t.match(mail, `ended at 07:00 on Monday 25 January: ${counts.join(', ')}.`)
    t.match(mail, 'Boxes heard from within the last day: 2 of 2.')
  })
})

function sentences(html: string): string {
  const [, after = ''] = html.split('>In short<')
  return textOf(after.slice(0, after.indexOf('</ul>')))
}

/** The rows of the table whose caption begins so. */
function rowsOf(html: string, caption: string): readonly (readonly string[])[] {
  const from = html.search(new RegExp(`<caption[^>]*>${caption}`))
  if (from < 0) return []
  const body = html.slice(html.indexOf('<tbody', from), html.indexOf('</tbody>', from))
  return body
    .split('<tr')
    .slice(1)
    .map((row) =>
      [...row.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell = '']) => textOf(cell)),
    )
}

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

function lowered(row: readonly (string | undefined)[]): readonly string[] {
  return row.map((cell = '') => cell.toLowerCase())
}
