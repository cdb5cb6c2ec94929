/** Somebody of a role goes to every page that is theirs. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Role } from '#collector/accounts/role.ts'
import { comeAs } from '#test/support/console-page.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { pathsOf } from '../../load/pages/paths.ts'
import { pageProblems } from './page-problems.ts'

export const SIZES = {
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
} as const
export type Size = keyof typeof SIZES

export interface WalkOptions {
  readonly collector: RunningCollector
  readonly browser: Browser
  readonly role: Role
  readonly size: Size
  readonly hasScript?: boolean
  /** Pages to leave out: somebody has been there. */
  readonly skip?: ReadonlySet<string>
  /** Where pictures go; none are taken without. */
  readonly shots?: string | undefined
}

export interface Visit {
  readonly path: string
  readonly problems: readonly string[]
}

/** Parts of pages, which come without a head of their own. */
const PART = /fragment=/

export async function walk(options: WalkOptions): Promise<readonly Visit[]> {
  const { collector, browser, role, size, hasScript = true, skip } = options
  const cookie = await collector.signInAs(role)
  const context = await browser.newContext({
    viewport: SIZES[size],
    javaScriptEnabled: hasScript,
    timezoneId: 'Europe/London',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`threw: ${error.message}`))
  page.on('dialog', (dialog) => {
    complaints.push(`asked: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`complained: ${message.text()}`)
  })
  try {
    await comeAs(collector, page, { cookie, at: '/guide' })
    const visits: Visit[] = []
    for (const path of await pathsOf(collector, { name: role, cookie })) {
      if (PART.test(path) || skip?.has(path) || !(await isPage(collector, path, cookie))) continue
      const problems = await visit(page, collector.consoleUrl + path, options)
      visits.push({ path, problems: [...problems, ...complaints.splice(0)] })
    }
    return visits
  } finally {
    await context.close()
  }
}

/** Not a file, not a way to another page, not closed to the role. */
async function isPage(collector: RunningCollector, path: string, cookie: string): Promise<boolean> {
  const { status, headers } = await collector.page(path, cookie)
  return status === 200 && (headers.get('content-type') ?? '').startsWith('text/html')
}

async function visit(
  page: Page,
  url: string,
  { role, size, hasScript = true, shots }: WalkOptions,
): Promise<readonly string[]> {
  await page.goto(url)
  if (shots !== undefined) {
    mkdirSync(shots, { recursive: true })
    const name = new URL(url).pathname.replaceAll(/[^a-z0-9]+/gi, '-').replace(/^-/, '') || 'today'
    const path = join(shots, `${name}-${role}-${size}${hasScript ? '' : '-plain'}.png`)
    await page.screenshot({ path, fullPage: true })
  }
  // Without script nothing can be looked into from here: what is to be seen is in the pictures.
  return hasScript ? pageProblems(page) : []
}
