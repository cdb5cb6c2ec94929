/** Every page of the console, once for each way it looks among all roles, on a desktop. `npm run every-page` is each role on each size. */
import t from 'tap'
import { ROLES } from '#collector/accounts/role.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { shortFolder } from '../support/short-folder.ts'
import { runFullSchool } from './walk/full-school.ts'
import { pageProblems } from './walk/page-problems.ts'
import { walk } from './walk/walk.ts'

const PAGES_MIN = 90
const WRONG = `<!doctype html><html lang="en"><title>Wrong</title><main>
<h1>Wrong</h1><button style="width:10px;height:10px;padding:0" aria-label="a"></button><button style="width:10px;height:10px;padding:0" aria-label="b"></button>
<input> <a href="#x" tabindex="2">first</a> <a href="#y" style="outline:none">unseen</a> <img src="data:,"><div style="width:700px">wide</div>
</main>`

t.test('every page', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const browser = await launchBrowser()
  t.teardown(() => browser.close())

  await t.test('what is wrong with a page is found', async (t) => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.setContent(WRONG)
    const found = (await pageProblems(page)).join('\n')
    for (const wanted of [
      /^axe: image-alt /m,
      /^axe: label /m,
      /^small: 10x10 .*aria-label="a"/m,
      /^focus: 1 places ask for an order of their own/m,
      /^focus: not to be seen at .*unseen/m,
      /^focus: goes back at /m,
      /^at 200 %: too wide/m,
      /^at 320 pixels: too wide/m,
    ])
      t.match(found, wanted)
    await page.close()
  })

  const collector = await runFullSchool(shortFolder(t))
  t.teardown(() => collector.close())
  const seen = new Set<string>()
  for (const role of ROLES)
    for (const { path, problems } of await walk({
      collector,
      browser,
      role,
      size: 'desktop',
      seen,
    }))
      t.same(problems, [], `${path} as ${role}`)
  t.ok(seen.size >= PAGES_MIN, `${seen.size} pages`)
})
