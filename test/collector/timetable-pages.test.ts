/** Timetable and terms at the console: two tables, checked line by line and by boxes, versioned, audited, on their way at once. */
import t from 'tap'
import { EXAMPLE_DAYS, EXAMPLE_WEEK } from '#collector/policy/timetable-csv.ts'
import { metrics, policySchool, startBox } from '#test/support/policy-school.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>'
const fields = { week: EXAMPLE_WEEK, days: EXAMPLE_DAYS, reason: 'new school year' }
const taken = () => ({ kind: 'checked', problems: [] })

t.test('wrong lines are told beside their table, and nothing is saved', async (t) => {
  const { read, post } = await policySchool(t)
  t.match(await read('/policy/timetable'), /Nothing is set here: each box goes by its own file/)
  const wrong = [
    [
      { week: 'day,kind,name,from,to\nmoday,lesson,P1,09:00,10:00' },
      /id="week-error"[\s\S]*Line 2: “moday” is no day/,
    ],
    [
      { days: `kind,from,to,name\n${HOSTILE},2026-09-01,,` },
      /id="days-error"[\s\S]*Line 2: “&lt;script/,
    ],
    [{ reason: ' ' }, /id="reason-error"[\s\S]*Say why/],
    [{ reason: 'x'.repeat(201) }, /The reason has 201 characters/],
    [{ week: `day,kind,name,from,to\n${'moday,,,,\n'.repeat(15)}` }, /And 5 more lines are wrong/],
  ] as const
  for (const [change, says] of wrong) {
    const answer = await post('/policy/timetable', { ...fields, ...change })
    t.equal(answer.status, 409)
    const html = await answer.text()
    t.match(html, says)
    t.notMatch(html, HOSTILE)
    t.match(html, /Half term|moday|Period 5/, 'what was written stays')
  }
  t.match(await read(), /Nobody has changed anything yet/)
})

t.test('it is previewed, saved as a version, reverted and taken out again', async (t) => {
  const { collector, read, post } = await policySchool(t)
  await post('/policy/rules', { name: 'news.example.org', action: 'deny', reason: 'distracting' })
  const preview = await post('/policy/timetable/preview', { ...fields, reason: '' })
  t.equal(preview.status, 200)
  t.match(
    await preview.text(),
    /Added: lesson Period 1, 09:00 to 10:00, on Monday, Tuesday, Wednesday, Thursday and Friday/,
  )
  t.notMatch(await read(), 'Timetable set here')
  t.equal((await post('/policy/timetable', fields)).status, 303)
  const page = await read('/policy/timetable')
  t.match(page, /Set here; it takes the place/)
  t.match(page, /Term Autumn, 2 September 2026 to 18 December 2026/)
  t.match(
    await read(),
    /Version 2[\s\S]*new school year[\s\S]*Timetable set here: 25 lessons and 10 breaks a week, 2 terms, 2 times closed[\s\S]*Version 1/,
  )
  t.match(await read(), /Blocked:<\/strong> <bdi[^>]*>news\.example\.org/, 'rules stay')
  const more = `${EXAMPLE_DAYS}closed,2026-12-18,,Last day\n`
  t.equal((await post('/policy/timetable', { ...fields, days: more })).status, 303)
  t.match(await read(), /Timetable: Added: closed Last day, 18 December 2026/)
  const other = { name: 'two.example.org', action: 'deny', reason: 'distracting' }
  t.equal((await post('/policy/rules', other)).status, 303)
  t.match(await read('/policy/timetable'), /Closed Last day/, 'and the timetable stays with rules')
  t.equal((await post('/policy/versions/2/revert', {})).status, 303)
  t.notMatch(await read('/policy/timetable'), /Closed Last day/)
  t.equal((await post('/policy/timetable/remove', {})).status, 303)
  t.match(await read(), /Version 6[\s\S]*Timetable removed: boxes go by their own files/)
  t.match(await read('/policy/timetable'), /Nothing is set here/)
  const auditor = await collector.signInAs('auditor')
  t.match(await read('/audit', auditor), /\/policy\/timetable\/remove[\s\S]*\/policy\/timetable</)
  const lead = await collector.signInAs('dsl')
  t.notMatch(await read('/policy/timetable', lead), /id="week"/, 'who may not set it reads it')
  t.equal((await post('/policy/timetable', fields, lead)).status, 403)
  const example = await collector.page('/policy/timetable/example-week.csv', lead)
  t.match(example.headers.get('content-disposition'), /attachment; filename="example-week\.csv"/)
  t.equal(await example.text(), EXAMPLE_WEEK)
})

