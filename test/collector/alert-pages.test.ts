/** Alerts as people see them: listed, read, acknowledged, closed; hostile names stay inert. */
import t from 'tap'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { makePerson } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>\u202e"\'{{7*7}}'

t.test('an alert from list to close', async (t) => {
  const collector = await runCollector(shortFolder(t), { heads: ['the.head'] })
  t.teardown(() => collector.close())
  const client = collector.client()
  const now = Date.now()
  const suicide = blocked({
    category: 'harm.suicide',
    at: now,
    user: HOSTILE,
    group: HOSTILE,
    site: '<img src=x>.test',
    signal: signal({ site: '<img src=x>.test' }),
  })
  t.equal((await client.report(suicide)).status, 200)
  const head = blocked({ category: 'harm.suicide', at: now, user: 'the.head', signal: signal() })
  t.equal((await client.report(head)).status, 200)
  const cookie = await collector.signIn()
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  for (let tries = 0; tries < 200 && !/about staff/.test(await read('/alerts')); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10))

  const list = await read('/alerts')
  t.match(list, /Suicide/)
  t.match(list, /1 open\s+alert is about staff/)
  t.notMatch(list, /the\.head/)
  const href = /href="(\/alerts\/[^"]+)"/.exec(list)?.[1] ?? ''
  const page = await read(href)
  for (const html of [
    list,
    page,
    await read(`${href}?fragment=detail`),
    await read('/alerts?fragment=rows'),
  ]) {
    t.notMatch(html, /<script>alert|<img src=x|\u202e|>49</)
    t.match(html, /&lt;script&gt;alert\(1\)/)
  }
  t.match(page, /&lt;img src=x&gt;\[\.\]test/)
  t.match(page, /I have seen it/)
  t.match(
    page,
    /<li>(?:asked|kept asking|tried)[^<]* suicide/,
    'why, in words and not by the ids of rules',
  )
  t.match(page, /<li>asked for one such site on one day<\/li>/)
  t.match(page, /A lookup of this kind<\/th>\s*<td[^>]*>\d+ points/)
  t.match(page, /\d lookups? at 1 site[\s\S]*\d blocked[\s\S]*In a lesson\s*</)
  t.match(page, /To be seen[\s\S]{0,120}Within 15 minutes/)
  t.match(page, /What this does not tell you[\s\S]*That this person sat at the device/)

  const act = (name: string, fields: Record<string, string>): Promise<Response> =>
    postForm(`${collector.consoleUrl}${href}/${name}`, fields, { cookie })
  t.equal((await act('acknowledge', { who: 'Somebody else' })).status, 303)
  const seen = await read(href)
  t.match(seen, /Acknowledged[\s\S]*Person \d+ \(person-\d+@school\.test\)/)
  t.notMatch(seen, /Somebody else/, 'who did it is who is signed in, whatever the form says')
  const incomplete = await act('close', { decision: 'concern', reason: HOSTILE })
  t.equal(incomplete.status, 409)
  t.match(
    await incomplete.text(),
    /error-summary[\s\S]*#close-action">Say what was done<[\s\S]*#close-outcome">Say what came of it<[\s\S]*#close-caseReference">Give the reference of the case/,
  )
  const whole = { reason: HOSTILE, action: 'a'.repeat(2000), outcome: 'o', caseReference: 'C1' }
  t.equal((await act('close', { decision: 'concern', ...whole })).status, 303)
  const closed = await read(href)
  t.notMatch(closed, /<script>alert|\u202e/)
  t.notMatch(closed, /Close this alert/)
  t.notMatch(await read('/alerts?fragment=rows'), /Suicide/)

  t.equal((await collector.page('/alerts/nothing', cookie)).status, 404)
  t.equal((await collector.page('/alerts/..%2f..%2fx', cookie)).status, 404)
  t.equal((await act('delete', {})).status, 404, 'nothing is deleted by a form')
  const foreign = await postForm(
    `${collector.consoleUrl}${href}/close`,
    {},
    { cookie, origin: 'https://evil.example' },
  )
  t.equal(foreign.status, 403)
  t.equal(
    (await postForm(`${collector.consoleUrl}${href}/close`, {})).status,
    403,
    'nobody is signed in',
  )

  const metrics = await (await fetch(`${collector.metricsUrl}/metrics`)).text()
  t.match(metrics, 'edge_collector_alerts_opened_total{theme="suicide",severity="critical"} 2')
  t.match(metrics, 'edge_collector_alert_changes_total{change="closed",queue="safeguarding"} 1')
  t.match(metrics, 'edge_collector_alerts_open{severity="critical",queue="chair"} 1')
  t.match(metrics, 'edge_collector_alert_inbox_waiting 0')
  t.notMatch(metrics, /script|the\.head/)
})

