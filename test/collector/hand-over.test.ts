/** A case on its way out of the console, over the real server: who may take it, what stands in it, and what never does. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { blocked, signal } from '#test/support/alert-lab.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { makePerson, PASSWORD, type Person } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import { type RunningCollector, runCollector } from '#test/support/running-collector.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'

const run = promisify(execFile)
const PDFTOTEXT = '/usr/bin/pdftotext'
const popplerMissing: string | false = existsSync(PDFTOTEXT)
  ? false
  : 'needs pdftotext: the Debian package `poppler-utils`'
const HOSTILE = '=cmd|x\u202e</textarea><script>alert(1)</script>'
const PUPIL = 'zoë.łukasz'
/** Thursday 5 March 2026, 14:06 in London. */
const AFTERNOON = Date.parse('2026-03-05T14:06:00Z')

interface School {
  readonly collector: RunningCollector
  readonly lead: Person
  readonly read: (path: string, cookie?: string) => Promise<string>
  /** The address of the newest alert of a theme. */
  readonly hrefOf: (theme: string) => Promise<string>
}

async function school(t: Test): Promise<School> {
  const clock = makeFakeWallClock(AFTERNOON)
  const collector = await runCollector(shortFolder(t), { clock })
  t.teardown(() => collector.close())
  const at = clock.wallMs()
  await collector.client({ now: clock.wallMs }).report(
    blocked({
      category: 'harm.suicide',
      at,
      user: PUPIL,
      group: HOSTILE,
      site: HOSTILE,
      signal: signal({
        site: HOSTILE,
        context: {
          names: [{ at, name: 'friend.example.org', isBlocked: false }],
          fromMs: at,
          toMs: at,
          others: 0,
        },
      }),
    }),
    blocked({
      category: 'illegal.csam',
      at,
      user: 'other.pupil',
      // As no honest box sends it: in clear.
      site: 'forbidden.test',
      signal: signal({ site: 'forbidden.test' }),
    }),
  )
  const lead = await makePerson(collector, { roles: ['dsl'] })
  const read = async (path: string, cookie = lead.cookie): Promise<string> => {
    const answer = await collector.page(path, cookie)
    return `${answer.status} ${await answer.text()}`
  }
  const hrefOf = async (theme: string): Promise<string> => {
    let href = ''
    await until(`there is an alert of ${theme}`, async () => {
      href = /href="(\/alerts\/[\w-]+)"/.exec(await read(`/alerts?theme=${theme}`))?.[1] ?? ''
      return href !== ''
    })
    return href
  }
  return { collector, lead, read, hrefOf }
}

