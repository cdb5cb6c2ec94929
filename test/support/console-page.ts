/** What tests do on every page of the console. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import type { RunningCollector } from './running-collector.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env['EDGE_SCREENSHOTS']

/** With a fresh code, which is enough while nobody has an account; then on to the events. */
export async function signIn(collector: RunningCollector, page: Page): Promise<void> {
  await page.goto(`${collector.consoleUrl}/sign-in`)
  await page.getByLabel('Sign-in code').fill(collector.newSignInCode().toLowerCase())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`${collector.consoleUrl}/`)
  await page.goto(`${collector.consoleUrl}/events`)
}

/** As somebody whose session is a Cookie header already. */
export async function comeAs(
  { consoleUrl }: RunningCollector,
  page: Page,
  { cookie, at = '/events' }: { readonly cookie: string; readonly at?: string | undefined },
): Promise<void> {
  const [name = '', value = ''] = cookie.split('=', 2)
  await page.context().addCookies([{ name, value, url: consoleUrl, httpOnly: true }])
  await page.goto(consoleUrl + at)
}

/** By the menu, which is folded on a phone. */
export async function goByMenu(page: Page, name: string): Promise<void> {
  const menu = page.getByRole('navigation', { name: 'Main' })
  const fold = menu.locator('summary')
  if (await fold.isVisible()) await fold.click()
  await menu.getByRole('link', { name, exact: true }).click()
}

/** Fails for every violation that axe finds on the page as it is; takes its picture where `EDGE_SCREENSHOTS` names a folder. */
export async function checkAxe(t: Test, page: Page, name: string): Promise<void> {
  // The page's policy forbids foreign script; the debugger may run it in a world of its own.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: axe })
  const { result } = await session.send('Runtime.evaluate', {
    expression:
      'axe.run(document, { resultTypes: ["violations"] }).then((found) => JSON.stringify(found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160) + " " + (n.failureSummary ?? ""))])))',
    awaitPromise: true,
    returnByValue: true,
  })
  t.equal(result.value, '[]', `axe finds nothing on ${name}`)
  if (shots !== undefined)
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}

export interface OpenPage {
  readonly page: Page
  /** What boxes of `alert` and its like said: a page of ours has none. */
  readonly dialogs: readonly string[]
}

/** A page of somebody who has signed in; anything that it complains of fails the test. */
export async function openPage(
  t: Test,
  browser: Browser,
  options: {
    readonly collector: RunningCollector
    readonly viewport: { readonly width: number; readonly height: number }
    readonly javaScriptEnabled?: boolean
    /** A session; else a fresh code is used. */
    readonly cookie?: string
    /** Where a session begins. */
    readonly at?: string
  },
): Promise<OpenPage> {
  const { collector, viewport, javaScriptEnabled = true } = options
  const context = await browser.newContext({ viewport, javaScriptEnabled, bypassCSP: false })
  const page = await context.newPage()
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    dialog.dismiss().catch(() => undefined)
  })
  page.on('pageerror', (error) => t.fail(`page threw: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') t.fail(`browser complained: ${message.text()}`)
  })
  const { cookie, at } = options
  if (cookie === undefined) await signIn(collector, page)
  else await comeAs(collector, page, { cookie, at })
  return { page, dialogs }
}
