/** Alerts as people see them: listed, read, acknowledged, closed; hostile names stay inert. */
import t from 'tap'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

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

  const act = (name: string, fields: Record<string, string>): Promise<Response> =>
    postForm(`${collector.consoleUrl}${href}/${name}`, fields, { cookie })
  t.equal((await act('acknowledge', { who: 'Somebody else' })).status, 303)
  const seen = await read(href)
  t.match(seen, /Acknowledged[\s\S]*Person \d+ \(person-\d+@school\.test\)/)
  t.notMatch(seen, /Somebody else/, 'who did it is who is signed in, whatever the form says')
  const incomplete = await act('close', { decision: 'concern', reason: HOSTILE })
  t.equal(incomplete.status, 409)
  t.match(await incomplete.text(), /what was done; the outcome; the reference of the case/)
  const whole = { reason: HOSTILE, action: 'a'.repeat(2000), outcome: 'o', caseReference: 'C1' }
  t.equal((await act('close', { decision: 'concern', ...whole })).status, 303)
  const closed = await read(href)
  t.notMatch(closed, /<script>alert|\u202e/)
  t.notMatch(closed, /Close this alert/)
  t.notMatch(await read('/alerts'), /Suicide/)

  t.equal((await collector.page('/alerts/nothing', cookie)).status, 404)
  t.equal((await collector.page('/alerts/..%2f..%2fx', cookie)).status, 404)
  t.equal((await act('reopen', { who: 'x' })).status, 404)
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
