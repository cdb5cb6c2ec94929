/** Who comes by a link that is not theirs is told so, and nothing else; and what their own work is: by keyboard alone, on a phone and on a desktop, with script and without. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { PolicyNews } from '#domain/console-rules.ts'
import { blocked, signal } from '../support/alert-lab.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { makePerson, type Person } from '../support/people.ts'
import { startBox } from '../support/policy-school.ts'
import { postForm } from '../support/post-form.ts'
import { toldSchool } from '../support/told-school.ts'
import { until } from '../support/until.ts'
import { sitDown, WAYS } from './role-flows/sitting.ts'

const LEAD = 'lead@school.test'
const PUPIL = 'pupil.one'
/** Of the pupil, of what it was about, and of where. */
const TELLING = /pupil\.one|suicide|quiet-harbour|Year 9|192\.0\.2\.44/i
/** The same, on pages that have the names of themes. */
const WHO = /pupil\.one|quiet-harbour|192\.0\.2\.44/i
/** What nothing on the console opens. */
const HARM = 'harm.test'

t.test('what is whose', { skip: browserMissing, timeout: 175_000 }, async (t) => {
  const school = await toldSchool(t, [{ id: 'lead', roles: ['dsl'], email: LEAD }])
  const { collector, clock, box } = school
  const somebody = (...roles: Parameters<typeof makePerson>[1]['roles']): Promise<Person> =>
    makePerson(collector, { roles })
  const governor = await somebody('governor')
  const auditor = await somebody('auditor')
  const head = await somebody('head')
  const it = await somebody('it')
  const tutor = await somebody('pastoral')
  const parent = await somebody('dsl')
  const own = { cookie: parent.cookie }
  await postForm(`${collector.consoleUrl}/account/hidden`, { users: PUPIL }, own)
  const at = clock.wallMs() - 60_000
  const given = { category: 'harm.suicide', at, user: PUPIL, site: 'quiet-harbour.test' } as const
  const strong = signal({ points: 60, intent: 100, site: given.site })
  const link = await school.linkAfter(LEAD, blocked({ ...given, signal: strong }))
  startBox(t, box, answerOf)
  const policy = async (): Promise<string> => (await collector.page('/policy', it.cookie)).text()
  await until('the box tells of its groups', async () => /value="ks3"/.test(await policy()))
  const browser = await launchBrowser()
  t.teardown(() => browser.close())

  for (const [index, way] of WAYS.entries())
    await t.test(`on ${way.way}`, async (t) => {
      const sitting = await sitDown(t, browser, school, way)
      const { page, keyboard, text } = sitting
      const isPhone = way.viewport.width < 500
      const byMenu = async (name: string): Promise<void> => {
        if (isPhone) await keyboard.unfold('Menu')
        await keyboard.follow(name)
        await keyboard.skip()
      }
      const turnedAway = async (t: Test, person: Person, says: RegExp): Promise<void> => {
        await sitting.comeBy(link, person)
        t.match(await text(), says)
        t.match(await text(), /safeguarding lead or the head/, 'and whom to ask')
        t.notMatch(await page.content(), TELLING, 'nothing is told of it')
      }
      const home = async (): Promise<void> => {
        await keyboard.skip()
        await keyboard.follow('Go to the first page')
      }

      await t.test('pastoral staff, of an alert that is not assigned to them', async (t) => {
        await turnedAway(t, tutor, /This alert is not shown to you/)
        await home()
        t.notMatch(await page.content(), WHO)
      })

      await t.test('whose own child it is', async (t) => {
        await turnedAway(t, parent, /This alert is not shown to you/)
      })

      await t.test('a governor, who reads figures', async (t) => {
        await turnedAway(t, governor, /Not for your role/)
        await home()
        t.match(await text(), /Half-term report[\s\S]*It names nobody/)
        t.match(await text(), /Suicide\s+1/, 'how many, and of what kind')
        t.notMatch(await page.content(), WHO)
      })

      await t.test('an auditor, who takes the audit with them', async (t) => {
        await turnedAway(t, auditor, /Not for your role/)
        await home()
        t.match(await text(), /Was refused\s+\/alerts\//)
        await keyboard.skip()
        await keyboard.reach('take it as a file (CSV)')
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.keyboard.press('Enter'),
        ])
        const file = readFileSync(await download.path(), 'utf8')
        t.match(file, new RegExp(`${auditor.email}.*Was refused.*${new URL(link).pathname}`))
        t.notMatch(file, TELLING)
      })

      await t.test('a head, who reads the report and signs the review', async (t) => {
        await turnedAway(t, head, /This alert is not shown to you/)
        await byMenu('Reports')
        await keyboard.follow('Half-term report')
        t.match(await text(), /It names nobody/)
        await byMenu('Evidence')
        await keyboard.follow('Yearly review')
        await keyboard.skip()
        await keyboard.write(/^What do you say to its limits/, `We try tablets: ${way.way}.`)
        await keyboard.follow('Sign it off')
        t.match(await text(), new RegExp(`Signed off by [\\s\\S]*We try tablets: ${way.way}\\.`))
      })

      await t.test('school IT, who changes a rule and takes that back', async (t) => {
        await turnedAway(t, it, /This alert is not shown to you/)
        const first = index * 3 + 1
        await byMenu('Policy')
        await keyboard.write('Site', `news${index}.example.org`)
        await keyboard.choose('Allow', 'Block')
        await keyboard.write('Why', 'a distraction in lessons')
        await keyboard.follow('Preview')
        t.match(await text(), /nothing is saved yet[\s\S]*ks3: 1,234 look-ups/)
        await keyboard.skip()
        await keyboard.follow('Save')
        t.match(await text(), new RegExp(`Blocked:\\s+news${index}\\.example\\.org`))
        await until('it is in force', async () =>
          (await policy()).includes(`runs version ${first}, the newest`),
        )

        await keyboard.skip()
        await keyboard.write('Site', HARM)
        await keyboard.tick('Allow')
        await keyboard.write('Why', 'asked for')
        await keyboard.follow('Save')
        const beside = await page.locator('#rule-name-error').innerText()
        t.match(beside, /Not saved: allow harm\.test: it is listed for suicide/)
        await keyboard.reach(/^Not saved/)
        await page.keyboard.press('Enter')
        await page.keyboard.press('Control+A')
        await page.keyboard.type(`help${index}.example.org`)
        await keyboard.follow('Save')
        t.match(await text(), new RegExp(`Allowed:\\s+help${index}\\.example\\.org`))

        await keyboard.skip()
        await keyboard.follow(`Go back to version ${first}`)
        t.match(await text(), new RegExp(`Version ${first + 2}[\\s\\S]*Back to version ${first}`))
        t.notMatch(await page.content(), WHO, 'no page of IT has a pupil on it')
      })

      t.same(keyboard.problems(), [], 'the focus was always seen')
    })
})

function answerOf(task: PolicyNews['tasks'][number]): unknown {
  if (task.kind === 'preview')
    return { kind: 'previewed', changes: [{ group: 'ks3', lookups: 1234 }], days: 7, isWhole: true }
  if (task.kind !== 'check') return { kind: 'failed', detail: 'not asked for here' }
  const isHarm = task.rules.some(({ name }) => name === HARM)
  return { kind: 'checked', problems: isHarm ? [`allow ${HARM}: it is listed for suicide`] : [] }
}