t.test('judged at the start', async (t) => {
  const folder = t.testdir()
  const first = await runCollector(folder)
  const client = first.client()
  const illegal = blocked({ category: 'illegal.csam', at: Date.now(), site: 'hidden-name.test' })
  await client.report(illegal)
  await first.close()
  const second = await runCollector(folder)
  t.teardown(() => second.close())
  const cookie = await second.signIn()
  const list = await (await second.page('/alerts', cookie)).text()
  t.match(list, /Illegal content/)
  const href = /href="(\/alerts\/[^"]+)"/.exec(list)?.[1] ?? ''
  const page = await (await second.page(href, cookie)).text()
  t.match(page, /Do not investigate/)
  t.match(page, /name withheld/)
  t.notMatch(page, /hidden-name|withheld"/)
})

t.test('each alert says of itself what is true of it', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    limits: { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } },
  })
  t.teardown(() => collector.close())
  const of = (user: string, change: Partial<Parameters<typeof blocked>[0]>) =>
    blocked({ category: 'illegal.csam', at: Date.now(), user, signal: signal(), ...change })
  await collector
    .client()
    .report(
      of('real.one', {}),
      of('tried.one', { list: 'canaries' }),
      of('a.teacher', { profile: 'staff' }),
    )
  const [lead, head] = [await collector.signInAs('dsl'), await collector.signInAs('head')]
  await makePerson(collector, { roles: ['pastoral'], email: 'tutor@school.test' })
  const read = async (path: string, cookie = lead): Promise<string> =>
    (await collector.page(path, cookie)).text()
  const hrefs = async (cookie = lead): Promise<readonly string[]> => [
    ...new Set((await read('/alerts', cookie)).match(/\/alerts\/[0-9a-f-]{36}/g)),
  ]
  await until(
    'all stand',
    async () => (await hrefs()).length === 2 && (await hrefs(head)).length === 1,
  )
  const pages = await Promise.all(
    (await hrefs()).map(async (href) => ({ href, html: await read(href) })),
  )
  const named = (user: string) => pages.find(({ html }) => html.includes(`<strong><bdi>${user}<`))
  const [real, tried] = [named('real.one'), named('tried.one')]
  t.match(real?.html, /call the police/)
  t.match(real?.html, /prove the pupil saw/)
  t.notMatch(real?.html, /\/assign"/, 'it is for the lead and the head')
  const to = { to: 'tutor@school.test' }
  const given = await postForm(`${collector.consoleUrl}${real?.href ?? ''}/assign`, to, {
    cookie: lead,
  })
  t.equal(given.status, 403)
  t.notMatch(tried?.html, /call the police/, 'nobody is called because of a made-up name')
  t.match(tried?.html, /Somebody tried the filter/)
  const staff = await read((await hrefs(head))[0] ?? '', head)
  t.match(staff, /prove that the person saw/)
  t.notMatch(staff, /the pupil|same pupil/)
  t.match(staff, /edge-printed">Printed by Person \d+ \(person-\d+@school\.test\), as it was on \d/)
  t.notMatch(await read('/sign-in', ''), /edge-printed/)
})

