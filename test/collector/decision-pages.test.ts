/** The register of decisions over the real server: what is refused, what is due, and that nothing kept is changed. */
import t from 'tap'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
const SHOWN = /<script>alert|\u202e|>49</
const DAY = 86_400_000
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')
const GIVEN = {
  area: 'blocked',
  title: 'Gambling is blocked for everybody',
  reason: 'It is not for children.',
  by: 'Senior leaders',
  on: '2026-03-01',
  review: '2026-09-01',
}

t.test('a decision from its form to its end', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const head = await collector.signInAs('head')
  const read = async (path: string, as = head): Promise<string> =>
    (await collector.page(path, as)).text()
  const post = (path: string, fields: Record<string, string>, as = head): Promise<Response> =>
    postForm(collector.consoleUrl + path, fields, { cookie: as })
  t.match(await read('/decisions'), /Nothing is written down yet/)

  const wrong = [
    [{ area: 'x' }, /“x” is not among the answers/],
    [{ title: '' }, /Write what was decided/],
    [{ reason: 'y'.repeat(2001) }, /is 2001 characters long: write at most 2000/],
    [{ by: '' }, /Write who decided/],
    [{ on: '31.2.2026' }, /“31.2.2026” is not a day: write it as 2026-09-30/],
    [{ on: '2026-02-30' }, /“2026-02-30” is not a day/],
    [{ on: '2026-03-06' }, /“2026-03-06” is too late: choose today or a day before/],
    [{ review: '' }, /Choose the day by which it is looked at again/],
    [{ review: '2026-03-01' }, /“2026-03-01” is too early: choose a day after the decision/],
    [{ review: '2031-03-01' }, /“2031-03-01” is too late: choose a day within three years/],
    [{ review: HOSTILE }, /“&lt;script&gt;[^”]*” is not a day/],
  ] as const
  for (const [fields, says] of wrong) {
    const answer = await post('/decisions', { ...GIVEN, ...fields })
    t.equal(answer.status, 400)
    const html = await answer.text()
    t.match(html, says)
    t.match(html, /govuk-error-message/)
    t.notMatch(html, SHOWN)
  }
  t.match(await read('/decisions'), /Nothing is written down yet/, 'nothing was kept')

  const kept = await post('/decisions', GIVEN)
  t.equal(kept.status, 303)
  const href = kept.headers.get('location') ?? ''
  const hostile = { ...GIVEN, title: HOSTILE, reason: HOSTILE, by: HOSTILE, area: 'other' }
  const second = (await post('/decisions', hostile)).headers.get('location') ?? ''
  for (const path of ['/decisions', second]) t.notMatch(await read(path), SHOWN)
  t.match(
    await read(href),
    /Decided by[\s\S]*Senior leaders[\s\S]*1 March 2026[\s\S]*1 September 2026/,
  )
  t.notMatch(await read('/decisions?area=blocked'), /&lt;script/)
  t.match(await read('/decisions?state=ended'), /No decision matches/)

  clock.advance(190 * DAY)
  const again = await collector.signInAs('head')
  const due = await read('/decisions?state=due', again)
  t.match(due, /2 decisions are due for review/)
  t.match(due, /Review is due[\s\S]*Gambling/)
  const lead = await collector.signInAs('dsl')
  t.match(await read('/', lead), /2 decisions about the filter to review/)
  const amend = { outcome: 'kept', reason: 'It still holds.', by: 'Head', review: '2027-09-01' }
  const past = await post(`${href}/amend`, { ...amend, review: '2026-09-01' }, again)
  t.equal(past.status, 400)
  t.match(await past.text(), /“2026-09-01” is too early/)
  t.equal((await post(`${href}/amend`, amend, again)).status, 303)
  t.match(await read(href, again), /It stays as it is[\s\S]*It still holds/)
  t.match(await read(href, again), /It is not for children/, 'what was written first still stands')
  t.match(await read('/decisions', again), /1 decision is due for review/)
  t.equal(
    (await post(`${href}/amend`, { ...amend, outcome: 'ended', review: '' }, again)).status,
    303,
  )
  t.match(await read(href, again), /It ended/)
  t.equal((await post(`${href}/amend`, amend, again)).status, 409, 'and nothing is added to it')
  t.equal((await post('/decisions/none/amend', amend, again)).status, 404)

  for (const role of ['it', 'governor', 'auditor'] as const) {
    const other = await collector.signInAs(role)
    t.match(await read(href, other), /Gambling/, `${role} reads it`)
    t.equal((await post('/decisions', GIVEN, other)).status, 403, `${role} does not decide`)
    t.notMatch(await read(second, other), /<form class="edge-form"/)
  }
  t.match(await read('/audit', again), /Wrote down a decision/)
})
