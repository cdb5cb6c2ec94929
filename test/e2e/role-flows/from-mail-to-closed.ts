/** A message that came of a real event, its link, signing in, and all that is done until the alert is closed and on record. */
import type { Test } from 'tap'
import type { EventBody } from '#domain/event.ts'
import { blocked, type LookupGiven, signal } from '../../support/alert-lab.ts'
import { launchBrowser } from '../../support/browser.ts'
import { makePerson } from '../../support/people.ts'
import { type ToldSchool, toldSchool } from '../../support/told-school.ts'
import { type Sitting, sitDown, type Way } from './sitting.ts'

const LEAD = 'lead@school.test'
const DEPUTY = 'deputy@school.test'
const HEAD = 'head@school.test'
const IT = 'it@school.test'
const TUTOR = 'tutor@school.test'
/** What the lead has before it is the deputy’s, and the deputy before it is the head’s. */
const PATIENCE_MINUTES = 16
/** Messages of one kind are gathered for less. */
const GATHERED_MS = 31 * 60_000
/** The same of what is critical. */
const GATHERED_CRITICAL_MS = 2 * 60_000
/** Presses of Tab from the beginning of the content to what is done next. */
const TABS_TO_NEXT = 1

export async function fromMailToClosed(t: Test, ways: readonly Way[]): Promise<void> {
  const school = await toldSchool(t, [
    { id: 'lead', roles: ['dsl'], email: LEAD },
    { id: 'deputy', roles: ['deputy'], email: DEPUTY },
    { id: 'head', roles: ['head'], email: HEAD },
    { id: 'it', roles: ['it'], email: IT },
  ])
  const { collector, clock, box } = school
  const lead = await makePerson(collector, { roles: ['dsl'], email: LEAD })
  const deputy = await makePerson(collector, { roles: ['deputy'], email: DEPUTY })
  const head = await makePerson(collector, { roles: ['head'], email: HEAD })
  const it = await makePerson(collector, { roles: ['it'], email: IT })
  const tutor = await makePerson(collector, { roles: ['pastoral'], email: TUTOR, name: 'T. Tutor' })
  const auditor = await collector.signInAs('auditor')
  const browser = await launchBrowser()
  t.teardown(() => browser.close())

  for (const [index, way] of ways.entries())
    await t.test(`on ${way.way}`, async (t) => {
      clock.advance(GATHERED_MS)
      const sitting = await sitDown(t, browser, school, way)
      const { page, keyboard, text } = sitting
      const pupil = (more: string): string => `pupil.${more}.${index}`
      const closed = async (link: string, who: string): Promise<void> => {
        t.match(await text(), /State\s+Closed/, `${who} closed it`)
        await checkAudit(t, link, who)
      }

      await t.test('the safeguarding lead, who also closes a Low alert', async (t) => {
        await box.report(wayRound(school, index))
        const link = await school.linkAfter(LEAD, grave(school, { user: pupil('one') }))
        await sitting.openMail(link)
        await sitting.signIn(lead)
        t.equal(page.url(), link, 'signed in, at the alert itself')
        await begin(t, sitting, 'spoke with the tutor')
        await close(sitting, { decision: 'A concern', outcome: '' })
        t.match(await text(), /What came of it\?[\s\S]{0,200}Say what came of it/)
        await keyboard.reach(/^Say what came of it/)
        await page.keyboard.press('Enter')
        await page.keyboard.type('all is well')
        await keyboard.write('Reference of the case', 'CPOMS 4711')
        await keyboard.follow('Close this alert')
        await closed(link, LEAD)
        await keyboard.follow('All alerts')
        t.notMatch(await page.content(), new URL(link).pathname, 'the queue is without it')
        await closeLow(t, sitting)
      })

      clock.advance(GATHERED_CRITICAL_MS)
      const given = await school.linkAfter(LEAD, grave(school, { user: pupil('two') }))
      await t.test('the lead, still signed in, gives one to a tutor', async (t) => {
        await sitting.openMail(given)
        t.equal(page.url(), given, 'nobody is asked twice, also from webmail')
        await keyboard.skip()
        await keyboard.unfold('Assign')
        await keyboard.choose('To whom?', `T. Tutor (${TUTOR})`)
        const told = await school.linkOf(TUTOR, () => keyboard.follow('Assign'))
        t.equal(told, given, 'the tutor has a mail, which leads there')
        await keyboard.follow('Sign out')
      })

      await t.test('pastoral staff, whose it is now', async (t) => {
        await sitting.comeBy(given, tutor)
        await begin(t, sitting, 'spoke with them after form')
        t.match(await page.content(), pupil('two'))
        t.notMatch(await text(), /Close this alert|What was done\?/, 'to close it is for the lead')
      })

      await t.test('the deputy, to whom the ladder came', async () => {
        clock.advance(GATHERED_CRITICAL_MS)
        await school.linkAfter(LEAD, grave(school, { user: pupil('three') }))
        const link = await school.linkWhenLate(DEPUTY, PATIENCE_MINUTES)
        await sitting.comeBy(link, deputy)
        await begin(t, sitting, 'spoke with them')
        await close(sitting, { decision: 'No concern' })
        await closed(link, DEPUTY)
      })

      await t.test('the head, of what is about staff', async () => {
        clock.advance(GATHERED_CRITICAL_MS)
        const staff = { user: `teacher.${index}`, profile: 'staff', group: 'staff' } as const
        const link = await school.linkAfter(HEAD, grave(school, staff))
        await sitting.comeBy(link, head)
        await begin(t, sitting, 'asked them')
        await close(sitting, { decision: 'No concern' })
        await closed(link, HEAD)
      })

      await t.test('school IT, of a machine and not of a pupil', async (t) => {
        const link = await school.linkAfter(IT, malware(school, pupil('four'), index))
        await sitting.comeBy(link, it)
        t.notMatch(await page.content(), pupil('four'))
        await begin(t, sitting, 'took it off the network')
        await close(sitting, { decision: 'False: an app or an advert, nobody chose it' })
        await closed(link, IT)
      })

      t.same(keyboard.problems(), [], 'the focus was always seen')
    })

  for (const [index, way] of ways.entries())
    await t.test(
      `the ladder comes to a head, who says on ${way.way} that it was seen`,
      async (t) => {
        const sitting = await sitDown(t, browser, school, way)
        clock.advance(GATHERED_CRITICAL_MS)
        await school.linkAfter(LEAD, grave(school, { user: `pupil.last.${index}` }))
        await school.linkWhenLate(DEPUTY, PATIENCE_MINUTES)
        const link = await school.linkWhenLate(HEAD, PATIENCE_MINUTES)
        await sitting.comeBy(link, head)
        await sitting.keyboard.skip()
        await sitting.keyboard.follow('I have seen it')
        t.match(await sitting.text(), /Nothing that is for your role/)
      },
    )

  /** Each step is on record, with who took it. */
  async function checkAudit(t: Test, link: string, who: string): Promise<void> {
    // Pages of the record have the first eight letters of an id.
    const path = new URL(link).pathname.replace(/(?<=\/alerts\/\w{8})[\w-]+/, '…')
    const rows = (await (await collector.page('/audit', auditor)).text()).split('<tr')
    for (const step of ['', '/acknowledge', '/note', '/close'])
      t.ok(
        rows.some((row) => row.includes(`>${who}<`) && row.includes(`${path}${step}<`)),
        `${who} is on record at ${step || 'the alert'}`,
      )
  }
}

