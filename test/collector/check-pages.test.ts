/** Checks of the filter as people make them, over the real server: what is told, refused, found, and left inert. */
import t from 'tap'
import { blocked } from '#test/support/alert-lab.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { postForm } from '#test/support/post-form.ts'
import { runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const HOSTILE = '<script>alert(1)</script>\u202e{{7*7}}'
/** What a form sends back stands in a value, which nobody sees. */
const shown = (html: string): string => html.replaceAll(/value="[^"]*"/g, '')
const SHOWN = /<script>alert|\u202e|>49</
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')
const SET_UP = {
  step: 'try',
  device: 'Laptop 7',
  kind: 'laptop',
  room: 'Room 12',
  group: 'Year 9',
  tried: 'harm.selfharm',
  expected: 'blocked',
}

t.test('a check from the first page to what is left to do', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const { consoleUrl } = collector
  const cookie = await collector.signIn()
  const read = async (path: string, as = cookie): Promise<string> =>
    (await collector.page(path, as)).text()
  const post = (path: string, fields: Record<string, string>): Promise<Response> =>
    postForm(consoleUrl + path, fields, { cookie })
  t.match(await read('/checks'), /Nobody has checked the filter yet/)
  t.match(await read('/checks/new'), /Which device\?/)
  t.notMatch(await read('/checks/new'), /There is a problem/)

  await t.test('what is missing or wrong is said beside its field', async (t) => {
    const wrong = [
      [{ device: '' }, /Which device is it\? Write its name/],
      [{ device: 'x'.repeat(121) }, /is 121 characters long: write at most 120/],
      [{ kind: HOSTILE }, /“&lt;script&gt;[^”]*” is not among the answers/],
      [{ room: ' ' }, /Write the room or the place/],
      [{ group: '' }, /Choose the group/],
      [{ tried: '' }, /Choose what to try/],
      [{ tried: 'adult.nothing' }, /“adult.nothing” is not among the answers/],
    ] as const
    for (const [fields, says] of wrong) {
      const html = await read(
        `/checks/new?${new URLSearchParams({ ...SET_UP, ...fields }).toString()}`,
      )
      t.match(html, says)
      t.match(html, /govuk-error-message/)
      t.notMatch(html, SHOWN)
      t.notMatch(html, /canary-/, 'and nothing is tried')
      t.equal((await post('/checks', { ...SET_UP, ...fields, seen: 'opened' })).status, 400)
    }
    t.match(await read('/checks'), /Nobody has checked the filter yet/, 'nothing was kept')
  })

  const page = await read(`/checks/new?${new URLSearchParams(SET_UP).toString()}`)
  t.match(page, /http:\/\/canary-harm-selfharm\.test/)
  t.match(page, /raises a test alert, high/)
  const started = /name="started" value="(\d+)"/.exec(page)?.[1] ?? ''
  t.equal(Number(started), AFTERNOON)
  const result = { ...SET_UP, started, note: HOSTILE }
  const missing = await post('/checks', { ...result, seen: '' })
  t.equal(missing.status, 400)
  t.match(await missing.text(), /Choose what you saw/)

  clock.advance(20_000)
  const unheard = await post('/checks', { ...result, seen: 'did-not-open' })
  t.equal(unheard.status, 303)
  const first = unheard.headers.get('location') ?? ''
  t.match(await read(first), /Proves nothing[\s\S]*no box told of it[\s\S]*What to do:/)
  t.notMatch(await read(first), SHOWN)

  const client = collector.client({ now: clock.wallMs })
  const told = {
    category: 'harm.selfharm',
    site: 'canary-harm-selfharm.test',
    list: 'canaries',
  } as const
  await client.report(blocked({ ...told, at: clock.wallMs(), group: 'Year 9' }))
  const passed = await post('/checks', { ...result, seen: 'block-page' })
  t.match(await read(passed.headers.get('location') ?? ''), /As expected[\s\S]*Yes, for Year 9/)
  const other = await post('/checks', { ...result, seen: 'block-page', group: '', other: HOSTILE })
  const failed = other.headers.get('location') ?? ''
  t.match(await read(failed), /Failed[\s\S]*for another group than the one expected/)
  t.notMatch(await read(failed), SHOWN)
  clock.advance(3_600_000)
  const later = { ...result, started: String(clock.wallMs()), seen: 'block-page' }
  const stale = await post('/checks', later)
  t.match(
    await read(stale.headers.get('location') ?? ''),
    /Proves nothing/,
    'of an hour ago is not of now',
  )

  const list = await read('/checks')
  t.match(list, /3 checks did not show what was expected/)
  t.match(list, /What to do:/)
  t.notMatch(shown(list), SHOWN)
  t.match(await read('/'), /3 checks of the filter with something left to do/)
  t.match(await read('/checks?result=passed'), /Clear filters[\s\S]*As expected/)
  t.match(await read('/checks?tried=adult.porn'), /No check matches/)
  t.notMatch(
    shown(await read(`/checks?group=${encodeURIComponent(HOSTILE)}&from=x&before=-1`)),
    SHOWN,
  )

  const empty = await post(`${failed}/follow-up`, { text: ' ', settled: 'yes' })
  t.equal(empty.status, 400)
  t.match(await empty.text(), /Write what was done/)
  t.equal((await post(`${failed}/follow-up`, { text: HOSTILE, settled: 'yes' })).status, 303)
  const settled = await read(failed)
  t.match(settled, /Nothing left to do/)
  t.notMatch(settled, SHOWN)
  t.notMatch(settled, /What to do:/)
  t.match(await read('/checks'), /2 checks did not show/)
  t.equal((await post('/checks/none/follow-up', { text: 'x' })).status, 404)
  t.equal((await collector.page('/checks/none', cookie)).status, 404)

  await t.test(
    'a site that lessons need is tried by its own name, and raises nothing',
    async (t) => {
      const control = { ...SET_UP, tried: 'lesson-site' }
      t.match(
        await read(`/checks/new?${new URLSearchParams(control).toString()}`),
        /a site that your lessons need/,
      )
      const nameless = await post('/checks', { ...control, seen: 'opened', note: '' })
      t.match(await nameless.text(), /Write which site you opened/)
      const kept = await post('/checks', {
        ...control,
        seen: 'did-not-open',
        note: 'maths.example.org',
      })
      t.match(
        await read(kept.headers.get('location') ?? ''),
        /A site that lessons need did not open/,
      )
    },
  )

  await t.test('the alert says that it was a test', async (t) => {
    await until('it is judged', async () =>
      /href="\/alerts\/[\w-]+"/.test(await read('/alerts?state=all')),
    )
    const href = /href="(\/alerts\/[\w-]+)"/.exec(await read('/alerts?state=all'))?.[1] ?? ''
    const page = await read(href)
    t.match(page, /A test\.[\s\S]*tried the filter with a made-up name/)
    t.match(await read('/alerts'), /edge-badge--trial">\s*Test/)
    t.equal((await post(`${href}/close`, { decision: 'no-concern' })).status, 303)
    t.match(await read(href), /A test of the filter with a made-up name/)
    t.match(await read('/report'), /No alert was opened|0 alerts/)
  })

  await t.test('governors are given counts, and no device or room', async (t) => {
    const governor = await collector.signInAs('governor')
    const html = await read('/checks', governor)
    t.match(html, /Checks by what was tried[\s\S]*Self-harm/)
    t.notMatch(html, /Laptop 7|Room 12|href="\/checks\//)
    t.equal((await collector.page(failed, governor)).status, 403)
    t.match(await read('/audit'), /Kept a check of the filter/)
  })
})
