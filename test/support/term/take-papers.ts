/** The papers of a term as people take them from the console: files of the collector, and pages as a browser prints them. */
import { execFile } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { digestsOf, type Term } from './play-term.ts'

const run = promisify(execFile)
const PDFTOPPM = '/usr/bin/pdftoppm'
const DOTS_PER_INCH = '80'
/** Alerts that are handed over, at most. */
const CASES_MAX = 4

/** Why PDF cannot be drawn, or false. */
export const popplerMissing: string | false = existsSync(PDFTOPPM)
  ? false
  : 'needs pdftoppm: the Debian package `poppler-utils`'

/** Writes all into a folder, each page as PNG as well; returns the names of the PDF files. */
export async function takePapers(
  term: Term,
  browser: Browser,
  folder: string,
): Promise<readonly string[]> {
  const { desk, governor, fromDay, toDay } = term
  const span = `from=${fromDay}&to=${toDay}`
  const files = [
    ['review.pdf', `/review.pdf?${span}`, desk.head],
    ['report.pdf', `/report.pdf?${span}`, governor],
    ...casesOf(term).flatMap(([name, id]) => [
      [`case-${name}.pdf`, `/alerts/${id}/hand-over.pdf`, desk.lead],
      [`case-${name}.csv`, `/alerts/${id}/hand-over.csv`, desk.lead],
    ]),
  ] as const
  for (const [name = '', path = '', cookie = ''] of files)
    writeFileSync(join(folder, name), await bytesOf(term, path, cookie))
  const printed = await printPages(term, browser, folder)
  const pdfs = [...files.map(([name = '']) => name), ...printed].filter((one) =>
    one.endsWith('pdf'),
  )
  for (const name of pdfs)
    await run(PDFTOPPM, [
      '-png',
      '-r',
      DOTS_PER_INCH,
      join(folder, name),
      join(folder, name.replace('.pdf', '')),
    ])
  await writeMail(term, browser, folder)
  return pdfs
}

/** The gravest of the lead's alerts, one of illegal material, one that another was merged into, one that was closed. */
function casesOf({ db }: Term): readonly (readonly [string, string])[] {
  return db
    .prepare<[], { name: string; id: string }>(
      `SELECT theme || '-' || state AS name, id FROM alert WHERE queue = 'safeguarding'
       GROUP BY theme = 'illegal', state ORDER BY severity = 'critical' DESC, opened_at LIMIT ${CASES_MAX}`,
    )
    .all()
    .map(({ name, id }) => [name, id])
}

async function bytesOf(
  { collector }: Term,
  path: string,
  cookie: string,
): Promise<Buffer<ArrayBuffer>> {
  const answer = await collector.page(path, cookie)
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

/** As they stand on a screen, and on paper by the rules for print. */
async function printPages(
  term: Term,
  browser: Browser,
  folder: string,
): Promise<readonly string[]> {
  const { desk, governor, fromDay, toDay, collector } = term
  const span = `from=${fromDay}&to=${toDay}`
  const [first] = casesOf(term)
  const pages = [
    ['page-digest', '/digest', desk.lead],
    ['page-report', `/report?${span}`, desk.lead],
    ['page-report-governor', `/report?${span}`, governor],
    ['page-review', `/review?${span}`, desk.head],
    ['page-checks', '/checks', desk.lead],
    ['page-decisions', '/decisions', desk.lead],
    ['page-over-blocks', '/policy/over-blocks', desk.lead],
    ['page-hand-over', `/alerts/${first?.[1] ?? ''}/hand-over`, desk.lead],
  ] as const
  for (const [name, path, cookie] of pages) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    const [key = '', value = ''] = cookie.split('=')
    await context.addCookies([{ name: key, value, url: collector.consoleUrl }])
    const page = await context.newPage()
    await page.goto(collector.consoleUrl + path)
    await page.screenshot({ path: join(folder, `${name}-screen.png`), fullPage: true })
    await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4' })
    await context.close()
  }
  return pages.map(([name]) => `${name}.pdf`)
}

/** The newest, as a program for mail shows plain text. */
async function writeMail({ mail }: Term, browser: Browser, folder: string): Promise<void> {
  // Quoted-printable: lines that go on.
  const text = (digestsOf(mail).at(-1) ?? '').replaceAll('=\r\n', '')
  writeFileSync(join(folder, 'digest.eml'), text)
  const page = await browser.newPage({ viewport: { width: 700, height: 500 } })
  await page.setContent('<pre style="white-space: pre-wrap; font: 15px sans-serif"></pre>')
  await page.locator('pre').evaluate((pre, shown) => {
    pre.textContent = shown
  }, text)
  await page.screenshot({ path: join(folder, 'digest-mail.png') })
  await page.close()
}