t.test('every command has a form where the table allows it, and is kept', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const client = collector.client()
  const now = Date.now()
  const lookup = (user: string, site: string) =>
    blocked({
      category: 'harm.suicide',
      at: now,
      user,
      group: HOSTILE,
      site,
      signal: signal({
        site,
        context: {
          names: [{ name: '<b>near</b>.test', at: now - 60_000, isBlocked: false }],
          others: 7,
          fromMs: now - 300_000,
          toMs: now + 300_000,
        },
      }),
    })
  await client.report(lookup('a.pupil', 'one.test'), lookup('a.pupil', 'two.test'))
  await client.report(lookup(HOSTILE, 'one.test'))
  const cookie = await collector.signIn()
  const tutor = await makePerson(collector, { roles: ['pastoral'], name: HOSTILE })
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  const hrefs = async (path: string): Promise<readonly string[]> => [
    ...new Set(
      [...(await read(path)).matchAll(/href="(\/alerts\/[\w-]+)"/g)].map((m) => m[1] ?? ''),
    ),
  ]
  await until('both stand in the list', async () => (await hrefs('/alerts')).length === 2)
  const [own = ''] = await hrefs('/alerts?text=a.pupil')
  t.same(await hrefs('/alerts?text=a.pupil&severity=low'), [])
  t.match(await read('/alerts?theme=gambling'), /No alert matches these filters/)
  const page = await read(own)
  t.match(page, /7 other lookups in these minutes/)
  t.match(page, /&lt;b&gt;near&lt;\/b&gt;\[\.\]test/)
  t.notMatch(page, /<b>near|href="[^"]*near/)
  t.match(page, /1 other pupil was noticed at these sites on that day/)
  t.notMatch(page.split('<form')[0] ?? '', /script&gt;alert/, 'how many, and not who')
  const forms = async (): Promise<readonly string[]> =>
    [...(await read(own)).matchAll(/action="\/alerts\/[\w-]+\/([a-z-]+)"/g)].map((m) => m[1] ?? '')
  t.same(await forms(), ['acknowledge', 'note', 'assign', 'escalate', 'merge', 'split', 'hold'])
  const act = async (name: string, fields: Record<string, string>): Promise<number> =>
    (
      await postForm(
        `${collector.consoleUrl}${own}/${name}`,
        { why: HOSTILE, ...fields },
        { cookie },
      )
    ).status
  t.equal(await act('note', { text: '  ' }), 409)
  t.equal(await act('note', { text: HOSTILE }), 303)
  t.equal(await act('acknowledge', {}), 303)
  for (const to of ['', HOSTILE, 'nobody@school.test'])
    t.equal(await act('assign', { to }), 409, 'only somebody who can then see it')
  t.match(await read(own), new RegExp(`<option value="${tutor.email}">&lt;script&gt;`))
  t.equal(await act('assign', { to: tutor.email }), 303)
  t.match(await read(own), new RegExp(`<option value="${tutor.email}" selected>`))
  t.same(await hrefs(`/alerts?assigned=${encodeURIComponent(tutor.email)}`), [own])
  t.equal((await hrefs('/alerts?assigned=~')).length, 1, 'nobody has the other')
  t.equal(await act('await-information', { what: 'the tutor' }), 303)
  t.equal(await act('information-came', {}), 303)
  t.equal(await act('review', {}), 303)
  t.notOk((await forms()).includes('act'), 'what was done needs a decision first')
  t.equal(await act('decide', { decision: 'no such', reason: 'x' }), 409)
  t.equal(await act('decide', { decision: 'no-concern', reason: HOSTILE }), 303)
  t.ok((await forms()).includes('act'))
  t.equal(await act('escalate', { to: 'head' }), 303)
  t.equal(await act('hold', {}), 303)
  t.equal(await act('release-hold', {}), 303)
  const events = [...(await read(own)).matchAll(/name="events" type="checkbox" value="([^"]+)"/g)]
  t.equal(events.length, 2)
  t.equal(await act('split', { events: events[0]?.[1] ?? '' }), 303)
  t.equal((await hrefs('/alerts')).length, 3)
  const into = /name="into" type="radio" value="([^"]+)"/.exec(await read(own))?.[1] ?? ''
  t.equal(await act('act', { action: 'talked' }), 303)
  t.equal(await act('close', { outcome: 'none' }), 303)
  t.same(await forms(), ['note', 'reopen', 'hold'])
  t.same(await hrefs('/alerts?state=closed'), [own])
  t.equal(await act('reopen', {}), 303)
  t.equal(await act('merge', { into }), 303)
  const merged = await read(own)
  t.match(merged, new RegExp(`href="/alerts/${into}"`))
  t.same(await forms(), [])
  for (const change of ['Note', 'Assigned', 'Escalated', 'Legal hold ended', 'Split', 'Merged'])
    t.match(merged, new RegExp(`moj-timeline__title">\\s*${change}`))
  for (const path of [own, '/alerts', '/alerts?state=all', `${own}?fragment=detail`])
    t.notMatch(
      (await read(path)).replaceAll(/<option value="[^"]*"/g, ''),
      /<script>alert|\u202e|>49</,
    )
})