async function begin(t: Test, { keyboard, text }: Sitting, note: string): Promise<void> {
  await keyboard.skip()
  t.equal(await keyboard.follow('I have seen it'), TABS_TO_NEXT, 'what comes next comes first')
  await keyboard.skip()
  await keyboard.unfold('Add a note')
  await keyboard.write('Note', note)
  await keyboard.follow('Keep this note')
  t.match(await text(), note)
}

async function close(
  { keyboard }: Sitting,
  { decision, outcome = 'all is well' }: { readonly decision: string; readonly outcome?: string },
): Promise<void> {
  await keyboard.skip()
  await keyboard.unfold('Close')
  await keyboard.choose('What was it?', decision)
  await keyboard.write('Why?', 'homework of a friend')
  await keyboard.write('What was done?', 'spoke with them')
  await keyboard.write('What came of it?', outcome)
  await keyboard.follow('Close this alert')
}

/** From the list on two presses do it. */
async function closeLow(t: Test, { keyboard, text }: Sitting): Promise<void> {
  await keyboard.follow('SuperCloud Edge')
  await keyboard.skip()
  await keyboard.follow(/ Low /)
  keyboard.acts()
  await keyboard.skip()
  await keyboard.follow('Ways round the filter')
  await keyboard.skip()
  t.equal(await keyboard.follow('No concern'), TABS_TO_NEXT)
  t.equal(keyboard.acts(), 2, 'two presses close a Low alert')
  t.match(await text(), /State\s+Closed/)
}

function grave({ clock }: ToldSchool, given: Partial<LookupGiven>): EventBody {
  const at = clock.wallMs() - 60_000
  const strong = signal({ points: 60, intent: 100 })
  return blocked({ category: 'harm.suicide', at, signal: strong, ...given })
}

function malware(school: ToldSchool, user: string, index: number): EventBody {
  const mac = `02:00:5e:00:01:0${index}`
  return grave(school, { category: 'security.malware', user, mac, site: 'worm.test' })
}

function wayRound({ clock }: ToldSchool, index: number): EventBody {
  const now = clock.wallMs()
  return {
    kind: 'bypass-noticed',
    group: 'ks5',
    client: { address: `192.0.2.${70 + index}`, mac: `02:00:5e:00:00:0${index}` },
    grade: 'high',
    rule: 'tunnel',
    evidence: [{ sign: 'vpn-used', count: 9, firstAt: now, lastAt: now, samples: [] }],
    firstAt: now - 20 * 60_000,
    lastAt: now,
  }
}
