/** A browser of one person, with script on, that tells of everything on a page that came out of a text. */
import type { Browser, Page } from 'playwright-core'
import { z } from 'zod'

export interface Watched {
  readonly page: Page
  /** Goes there; answers what is wrong with it. */
  readonly faultsAt: (path: string) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

/** What a browser says of every answer that is no 2xx. */
const REFUSED = /status of (?:400|403|404|409)/
const texts = z.array(z.string())
const WATCH_POLICY = `window.edgeBroken = []
document.addEventListener('securitypolicyviolation', (event) => window.edgeBroken.push('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`
/** Elements, attributes and characters that none of our pages has. */
const FOREIGN = `(() => {
  const of = (one) => one.outerHTML.slice(0, 120)
  const wide = () => [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 2).map(of).join(' | ')
  const own = '[src^="/assets/"]'
  const elements = document.querySelectorAll('[data-hostile], hx-edge, iframe, object, embed, base, math, meta[http-equiv], form[action*="evil"], script:not(' + own + '), img:not(' + own + '), link[href*="evil"]')
  const attributes = [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name, value }) =>
    /^on/.test(name) || (/^(?:href|src|action|formaction|srcdoc)$/.test(name) && /^\\s*(?:javascript|data|vbscript):|evil\\.test/i.test(value))))
  const text = document.body.innerText + document.title
  const unseen = /[\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u00AD\\u200B-\\u200F\\u2028-\\u202E\\u2060-\\u206F\\uFEFF]/u.exec(text)
  return [
    ...window.edgeBroken,
    ...[...elements, ...attributes].map((one) => 'foreign: ' + of(one)),
    ...(text.includes('62615633') ? ['a template worked something out'] : []),
    ...(unseen ? ['unseen: ' + JSON.stringify(text.slice(Math.max(0, unseen.index - 40), unseen.index + 20))] : []),
    ...(document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways: ' + wide()] : []),
  ]
})()`

export async function watchPage(
  browser: Browser,
  consoleUrl: string,
  cookie: string,
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const [name = '', value = ''] = cookie.split('=', 2)
  if (name !== '') await context.addCookies([{ name, value, url: consoleUrl, httpOnly: true }])
  const page = await context.newPage()
  await page.addInitScript({ content: WATCH_POLICY })
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`threw: ${error.message}`))
  page.on('dialog', (dialog) => {
    faults.push(`a dialog opened: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined)
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !REFUSED.test(message.text()))
      faults.push(`complained: ${message.text()}`)
  })
  const { host } = new URL(consoleUrl)
  context.on('request', (request) => {
    if (new URL(request.url()).host !== host) faults.push(`asked of ${request.url()}`)
  })
  return {
    page,
    faultsAt: async (path) => {
      const answer = await page.goto(consoleUrl + path)
      const status = answer?.status() ?? 0
      if (status >= 500) faults.push(`answered ${status}`)
      const found = await page
        .evaluate(FOREIGN)
        .catch((error: unknown) => [`went away: ${String(error).slice(0, 60)}`])
      faults.push(...texts.parse(found))
      return faults.splice(0).map((one) => `${path}: ${one}`)
    },
    close: () => context.close(),
  }
}
