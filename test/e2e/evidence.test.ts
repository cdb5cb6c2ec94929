/** Checks, decisions and the yearly review as people use them: a real collector, a real browser, a phone without script. */
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, openPage } from '../support/console-page.ts'
import { makePerson } from '../support/people.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }

t.test('evidence in a browser', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const { cookie } = await makePerson(collector, { roles: ['dsl', 'head'] })
  const open = async (viewport: typeof PHONE, javaScriptEnabled: boolean) =>
    openPage(t, browser, { collector, viewport, javaScriptEnabled, cookie, at: '/checks' })

  await t.test('a check on a phone, with script off', async (t) => {
    const { page } = await open(PHONE, false)
    await page.getByRole('button', { name: 'Check the filter' }).click()
    await page.getByRole('button', { name: 'Go on' }).click()
    t.match(await page.getByRole('alert').innerText(), /Which device is it\?/)
    await page.getByLabel('Which device?').fill('Laptop 7')
    await page.getByLabel('What kind is it?').selectOption('laptop')
    await page.getByLabel('Where is it?').fill('Room 12')
    await page.getByLabel('Which group?').fill('ks3')
    await page.getByLabel('What is to be tried?').selectOption('harm.selfharm')
    await page.getByRole('button', { name: 'Go on' }).click()
    t.match(await page.locator('main').innerText(), /canary-harm-selfharm\.test/)
    await page.getByLabel('A page opened').check()
    await page.getByRole('button', { name: 'Keep this check' }).click()
    t.match(await page.locator('main').innerText(), /Failed[\s\S]*What to do:/i)
    await page.context().close()
  })

  await t.test('a decision on a phone, with script off', async (t) => {
    const { page } = await open(PHONE, false)
    await page.goto(`${collector.consoleUrl}/decisions/new`)
    await page.getByLabel('What is it about?').selectOption('blocked')
    await page.getByLabel('What was decided?').fill('Gambling is blocked for everybody')
    await page.getByLabel('Why?').fill('It is not for children.')
    await page.getByLabel('Who decided?').fill('Senior leaders')
    const today = new Date()
    const day = (ms: number): string => new Date(today.getTime() + ms).toISOString().slice(0, 10)
    await page.getByLabel('Decided on').fill(day(-2 * 86_400_000))
    await page.getByLabel('To be looked at again by').fill(day(200 * 86_400_000))
    await page.getByRole('button', { name: 'Keep this decision' }).click()
    t.match(await page.locator('main').innerText(), /Decided by[\s\S]*Senior leaders/)
    await page.context().close()
  })

  await t.test('signing the review on a narrow phone, with script off', async (t) => {
    const { page } = await open({ width: 320, height: 700 }, false)
    await page.goto(`${collector.consoleUrl}/review`)
    await page.getByLabel('What do you say to its limits').fill('We try tablets each half-term.')
    await page.getByRole('button', { name: 'Sign it off' }).click()
    t.match(
      await page.locator('main').innerText(),
      /Signed off by [\s\S]*Head teacher[\s\S]*tablets/,
    )
    t.notOk(await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
    await page.context().close()
  })

  for (const [width, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const)
    await t.test(`no page has an accessibility violation at ${width} width`, async (t) => {
      const { page } = await open(viewport, true)
      for (const [name, path] of [
        ['checks', '/checks'],
        ['no-check', '/checks?result=passed'],
        ['check-new', '/checks/new?step=try'],
        ['decisions', '/decisions'],
        ['decision-new', '/decisions/new'],
        ['review', '/review'],
      ] as const) {
        await page.goto(collector.consoleUrl + path)
        await checkAxe(t, page, `${width}-${name}`)
        const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        t.notOk(scrolls, `${path} does not scroll sideways`)
      }
      for (const list of ['/checks', '/decisions']) {
        await page.goto(collector.consoleUrl + list)
        await page.locator('.edge-rows a').first().click()
        await page.locator('form.edge-form').waitFor()
        await checkAxe(t, page, `${width}-one-of${list.replace('/', '-')}`)
      }
      await page.context().close()
    })
})
