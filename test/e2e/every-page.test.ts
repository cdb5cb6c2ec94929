/** What `npm run every-page` looks for on every page of every role is found where it is. */
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { pageProblems } from './walk/page-problems.ts'

const WRONG = `<!doctype html><html lang="en"><title>Wrong</title><main>
<h1>Wrong</h1><button style="width:10px;height:10px;padding:0" aria-label="a"></button><button style="width:10px;height:10px;padding:0" aria-label="b"></button>
<input> <a href="#x" tabindex="2">first</a> <a href="#y" style="outline:none">unseen</a> <img src="data:,"><div style="width:700px">wide</div>
</main>`

t.test('what is wrong with a page is found', { skip: browserMissing }, async (t) => {
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
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
