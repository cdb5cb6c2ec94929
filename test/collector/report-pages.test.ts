/** The first page, the digest and the report over the real server: what they say of an empty, a poor and a full week. */
import t from 'tap'
import { blocked, DAY, HOUR, signal } from '#test/support/alert-lab.ts'
import { makeStatus } from '#test/support/collector-client.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
const SHOWN = /<script>alert|\u202e|>49</
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')

t.test('from a first start over nothing at all to something that needs somebody', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const cookie = await collector.signIn()
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  t.match(await read('/'), /No box reports here yet/)
  const client = collector.client({ now: clock.wallMs })
  const status = {
    themesWithoutList: [HOSTILE, 'suicide'],
    identity: {
      devices: 80,
      people: 60,
      queries: { certain: 60, strong: 30, fair: 5, weak: 5, none: 0 },
    },
  }
  await client.postStatus(makeStatus(client.appliance, status))
  await client.report({ kind: 'selftest-changed', passed: 9, failed: 1, unknown: 0, failures: [] })
  const calm = await read('/')
  t.match(calm, /Nothing needs you/)
  t.match(calm, /Last test of alerts[\s\S]*None yet/)
  t.match(calm, /Devices seen[\s\S]*80[\s\S]*who asked[\s\S]*90%/)
  t.match(calm, /Today at 14:06: 9 passed, 1 failed, 0 not known/)
  t.match(calm, /No list installed: this box cannot notice [^.]*, suicide\./)
  t.notMatch(calm, SHOWN)
  t.match(await read('/digest'), /None\./)
  t.match(await read('/report'), /<li>No alert was opened\.[\s\S]*No alert was opened or closed\./)

  const lookup = (user: string, site: string) =>
    blocked({
      category: 'harm.suicide',
      at: clock.wallMs(),
      user,
      site,
      group: HOSTILE,
      signal: signal({ site }),
    })
  const names = ['anna.person', HOSTILE, 'carl.third']
  await client.report(...names.map((name) => lookup(name, 'one.test')))
  await until('all are told', async () => /3 alerts need you now/.test(await read('/')))
  const first = await read('/')
  t.notMatch(first, SHOWN)
  const href = /href="(\/alerts\/[\w-]+)"/.exec(first)?.[1] ?? ''
  await postForm(`${collector.consoleUrl}${href}/acknowledge`, {}, { cookie })
  t.match(await read('/'), /2 alerts need you now[\s\S]*In hand: 1/)
  t.equal((await read('/?fragment=today')).includes('<html'), false)

  clock.advance(3 * HOUR)
  t.match(await read('/'), /0 of 1 box is online/)
})

t.test('a week as a page: initials and no name, and a report without either', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock, isSimulated: true })
  t.teardown(() => collector.close())
  const client = collector.client({ now: clock.wallMs })
  const cookie = await collector.signIn()
  const read = async (path: string): Promise<string> => (await collector.page(path, cookie)).text()
  const at = clock.wallMs()
  await client.report(
    blocked({
      category: 'harm.suicide',
      at,
      user: 'anna.person',
      group: HOSTILE,
      signal: signal(),
    }),
    blocked({ category: 'harm.suicide', at, user: HOSTILE, signal: signal({ site: HOSTILE }) }),
    {
      kind: 'unblock-requested',
      request: 'r1',
      group: HOSTILE,
      name: HOSTILE,
      why: HOSTILE,
      count: 3,
    },
  )
  await until('both stand', async () => /2 alerts need you/.test(await read('/')))
  t.match(
    await read('/digest'),
    /Alerts opened, by theme and severity<\/h3>/,
    'that week is not over',
  )
  clock.advance(5 * DAY)
  const again = await collector.signIn()
  const digest = await (await collector.page('/digest', again)).text()
  t.match(
    digest,
    /From <time[^>]*>Mon 2 Mar at 07:00<\/time> to <time[^>]*>Yesterday at 07:00|From <time/,
  )
  t.match(digest, /Simulated:/)
  t.match(digest, /<bdi>Suicide<\/bdi><\/th><td[^>]*>2<\/td><td[^>]*>2<\/td>/)
  t.match(digest, /<bdi>A\. P\.<\/bdi>, Suicide/)
  t.match(digest, /2 Critical: /)
  t.match(
    digest,
    /May be blocked without need[\s\S]*&lt;script&gt;alert\(1\)&lt;\/script&gt;(?:\\|&#92;)u\{202e\}\{\{7\*7\}\}/,
  )
  t.match(digest, /href="\/digest\?back=1"/)
  const report = await (await collector.page('/report', again)).text()
  t.match(report, /It names nobody/)
  for (const html of [digest, report]) {
    t.notMatch(html, SHOWN)
    t.notMatch(html, /anna\.person/)
  }
  t.notMatch(report, /A\. P\./)
  const before = await (await collector.page('/digest?back=1', again)).text()
  t.notMatch(before, /<bdi>Suicide/)
  t.match(before, /href="\/digest"/)
  const read2 = async (path: string) => (await collector.page(path, again)).text()
  t.match(
    await read2('/report?from=2026-03-05&to=2026-03-01'),
    /The last day must not be before the first/,
  )
  t.match(await read2('/report?from=2020-03-05&to=2026-03-01'), /Choose at most 400 days/)
  t.notMatch(await read2('/report?from=2026-03-06&to=2026-03-07'), /<bdi>Suicide/)
  t.match(await read2(`/report?from=${encodeURIComponent(HOSTILE)}&to=x`), /It names nobody/)
})
