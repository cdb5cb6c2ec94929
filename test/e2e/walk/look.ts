/** One browser of one person, that goes from page to page and says what is wrong with each. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { pageProblems } from './page-problems.ts'

export const SIZES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const
export type Size = keyof typeof SIZES

export interface LookOptions {
  readonly collector: RunningCollector
  readonly browser: Browser
  /** A role, or nobody; stands in the names of pictures. */
  readonly who: string
  /** A session, as a Cookie header; empty for somebody who is not signed in. */
  readonly cookie: string
  readonly size: Size
  readonly hasScript?: boolean
  readonly shots?: string | undefined
  /** As it would be on paper. */
  readonly isPrinted?: boolean
}

export interface Visit {
  readonly path: string
  readonly problems: readonly string[]
}

export interface Look {
  readonly page: Page
  /** Goes there and looks. */
  readonly at: (path: string) => Promise<Visit>
  /** Looks at what is there now, under a name of its own. */
  readonly now: (name: string) => Promise<Visit>
  readonly close: () => Promise<void>
}

const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
/** What a browser says of every answer that is no 2xx. */
const REFUSED = /status of (?:400|403|404|409|429)/

export async function openLook(options: LookOptions): Promise<Look> {
  const { collector, browser, cookie, size, hasScript = true, isPrinted = false } = options
  const context = await browser.newContext({
    viewport: SIZES[size],
    javaScriptEnabled: hasScript,
    timezoneId: 'Europe/London',
    locale: 'en-GB',
  })
  const [name = '', value = ''] = cookie.split('=', 2)
  if (name !== '')
    await context.addCookies([{ name, value, url: collector.consoleUrl, httpOnly: true }])
  const page = await context.newPage()
  if (isPrinted) await page.emulateMedia({ media: 'print' })
  const complaints = complaintsOf(page)
  const now = async (what: string): Promise<Visit> => {
    await keepPicture(page, what, options)
    // Without script nothing can be looked into from here: what is to be seen is in the pictures.
    const problems = hasScript && !isPrinted ? await pageProblems(page) : []
    return { path: what, problems: [...problems, ...complaints.splice(0)] }
  }
  return {
    page,
    now,
    at: async (path) => {
      await page.goto(collector.consoleUrl + path)
      return now(path)
    },
    close: () => context.close(),
  }
}

function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`))
  page.on('dialog', (dialog) => {
    complaints.push(`asked: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text()))
      complaints.push(`complained: ${message.text()}`)
  })
  return complaints
}

async function keepPicture(
  page: Page,
  what: string,
  { who, size, hasScript = true, isPrinted = false, shots }: LookOptions,
): Promise<void> {
  if (shots === undefined) return
  mkdirSync(shots, { recursive: true })
  const how = `${hasScript ? '' : '-plain'}${isPrinted ? '-print' : ''}`
  const path = join(shots, `${fileNameOf(what)}-${who}-${size}${how}.png`)
  await page.screenshot({ path, fullPage: true })
}

/** The same for the same page whenever it is looked at: made-up ids are left out. */
function fileNameOf(what: string): string {
  const known = decodeURIComponent(what).replaceAll(ID, 'one')
  return known.replaceAll(/[^a-z0-9]+/gi, '-').replaceAll(/^-|-$/g, '') || 'today'
}