t.test('Low alerts are for the digest, and close with one button', async (t) => {
  const collector = await runCollector(shortFolder(t), {
    limits: { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0, lowShownMax: 2 } },
  })
  t.teardown(() => collector.close())
  const client = collector.client()
  for (const mac of ['02:00:00:00:00:01', '02:00:00:00:00:02', '02:00:00:00:00:03'])
    await client.report({
      kind: 'bypass-noticed',
      group: 'Year 9',
      client: { address: '192.0.2.7', mac },
      grade: 'high',
      rule: 'tunnel',
      evidence: [
        { sign: 'vpn-used', count: 9, firstAt: Date.now(), lastAt: Date.now(), samples: [] },
      ],
      firstAt: Date.now(),
      lastAt: Date.now(),
    })
  const cookie = await collector.signIn()
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  await until('all are Low', async () => /: 3 Low/.test(await read('/alerts')), 20_000)
  const list = await read('/alerts')
  t.match(list, /No alert above Low is open/)
  t.equal(list.match(/edge-event__title/g)?.length, 2)
  t.match(list, /href="\/alerts\?severity=low">All 3 Low alerts/)
  t.equal((await read('/alerts?severity=low')).match(/edge-event__title/g)?.length, 3)
  const href = /href="(\/alerts\/[\w-]+)"/.exec(list)?.[1] ?? ''
  t.match(await read(href), /name="decision" value="no-concern">No concern/)
  t.match(await read(href), /1 event[\s\S]*noticed by what the device sent, not by a lookup/)
  const closed = await postForm(
    `${collector.consoleUrl}${href}/close`,
    { decision: 'no-concern' },
    { cookie },
  )
  t.equal(closed.status, 303)
  t.match(await read('/alerts'), /: 2 Low/)
})

t.test('a long list has pages, and a page beyond its end is the last', async (t) => {
  const collector = await runCollector(shortFolder(t), { limits: { pageSize: 2 } })
  t.teardown(() => collector.close())
  const client = collector.client()
  const at = Date.now()
  const users = ['a.one', 'b.two', 'c.three', 'd.four', 'e.five']
  await client.report(
    ...users.map((user) =>
      blocked({ category: 'harm.suicide', at, user, site: `${user}.test`, signal: signal() }),
    ),
  )
  const cookie = await collector.signIn()
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  await until('all stand', async () => /5 alerts</.test(await read('/alerts')))
  const shown = async (path: string): Promise<readonly string[]> =>
    [...(await read(path)).matchAll(/edge-event__device"><bdi>([^<]+)</g)].map((m) => m[1] ?? '')
  t.same(await shown('/alerts?page=99'), await shown('/alerts?page=3'))
  const all = [1, 2, 3].map((page) => shown(`/alerts?page=${page}`))
  t.same((await Promise.all(all)).flat().toSorted(), users, 'each stands once')
  t.match(await read('/alerts?page=2&state=all'), /href="\/alerts\?state=all&amp;page=3"/)
})
