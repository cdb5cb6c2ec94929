/** Signing the yearly review, over the real server: who may, what is kept, and that a later change is seen. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { makePerson, signInByCode } from '#test/support/people.ts'
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
const DAYS = { from: '2025-09-01', to: '2026-03-05' }
const PATH = `?from=${DAYS.from}&to=${DAYS.to}`
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')

t.test('leaders sign a review, and what changes later is seen', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const folder = shortFolder(t)
  const collector = await runCollector(folder, { clock })
  t.teardown(() => collector.close())
  const head = await makePerson(collector, { roles: ['head'], name: `Hedy ${HOSTILE}` })
  const governor = await makePerson(collector, { roles: ['governor'], name: 'Gus' })
  const deputy = await makePerson(collector, { roles: ['deputy'] })
  const sign = (cookie: string, fields: Record<string, string>): Promise<Response> =>
    postForm(`${collector.consoleUrl}/review`, { ...DAYS, ...fields }, { cookie })
  const read = async (cookie = head.cookie, days = PATH): Promise<string> => {
    const html = await (await collector.page(`/review${days}`, cookie)).text()
    t.notMatch(html, /<script>alert|\u202e|>49</)
    return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
  }

  t.match(await read(), /Nobody has signed this review here\. .*Sign this review You sign as Hedy/)
  t.notMatch(await read(deputy.cookie), 'Sign this review')
  t.equal((await sign(deputy.cookie, { text: 'All well.' })).status, 403)
  const empty = await sign(head.cookie, { text: ' ' })
  t.equal(empty.status, 400)
  t.match(await empty.text(), /There is a problem[\s\S]*Write what you say to its limits/)
  const long = await sign(head.cookie, { text: 'x'.repeat(2001) })
  t.match(await long.text(), /“x+…?” is 2001 characters long: write at most 2000/)
  t.equal((await sign(head.cookie, { text: 'Good.', from: '2026-03-06' })).status, 400)
  t.match(await read(), 'Nobody has signed this review here')

  const first = await sign(head.cookie, { text: `IT tries tablets. ${HOSTILE}` })
  t.equal(first.status, 303)
  t.equal(first.headers.get('location'), `/review${PATH}`)
  t.match(
    await read(),
    /Signed off by Hedy .*, Head teacher, on .*5 March 2026 at 14:06\. .*IT tries tablets\..*They are as they were signed/,
  )
  const other = '?from=2025-09-02&to=2026-03-05'
  t.match(await read(head.cookie, other), 'Nobody has signed', 'of other days nothing is signed')

  const client = collector.client({ now: clock.wallMs })
  await client.report(
    blocked({
      category: 'harm.suicide',
      at: clock.wallMs(),
      signal: signal(),
      user: 'anna.person',
    }),
  )
  await until('a change is seen', async () =>
    (await read()).includes('Changed since it was signed'),
  )
  const changed = await read()
  const since = /Changed since it was signed: ([^.]*)\./.exec(changed)?.[1] ?? ''
  t.match(since, 'Alerts, without names')
  t.notMatch(since, 'Checks that people made')
  t.notMatch(since, 'What the school decided')

  clock.advance(60_000)
  t.equal((await sign(governor.cookie, { text: 'Read again.' })).status, 303)
  const both = await read()
  t.match(
    both,
    /Signed off by Gus, Governor, on .* 14:07\. .*They are as they were signed.*Signed off by Hedy .* 14:06\. A later sign-off stands in its place\..*Changed since/,
    'the newest first, and both are kept',
  )
  const marks = [...both.matchAll(/\b[0-9a-f]{64}\b/g)].map(([mark]) => mark)
  t.equal(new Set(marks).size, 2, 'each has the mark of what it signed')
  const auditor = await makePerson(collector, { roles: ['auditor'] })
  const audit = await (await collector.page('/audit', auditor.cookie)).text()
  t.equal(audit.match(/Signed a yearly review/g)?.length, 5, 'each attempt of who may is on record')

  await t.test('and it stands in the document', { skip: popplerMissing }, async (t) => {
    const answer = await collector.page(`/review.pdf${PATH}`, governor.cookie)
    t.equal(answer.headers.get('content-type'), 'application/pdf')
    const file = join(folder, 'review.pdf')
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
    const { stdout } = await run(PDFTOTEXT, ['-layout', file, '-'])
    const text = stdout.replaceAll(/\s+/g, ' ')
    t.match(text, /Signed off by Gus, Governor, on .*Read again\./)
    t.match(text, /Signed off by Hedy .*A later sign-off stands in its place/)
    t.match(text, (marks[0] ?? 'none').slice(0, 16))
  })
})

t.test('the one-time code signs nothing, although it opens the page', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const { consoleUrl } = collector
  const cookie = await signInByCode(collector)
  t.notMatch(await (await collector.page('/review', cookie)).text(), 'Sign this review')
  t.equal((await postForm(`${consoleUrl}/review`, { text: 'x' }, { cookie })).status, 403)
})
