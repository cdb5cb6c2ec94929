/** Themes as people see them: what cannot be noticed, how right it was, what is set aside; hostile text stays inert. */
import t from 'tap'
import { makeLearning } from '#collector/alerts/learning.ts'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { blocked, openAlertLab, signal } from '#test/support/alert-lab.ts'
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

t.test('a theme is set aside for a lesson, and what boxes cannot notice is said', async (t) => {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const client = collector.client({ now: clock.wallMs })
  const cookie = await collector.signIn()
  const read = async (): Promise<string> => (await collector.page('/themes', cookie)).text()
  t.match(await read(), /No box has reported yet/)
  t.match(await read(), /Nothing: every theme is told for every group/)
  t.notMatch(await read(), /<option value="(?:suicide|illegal)"/)
  await client.postStatus(makeStatus(client.appliance))
  t.match(await read(), /No list installed: this box cannot notice it\./)
  t.match(await read(), /Gambling[\s\S]{0,200}1 list with 12,345 names in all/)
  const other = collector.client({ now: clock.wallMs })
  await other.postStatus(makeStatus(other.appliance, { themesWithoutList: [HOSTILE] }))
  t.match(await read(), /1 of 2 boxes cannot notice it\./)
  t.notMatch(await read(), SHOWN)

  const set = async (fields: Record<string, string>): Promise<Response> =>
    postForm(
      `${collector.consoleUrl}/themes/set-aside`,
      {
        theme: 'substance',
        group: HOSTILE,
        until: '15:10',
        reason: HOSTILE,
        ...fields,
      },
      { cookie },
    )
  const refused = [
    [{ theme: '' }, /Choose a theme/],
    [{ theme: 'suicide' }, /The theme suicide is never set aside/],
    [{ until: '14:00' }, /An end that is still to come is missing/],
    [{ until: '' }, /An end that is still to come is missing/],
    [{ until: '23:59' }, /At most 8 hours at a time/],
    [{ reason: ' ' }, /The reason is missing/],
    [{ group: '' }, /The group is missing/],
  ] as const
  for (const [fields, says] of refused) {
    const answer = await set(fields)
    t.equal(answer.status, 409)
    const html = await answer.text()
    t.match(html, says)
    t.notMatch(html, SHOWN)
  }
  t.equal((await set({})).status, 303)
  const page = await read()
  t.match(page, /Drugs, alcohol and vaping[\s\S]{0,200}until <time[^>]*>today at 15:10/)
  t.notMatch(page, SHOWN)
  const href = /action="(\/themes\/set-aside\/[\w-]+\/end)"/.exec(page)?.[1] ?? ''
  const end = async (): Promise<Response> =>
    postForm(`${collector.consoleUrl}${href}`, {}, { cookie })
  t.equal((await end()).status, 303)
  t.match(await read(), /Nothing: every theme is told for every group/)
  const again = await end()
  t.equal(again.status, 409)
  t.match(await again.text(), /This is not set aside any more/)
  t.equal((await set({})).status, 303)
  clock.advance(65 * 60_000)
  t.match(await read(), /Nothing: every theme is told for every group/)
  t.equal(
    (await postForm(`${collector.consoleUrl}/themes/x/accept-demotion`, {}, { cookie })).status,
    404,
  )
})

t.test('a proposal is accepted or refused with a reason, simulated figures say so', async (t) => {
  const folder = shortFolder(t)
  const first = await runCollector(folder)
  await first.close()
  const lab = openAlertLab(t.testdir(), { isSimulated: true })
  const [record] = await alertOf(lab)
  lab.close()
  if (record === undefined) throw new Error('there is no alert')
  const db = openCollectorFile(`${first.options.stateDir}/collector.sqlite`)
  const learning = makeLearning(db, ALERT_LIMITS)
  for (let one = 0; one < ALERT_LIMITS.demoteLabelsMin; one += 1)
    learning.label(
      { ...record, id: `a${one}` },
      one === 0 ? 'concern' : 'false-positive:background',
      Date.now(),
    )
  db.close()
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  const cookie = await collector.signIn()
  const read = async (): Promise<string> => (await collector.page('/themes', cookie)).text()
  t.match(await read(), /It is proposed[^.]*: 1 of 50 closed alerts was a concern \(simulated\)\./)
  t.match(
    await read(),
    /\(simulated\)<\/span><\/th>\s*<td[^>]*>50<\/td><td[^>]*>1<\/td><td[^>]*>0<\/td><td[^>]*>49</,
  )
  const decide = async (kind: string, reason: string): Promise<number> =>
    (await postForm(`${collector.consoleUrl}/themes/vawg/${kind}`, { reason }, { cookie })).status
  t.equal(await decide('accept-demotion', ' '), 409)
  t.equal(await decide('accept-demotion', HOSTILE), 303)
  t.match(await read(), /It is told one severity lower: 1 of 50/)
  t.match(await read(), /person-\d+@school\.test\), today at [\d:]+: &lt;script&gt;/)
  t.equal(await decide('accept-demotion', 'again'), 409)
  t.equal(await decide('refuse-demotion', 'we want to know'), 303)
  t.match(await read(), /It is told as before/)
})

async function alertOf(lab: ReturnType<typeof openAlertLab>) {
  const at = Date.now()
  await lab.send(
    [
      {
        v: 1,
        id: 'e1',
        revision: 1,
        at,
        lane: 'safeguarding',
        sequence: 1,
        body: blocked({ category: 'harm.suicide', at, signal: signal() }),
      },
    ],
    at,
  )
  lab.take(at)
  await until('it is an alert', () => lab.alerts().length === 1)
  return lab.alerts().map((one) => ({ ...one, theme: 'vawg' as const }))
}
