/** The yearly review and the reports as documents, over the real server: what is filled in, and that nobody is named. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { blocked, HOUR, MINUTE, signal } from '#test/support/alert-lab.ts'
import { makeStatus } from '#test/support/collector-client.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { makePerson } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const run = promisify(execFile)
const PDFTOTEXT = '/usr/bin/pdftotext'
const popplerMissing: string | false = existsSync(PDFTOTEXT)
  ? false
  : 'needs pdftotext: the Debian package `poppler-utils`'
const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
const SHOWN = /<script>alert|\u202e|>49</
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')

t.test('a year that had something of everything', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock, school: `=1+1 ${HOSTILE}` })
  t.teardown(() => collector.close())
  const { consoleUrl } = collector
  const lead = await makePerson(collector, { roles: ['dsl'], name: `Ada ${HOSTILE}` })
  const read = async (path: string, as = lead.cookie): Promise<string> =>
    (await collector.page(path, as)).text()
  t.match(await read('/review'), /Nobody has an account as: Head teacher, Governor, School IT/)
  t.match(await read('/review'), /Nobody checked the filter in this time/)
  t.match(await read('/review'), /None is written down/)
  t.match(await read('/review?from=2026-03-05&to=2026-03-01'), /must not be before the first/)

  const client = collector.client({ now: clock.wallMs, name: HOSTILE })
  await client.postStatus(makeStatus(client.appliance, { themesWithoutList: ['suicide'] }))
  const at = clock.wallMs()
  const suicide = { category: 'harm.suicide', at, signal: signal() } as const
  await client.report(
    blocked({ ...suicide, user: 'anna.person' }),
    blocked({
      ...suicide,
      user: 'test.person',
      site: 'canary-harm-suicide.test',
      list: 'canaries',
    }),
    {
      kind: 'unblock-requested',
      request: 'r1',
      group: 'ks3',
      name: HOSTILE,
      why: HOSTILE,
      count: 3,
    },
    { kind: 'policy-applied', policy: 'embedded' },
    { kind: 'link-changed', from: 'up', to: 'down', cause: 'line', detail: '', since: at - HOUR },
  )
  clock.advance(1)
  await client.report({
    kind: 'link-changed',
    from: 'down',
    to: 'up',
    cause: 'none',
    detail: '',
    since: at - 15 * MINUTE,
  })
  await postForm(
    `${consoleUrl}/decisions`,
    {
      area: 'blocked',
      title: HOSTILE,
      reason: HOSTILE,
      by: HOSTILE,
      on: '2026-03-01',
      review: '2026-09-01',
    },
    { cookie: lead.cookie },
  )
  const check = { device: 'Laptop 7', kind: 'laptop', room: 'Room 12', group: 'ks3' }
  await postForm(
    `${consoleUrl}/checks`,
    { ...check, tried: 'harm.selfharm', expected: 'blocked', seen: 'opened' },
    { cookie: lead.cookie },
  )
  await until('both are judged', async () => {
    const isOne = /Suicide<\/bdi><\/th><td[^>]*>1</.test(await read('/report'))
    return isOne && /1 alert was a test/.test(await read('/review'))
  })

  const governor = await collector.signInAs('governor')
  const html = await read('/review', governor)
  t.notMatch(html, SHOWN)
  t.notMatch(html, /anna\.person|test\.person|Laptop 7|Room 12/, 'no name, no device')
  t.match(html, /Beside these, 1 alert was a test of the filter/)
  t.match(
    html,
    /Requests to open a site[\s\S]*1 request for 1 site, made 3 times[\s\S]*1 wait for an answer/,
  )
  t.match(html, /Rules of the filter put into force/)
  t.match(html, /Times without the internet[\s\S]*<td[^>]*>1<\/td><td[^>]*>45 minutes/)
  t.match(
    html,
    /Did not show what was expected[\s\S]*?1[\s\S]*Not tried in this time, \d+ kinds:[\s\S]*<li[^>]*>Child sexual abuse material/,
  )
  t.match(html, /this box cannot notice suicide/)
  t.match(html, /Suicide<\/bdi><\/th><td[^>]*>1 to 4</, 'a number that points at nobody')
  const old = await read('/review?from=2024-01-01&to=2024-12-31', governor)
  t.match(old, /Nobody checked the filter in this time/)
  t.notMatch(old, /Suicide<\/bdi>/)

  await t.test('as documents', { skip: popplerMissing }, async (t) => {
    const textOf = async (path: string): Promise<string> => {
      const answer = await collector.page(path, governor)
      t.equal(answer.headers.get('content-type'), 'application/pdf')
      t.match(answer.headers.get('content-disposition'), /^attachment; filename="[a-z-]+\.pdf"$/)
      const file = join(t.testdir(), 'made.pdf')
      writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
      return (await run(PDFTOTEXT, [file, '-'])).stdout.replaceAll(/\s+/g, ' ')
    }
    const review = await textOf('/review.pdf')
    t.match(review, 'Yearly review of filtering and monitoring')
    t.match(review, '6 March 2025 to 5 March 2026')
    t.match(review, '<script>alert(1)</script>\\u{202e}{{7*7}}')
    t.match(review, '=1+1 <script>alert(1)</script>\\u{202e}{{7*7}} Yearly review', 'whose it is')
    t.match(review, /Safeguarding lead, date/)
    t.match(review, /Page 1 of \d/)
    const report = await textOf('/report.pdf')
    t.match(report, 'Half-term report on filtering and monitoring')
    t.match(report, /Suicide/)
    for (const text of [review, report])
      t.notMatch(text, /anna\.person|test\.person|Laptop 7|Room 12|\u202e/)
    t.match(await read('/audit'), /Took a file<[\s\S]*\/review\.pdf/)
  })
  const wrong = await collector.page('/review.pdf?from=2026-03-05&to=2026-03-01', governor)
  t.match(await wrong.text(), /must not be before the first/)
})
