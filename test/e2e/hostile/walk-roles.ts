/** Every page of a console that is full of hostile texts, as people of some roles see it. */
import type { Test } from 'tap'
import type { Role } from '#collector/accounts/role.ts'
import { launchBrowser } from '#test/support/browser.ts'
import { pathsOf } from '../../load/pages/paths.ts'
import { pour } from './pour.ts'
import { hostileSchool } from './school.ts'
import { TEXTS } from './texts.ts'
import { walkPages } from './walk-pages.ts'

/** Of what people write: all of it is on the pages that lists lead to, which have a test of their own. */
const SOME = 3
/** Who looks after children. */
export const LEADING: readonly Role[] = ['dsl', 'deputy', 'pastoral', 'head']

/** A test of its own for each role; there are at least so many pages, those that look the same to several left out. */
export async function walkRoles(t: Test, roles: readonly Role[], pagesMin: number): Promise<void> {
  const school = await hostileSchool(t, 'many')
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const some = TEXTS.filter((_, index) => index % SOME === 0)
  await pour(await browser.newPage(), school, some)
  const seen = new Set<string>()
  for (const role of roles)
    await t.test(role, async (t) => {
      const cookie = school.cookies[role]
      const paths = await pathsOf(school.collector, { name: role, cookie })
      const { faults } = await walkPages(school, browser, { cookie, paths, seen })
      t.same(faults, [])
    })
  t.ok(seen.size >= pagesMin, `${seen.size} pages`)
}