t.test('a lead takes a case, after proof, and it is on record', async (t) => {
  const { collector, lead, read, hrefOf } = await school(t)
  const { consoleUrl } = collector
  const alert = await hrefOf('suicide')
  const page = `${alert}/hand-over`
  t.match(await read(alert), `href="${page}"`)
  await postForm(`${consoleUrl}${alert}/acknowledge`, {}, { cookie: lead.cookie })
  await postForm(
    `${consoleUrl}${alert}/note`,
    { text: `${HOSTILE}\nsecond line` },
    { cookie: lead.cookie },
  )

  const text = await read(page)
  t.match(text, /^200/)
  t.match(text, PUPIL)
  t.match(text, /it does not prove that the pupil saw or meant it/)
  t.match(text, /5 March 2026 at 14:06 {2}Lookup: Suicide/)
  t.notMatch(text, /<script>alert|\u202e/)
  t.equal(text.match(/<\/textarea>/g)?.length, 1, 'the text cannot leave its field')
  t.notMatch(text, /friend/, 'nothing of what was asked for round it')

  const csv = (await read(`${page}.csv`)).slice('200 '.length)
  t.match(csv, PUPIL)
  const cells = csv.split('\r\n').flatMap((line) => line.slice(1, -1).split('","'))
  t.same(
    cells.filter((cell) => /^\s*[=+\-@|%\t]/.test(cell)),
    [],
    'no cell is a formula',
  )
  t.match(csv, /"5 March 2026 at 14:06","Lookup: Suicide"/)
  t.match(csv, /"Mind","A device asked for an address; it does not prove/)
  t.notMatch(csv, /\u202e/)

  await t.test('as a document', { skip: popplerMissing }, async (t) => {
    const answer = await collector.page(`${page}.pdf`, lead.cookie)
    t.equal(answer.headers.get('content-type'), 'application/pdf')
    const file = join(t.testdir(), 'case.pdf')
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
    const { stdout } = await run(PDFTOTEXT, ['-layout', file, '-'])
    t.match(stdout, PUPIL)
    t.match(stdout, /Confidential\. Made on 5 March 2026 at 14:06 by/)
    t.notMatch(stdout, /\u202e|friend/)
  })
  t.match(
    await read('/audit'),
    new RegExp(`Took a file<[\\s\\S]*${page.replace(/(?<=\/alerts\/\w{8})[\w-]+/, '…')}`),
  )
})

t.test('a session that was left open takes nothing out', async (t) => {
  const { collector, lead, hrefOf } = await school(t)
  const page = `${await hrefOf('suicide')}/hand-over`
  const clock = collector.options.clock
  if (clock === undefined || !('advance' in clock) || typeof clock.advance !== 'function')
    return t.fail('the clock does not move')
  clock.advance(6 * 60_000)
  for (const path of [page, `${page}.pdf`, `${page}.csv`]) {
    const answer = await collector.page(path, lead.cookie)
    t.equal(answer.status, 303)
    t.equal(answer.headers.get('location'), `/prove?to=${encodeURIComponent(path)}`)
  }
  const proved = await postForm(
    `${collector.consoleUrl}/prove`,
    { to: page, password: PASSWORD },
    { cookie: lead.cookie },
  )
  t.equal(proved.headers.get('location'), page)
  t.equal((await collector.page(page, lead.cookie)).status, 200)
  for (const to of [
    '//evil.test/alerts/x/hand-over',
    '/alerts/x',
    '/alerts//hand-over',
    '/alerts/x/y/hand-over',
  ]) {
    const answer = await postForm(
      `${collector.consoleUrl}/prove`,
      { to, password: PASSWORD },
      { cookie: lead.cookie },
    )
    t.equal(answer.status, 404, to)
  }
  return t.end()
})

t.test('of illegal material no name goes out', async (t) => {
  const { collector, lead, read, hrefOf } = await school(t)
  const page = `${await hrefOf('illegal')}/hand-over`
  const pdf = await collector.page(`${page}.pdf`, lead.cookie)
  t.equal(pdf.status, 200)
  for (const text of [await read(page), await read(`${page}.csv`)]) {
    t.match(text, /^200/)
    t.match(text, /name withheld/)
    t.notMatch(text, /forbidden/)
  }
  t.match(await read(page), /Do not investigate/)
  await t.test('nor in the document', { skip: popplerMissing }, async (t) => {
    const file = join(t.testdir(), 'case.pdf')
    writeFileSync(file, Buffer.from(await pdf.arrayBuffer()))
    const { stdout } = await run(PDFTOTEXT, [file, '-'])
    t.match(stdout, /name withheld/)
    t.notMatch(stdout, /forbidden/)
  })
})

t.test('nobody takes what is not theirs', async (t) => {
  const { collector, lead, read, hrefOf } = await school(t)
  const alert = await hrefOf('suicide')
  for (const role of ['it', 'governor', 'pastoral', 'auditor', 'head', 'chair'] as const) {
    const cookie = await collector.signInAs(role)
    for (const end of ['', '.pdf', '.csv']) {
      const answer = await read(`${alert}/hand-over${end}`, cookie)
      t.match(answer, /^40[34]/, `${role} ${end}`)
      t.notMatch(answer, PUPIL)
    }
  }
  const tutor = await makePerson(collector, { roles: ['pastoral'] })
  await postForm(
    `${collector.consoleUrl}${alert}/assign`,
    { to: tutor.email },
    { cookie: lead.cookie },
  )
  t.match(await read(alert, tutor.cookie), PUPIL, 'a tutor sees what is theirs')
  t.notMatch(await read(alert, tutor.cookie), /hand-over/)
  t.match(await read(`${alert}/hand-over`, tutor.cookie), /^403/)
  const parent = await makePerson(collector, { roles: ['dsl'] })
  await postForm(
    `${collector.consoleUrl}/account/hidden`,
    { users: PUPIL },
    { cookie: parent.cookie },
  )
  t.match(await read(`${alert}/hand-over`, parent.cookie), /^404/)
})
