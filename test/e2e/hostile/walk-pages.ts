/** Somebody goes to pages of a hostile console in a browser, and tells what is wrong with each that looks otherwise than those before. */
import type { Browser } from 'playwright-core'
import type { HostileSchool } from './school.ts'
import { faultsOfHtml, TEXTS } from './texts.ts'
import { watchPage } from './watch-page.ts'

export interface Walked {
  readonly pages: number
  readonly faults: readonly string[]
}

/** What differs between people of whom both may do the same. */
const OWN =
  /<nav class="edge-nav"[\s\S]*?<\/nav>|[0-9a-f-]{36}|=\w+'--\{\{7919\*7907\}\}@school\.test|value="[\w-]{20,}"/gi

/** `seen` has the pages of those who went before. */
export async function walkPages(
  { collector }: HostileSchool,
  browser: Browser,
  asked: { readonly cookie: string; readonly paths: readonly string[]; readonly seen: Set<string> },
): Promise<Walked> {
  const { cookie, paths, seen } = asked
  const viewer = await watchPage(browser, collector.consoleUrl, cookie)
  const faults: string[] = []
  let pages = 0
  for (const path of paths) {
    const answer = await collector.page(path, cookie)
    const isPage = (answer.headers.get('content-type') ?? '').startsWith('text/html')
    const html = isPage ? (await answer.text()).replaceAll(OWN, '') : ''
    if (!isPage || seen.has(html)) continue
    seen.add(html)
    pages += 1
    const found = new Set(TEXTS.flatMap((text) => faultsOfHtml(html, text)))
    faults.push(...[...found].map((one) => `${path}: ${one}`))
    // A part of a page is no page for a browser: its text was looked at, and the page has it too.
    if (!path.includes('fragment=')) faults.push(...(await viewer.faultsAt(path)))
  }
  await viewer.close()
  return { pages, faults }
}