t.test('files are taken as they are, also of an older spreadsheet', async (t) => {
  const { collector, it, read } = await policySchool(t)
  const send = (form: FormData, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${collector.consoleUrl}/policy/timetable`, {
      method: 'POST',
      redirect: 'manual',
      body: form,
      headers: { cookie: it, origin: collector.consoleUrl, ...headers },
    })
  const form = new FormData()
  form.set('week', 'what stood there before')
  form.set('weekFile', new File([Buffer.from(EXAMPLE_WEEK)], 'week.csv'))
  form.set('days', EXAMPLE_DAYS)
  const latin = Buffer.from(
    'kind,from,to,name\nterm,2026-09-02,2026-12-18,\u00c9t\u00e9\n',
    'latin1',
  )
  form.set('daysFile', new File([latin], 'terms.csv'))
  form.set('reason', 'from the office')
  t.equal((await send(form, { origin: 'https://evil.test' })).status, 403)
  t.equal((await send(form)).status, 303)
  t.match(await read('/policy/timetable'), /Term Été, 2 September/)
  const broken = await fetch(`${collector.consoleUrl}/policy/timetable`, {
    method: 'POST',
    body: 'no form',
    headers: {
      cookie: it,
      origin: collector.consoleUrl,
      'content-type': 'multipart/form-data; boundary=x',
    },
  })
  t.equal(broken.status, 400)
  form.set('weekFile', new File([Buffer.alloc(300_000)], 'big.csv'))
  // The server does not read on: whoever sends may find the line closed before the answer.
  const big = await send(form).catch(() => undefined)
  t.ok(big === undefined || big.status === 413)
  t.match(await read('/policy/timetable'), /Term Été/)
})

t.test('boxes tell what they go by, take it at once, and are heard when they refuse', async (t) => {
  const { collector, read, post, box } = await policySchool(t)
  const ofFile = {
    periods: [{ day: 'monday', kind: 'lesson', name: `P ${HOSTILE}`, from: '09:00', to: '10:00' }],
    days: [{ kind: 'term', from: '2026-09-02', to: '2026-12-18', name: '' }],
  }
  let problems: readonly string[] = []
  const north = startBox(t, box('Northfield'), () => ({ ...taken(), problems }))
  north.says = { timetable: { source: 'file', timetable: ofFile, problems: [] } }
  await until('the line is held', async () => /policy_lines 1/.test(await metrics(collector)))
  // The poll that is held told nothing yet: a first version makes it ask again.
  await post('/policy/rules', { name: 'news.example.org', action: 'deny', reason: 'distracting' })
  await until('it has told', async () =>
    /Shown is what Northfield has there/.test(await read('/policy/timetable')),
  )
  const shown = await read('/policy/timetable')
  t.match(shown, /Northfield<\/bdi><\/strong> <span>goes by its own file/)
  t.match(shown, /monday,lesson,P &lt;script/, 'the form begins with what is in force')
  t.notMatch(shown, HOSTILE)
  problems = [`schedules.prep.when: found "period P4" ${HOSTILE}`]
  const refused = await post('/policy/timetable', fields)
  t.equal(refused.status, 409)
  const html = await refused.text()
  t.match(html, /id="week-error"[\s\S]*Not saved\. Boxes refuse it: schedules\.prep\.when/)
  t.notMatch(html, HOSTILE)
  problems = ['timetable.terms[0]: found a block of keys']
  const preview = await post('/policy/timetable/preview', fields)
  t.match(await preview.text(), /id="days-error"[\s\S]*Boxes refuse it: timetable\.terms/)
  problems = []
  t.equal((await post('/policy/timetable', fields)).status, 303)
  await until('it has come', () => north.timetable !== undefined)
  t.equal(north.timetable?.periods.length, 35)
  north.says = { timetable: { source: 'console' } }
  await post('/policy/versions/1/revert', {})
  await post('/policy/timetable', fields)
  await until('the page says so', async () =>
    /goes by the timetable of this console/.test(await read('/policy/timetable')),
  )
  north.says = { timetable: { source: 'file', timetable: ofFile, problems: ['does not fit'] } }
  await post('/policy/versions/2/revert', {})
  await until('that the file came first', async () =>
    /does not fit the timetable of this console[\s\S]*does not fit/.test(
      await read('/policy/timetable'),
    ),
  )
})
