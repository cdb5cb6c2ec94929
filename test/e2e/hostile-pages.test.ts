/**
 * A console full of hostile texts, from boxes and from people, as each role sees it in a real browser: nothing runs, nothing is asked of anybody
 * else, nothing is wider than the page, and everything is text.
 */
import t from 'tap'
import { ROLES } from '#collector/accounts/role.ts'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { pathsOf } from '../load/pages/paths.ts'
import { pour } from './hostile/pour.ts'
import { hostileSchool } from './hostile/school.ts'
import { walkPages } from './hostile/walk-pages.ts'

t.test(
  'every page full of hostile texts, for every role',
  { skip: browserMissing, timeout: 280_000 },
  async (t) => {
    const school = await hostileSchool(t, 'many')
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    await pour(await browser.newPage(), school)
    const seen = new Set<string>()
    let all = 0
    for (const role of ROLES) {
      const cookie = school.cookies[role]
      const paths = await pathsOf(school.collector, { name: role, cookie })
      const { pages, faults } = await walkPages(school, browser, { cookie, paths, seen })
      t.same(faults, [], role)
      all += pages
    }
    t.ok(all > 100, `${all} pages`)
  },
)
