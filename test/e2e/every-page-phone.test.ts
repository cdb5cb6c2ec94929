/** Pages on a phone: every one of the safeguarding lead's, forms sent wrong, doors that are closed, and nobody signed in. */
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { shortFolder } from '../support/short-folder.ts'
import { runFullSchool } from './walk/full-school.ts'
import { walkSignedOut, walkWrong } from './walk/states.ts'
import { walk } from './walk/walk.ts'

const PAGES_MIN = 40

t.test('pages on a phone', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const collector = await runFullSchool(shortFolder(t))
  t.teardown(() => collector.close())
  const there = { collector, browser, size: 'phone' } as const
  const leads = await walk({ ...there, role: 'dsl' })
  t.ok(leads.length >= PAGES_MIN, `${leads.length} pages`)
  for (const { path, problems } of [
    ...leads,
    ...(await walkWrong(there)),
    ...(await walkSignedOut(there)),
  ])
    t.same(problems, [], path)
})
