import t from 'tap'
import { lookup, makeStatus } from '../support/collector-client.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const HOSTILE = '<script>alert(1)</script>"\' onmouseover=x \n\u202E{{ 191*7 }}'
/** What must never come out of it, whatever the page. */
const ALIVE = /<script>alert|" onmouseover|1337|\u202E/

t.test('hostile text is text on every page', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client({ name: HOSTILE })
  const body = lookup({
    group: HOSTILE,
    client: { address: '192.0.2.1', device: HOSTILE },
    category: HOSTILE,
    theme: HOSTILE,
    severity: HOSTILE,
    list: HOSTILE,
    name: { form: 'clear', name: HOSTILE },
  })
  const changed = {
    kind: 'link-changed',
    from: 'up',
    to: 'down',
    cause: 'line',
    detail: HOSTILE,
    since: Date.now(),
  } as const
  t.equal((await box.report(body, changed)).status, 200)
  const status = makeStatus(box.appliance)
  const answer = await box.postStatus({
    ...status,
    version: HOSTILE,
    node: HOSTILE,
    policy: HOSTILE,
    themesWithoutList: [HOSTILE],
    locked: { kind: 'lost', problem: HOSTILE },
    lists: status.lists.map((list) => ({
      ...list,
      title: HOSTILE,
      licence: HOSTILE,
      source: HOSTILE,
      version: HOSTILE,
      categories: [HOSTILE],
    })),
    link: {
      ...status.link,
      detail: HOSTILE,
      upstreams: [{ target: HOSTILE, state: 'up', lossRatio: 0 }],
    },
    faults: [{ at: Date.now(), part: HOSTILE, text: HOSTILE }],
    setup: [{ item: HOSTILE, state: 'wrong', say: HOSTILE, remedy: HOSTILE }],
  })
  t.equal(answer.status, 204)
  const cookie = await collector.signIn()
  const events = await (await collector.page('/events', cookie)).text()
  const href = /href="(\/events\/[^"]+)"/.exec(events)?.[1] ?? ''
  const asked = `/events?group=${encodeURIComponent(HOSTILE)}&category=${encodeURIComponent(HOSTILE)}&from=${encodeURIComponent(HOSTILE)}`
  for (const path of [
    '/events',
    '/events?fragment=rows',
    href,
    `${href}?fragment=detail`,
    asked,
    '/appliances',
    `/appliances?fragment=${box.appliance}`,
    '/appliances?fragment=needs',
    '/knowledge',
    '/setup',
    `/${encodeURIComponent(HOSTILE)}`,
  ]) {
    const page = await collector.page(path, cookie)
    const html = await page.text()
    t.ok([200, 404].includes(page.status), `${page.status} ${path}`)
    // The value of a filter is the group itself: it is sent back, not read.
    t.notMatch(html.replaceAll(/<option value="[^"]*"/g, ''), ALIVE, path)
    t.notMatch(html, '[object Object]', path)
    if (page.status === 200 && path !== asked) t.match(html, '&lt;script&gt;', `${path} shows it`)
  }
})

t.test('names are defanged, hashed and illegal ones are withheld', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client()
  await box.report(
    lookup(),
    lookup({ category: 'harm.suicide', name: { form: 'hash', hash: 'abc123hash' } }),
    lookup({
      category: 'illegal.terror',
      list: 'secret-list',
      name: { form: 'hash', hash: 'abc123hash' },
    }),
  )
  const cookie = await collector.signIn()
  const html = await (await collector.page('/events', cookie)).text()
  t.match(html, 'bad[.]example[.]org')
  t.notMatch(html, /bad\.example|abc123hash/)
  t.equal(html.match(/name withheld/g)?.length, 2)
  t.match(html, 'it does not prove the pupil saw or meant it')
  const links = [...html.matchAll(/href="(\/events\/[^"]+)"/g)].map(([, href]) => href ?? '')
  const pages = await Promise.all(
    links.map(async (href) => (await collector.page(href, cookie)).text()),
  )
  const illegal = pages.find((page) => page.includes('Do not investigate')) ?? ''
  t.match(illegal, /restricted to the designated safeguarding lead/)
  t.notMatch(illegal, /secret-list|abc123hash/)
})

t.test('filters stand in the address and can be taken away', async (t) => {
  const collector = await runCollector(shortFolder(t), { limits: { pageSize: 2 } })
  t.teardown(() => collector.close())
  const box = collector.client()
  const day = (text: string) => Date.parse(`${text}Z`)
  await box.report(
    lookup({ group: 'Year 7', severity: 'high', firstAt: day('2026-06-30T22:59:59') }),
    lookup({ group: 'Year 7', severity: 'low', firstAt: day('2026-06-30T23:00:00') }),
    lookup({ group: 'Year 8', severity: 'low', firstAt: day('2026-07-01T22:59:59') }),
    lookup({ group: 'Year 8', severity: 'high', firstAt: day('2026-07-01T23:00:00') }),
  )
  const cookie = await collector.signIn()
  const rows = async (path: string) =>
    (await (await collector.page(path, cookie)).text()).match(/data-event=/g)?.length ?? 0
  t.equal(await rows('/events?group=Year+7'), 2)
  t.equal(await rows('/events?group=Year+7&severity=low'), 1)
  t.equal(await rows('/events?from=2026-07-01&to=2026-07-01'), 2, 'a day of British summer time')
  t.equal(await rows('/events?severity=none-such'), 0)
  const first = await (await collector.page('/events', cookie)).text()
  const older = /href="(\/events\?after=[^"]+)" rel="next"/.exec(first)?.[1] ?? ''
  t.equal(await rows(older), 2)
  t.notOk((await (await collector.page(older, cookie)).text()).includes('rel="next"'))
  const chosen = await (await collector.page('/events?group=Year+7&severity=low', cookie)).text()
  t.match(chosen, 'href="/events?group=Year+7"')
  t.match(chosen, 'href="/events?severity=low"')
})

t.test('a box that falls silent is shown so, with its last word', async (t) => {
  const collector = await runCollector(shortFolder(t), { limits: { silentAfterMs: 0 } })
  t.teardown(() => collector.close())
  const box = collector.client()
  const cookie = await collector.signIn()
  t.match(await (await collector.page('/appliances', cookie)).text(), 'has never reported')
  await box.postStatus(makeStatus(box.appliance))
  await new Promise((resolve) => {
    setTimeout(resolve, 5)
  })
  const html = await (await collector.page('/appliances', cookie)).text()
  t.match(html, /Not heard from since today at \d\d:\d\d: the agent or the line to us is down/)
  t.match(await (await collector.page('/events', cookie)).text(), '0 of 1 box is online')
})
