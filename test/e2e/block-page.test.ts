/** The block page in a real browser: what axe finds, narrow and dark, by keyboard, without script. Screenshots land in `EDGE_SCREENSHOTS`, if set. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { browserMissing } from '../support/browser.ts'
import { startPageAgent } from '../support/page-agent.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env['EDGE_SCREENSHOTS']
const NARROW = { width: 320, height: 640 }
const WIDE = { width: 1000, height: 800 }
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Headless Chromium for which every `.test` name is this machine, as DNS would say it is. */
function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP *.test 127.0.0.1',
    ],
  })
}

t.test('the block page in a browser', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const { pagePort, edge } = await startPageAgent(t)
  const browser = await launch()
  t.teardown(() => browser.close())
  const pages = [
    ['blocked', 'social.test'],
    ['long-name', `${'a'.repeat(60)}.${'b'.repeat(60)}.social.test`],
    ['care', 'harm.test'],
    ['locked', 'canary-illegal-csam.test'],
    ['open', 'nothing.example.test'],
  ] as const
  for (const [colorScheme, viewport] of [
    ['light', WIDE],
    ['dark', NARROW],
    ['light', NARROW],
  ] as const) {
    const context = await browser.newContext({ viewport, colorScheme })
    const page = await context.newPage()
    for (const [title, host] of pages) {
      await page.goto(`http://${host}:${pagePort}/a/page`)
      await checkPage(t, page, `${title}-${colorScheme}-${viewport.width}`)
    }
    await context.close()
  }

  const context = await browser.newContext({ viewport: NARROW })
  const page = await context.newPage()
  await page.goto(`http://social.test:${pagePort}/`)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  t.match(page.url(), /#main$/, 'the first stop skips to the content')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await checkPage(t, page, 'problem')
  await page.getByRole('link', { name: 'Write what you need it for.' }).press('Enter')
  await page.keyboard.type('maths homework')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Request sent' }).waitFor()
  await checkPage(t, page, 'sent')
  await page.goto(`http://social.test:${pagePort}/`)
  await page.getByText('Waiting for an answer').waitFor()
  await checkPage(t, page, 'waiting')
  t.match((await edge('requests')).out, 'maths homework')

  const plain = await browser.newContext({ viewport: NARROW, javaScriptEnabled: false })
  const without = await plain.newPage()
  await without.goto(`http://gambling.test:${pagePort}/`)
  await without.getByLabel('What do you need it for?').fill('PSHE')
  await without.getByRole('button', { name: 'Send request' }).click()
  await without.getByRole('heading', { name: 'Request sent' }).waitFor()
  t.match((await edge('requests')).out, 'PSHE', 'with JavaScript off')
})

async function checkPage(t: Test, page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  // The page's policy forbids all script; the debugger may run axe beside it.
  const evaluate = async (expression: string): Promise<unknown> =>
    (
      await session.send('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      })
    ).result.value
  await evaluate(axe)
  const found = await evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations, passes }) => JSON.stringify([passes.length > 10, violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160) + ' ' + (n.failureSummary ?? ''))])]))`,
  )
  t.equal(found, '[true,[]]', `axe finds nothing on ${name}`)
  t.equal(
    await evaluate('document.documentElement.scrollWidth > innerWidth'),
    false,
    `${name} does not scroll sideways`,
  )
  t.equal(
    await evaluate('document.scripts.length + document.images.length'),
    0,
    'nothing but the page',
  )
  await session.detach()
  if (shots !== undefined)
    await page.screenshot({ path: join(shots, `page-${name}.png`), fullPage: true })
}
