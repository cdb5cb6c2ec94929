/** What is wrong with a page as a browser shows it, in words; what axe finds, and what it cannot see. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { z } from 'zod'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** WCAG 2.2, 1.4.10: a page 1,280 pixels wide at 400 %. */
const REFLOW = { width: 320, height: 640 }
/** WCAG 2.2, 1.4.4: the same at 200 %. */
const ZOOMED = { width: 640, height: 450 }
/** WCAG 2.2, 2.5.8. Pixels. */
const TARGET_PX_MIN = 24
/** Charts are drawn anew once they hear of another width. */
const DRAWN = `new Promise((done) => requestAnimationFrame(() =>
  setTimeout(done, document.querySelector('.edge-chart') === null ? 0 : 100)))`
const TABS_MAX = 400
const TABS_AT_ONCE = 20

const focusFound = z.object({ isOver: z.boolean(), found: z.array(z.string()) })
/** Writes down where the keyboard comes to, until it is where it was before. */
const WATCH_FOCUS = `(() => {
  // A summary of problems has taken the focus by now: what is next is what comes after it, unless one begins anew.
  document.body.tabIndex = -1
  document.body.focus()
  document.body.removeAttribute('tabindex')
  const seen = []
  const kept = { isOver: false, found: [] }
  window.edgeFocus = kept
  document.addEventListener('focusin', ({ target: one }) => {
    if (seen.includes(one)) kept.isOver = true
    if (kept.isOver) return
    const last = seen.at(-1)
    seen.push(one)
    const style = getComputedStyle(one)
    const isShown = style.outlineStyle !== 'none' || style.boxShadow !== 'none' || one.matches('input[type=checkbox], input[type=radio]')
    const isAfter = last === undefined || (last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
    const text = one.outerHTML.slice(0, 100)
    if (!isAfter) kept.found.push('focus: goes back at ' + text)
    if (!isShown) kept.found.push('focus: not to be seen at ' + text)
    if (one.getBoundingClientRect().width === 0) kept.found.push('focus: nothing there at ' + text)
  })
})()`

/** The page is left as narrow as the last check made it. */
export async function pageProblems(page: Page): Promise<readonly string[]> {
  const viewport = page.viewportSize() ?? ZOOMED
  const problems = [
    ...(await axeFinds(page)),
    ...(await smallTargets(page)),
    ...(await focusProblems(page)),
  ]
  for (const [what, size] of [
    ['at 200 %', ZOOMED],
    ['at 320 pixels', REFLOW],
  ] as const) {
    await page.setViewportSize(size)
    await page.evaluate(DRAWN)
    problems.push(...(await tooWide(page)).map((one) => `${what}: ${one}`))
  }
  await page.setViewportSize(viewport)
  return problems
}

async function axeFinds(page: Page): Promise<readonly string[]> {
  // The page's policy forbids foreign script; the debugger may run it in a world of its own.
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: AXE })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ["violations"] }).then((found) =>
      found.violations.map((v) => 'axe: ' + v.id + ' ' + v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  return texts(result.value)
}

/** What sticks out to the right of the screen; what scrolls within its own place does not. */
async function tooWide(page: Page): Promise<readonly string[]> {
  return texts(
    await page.evaluate(`(() => {
      if (document.documentElement.scrollWidth <= innerWidth) return []
      const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      return ['too wide: ' + document.documentElement.scrollWidth + ' ' + wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 100)).join(' | ')]
    })()`),
  )
}

/** What is pressed and is smaller than a fingertip; a link in the middle of a sentence may be, and so may one with room around it. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  return texts(
    await page.evaluate(`(() => {
      const boxes = [...document.querySelectorAll('a[href], button, summary, input:not([type=hidden]), select, textarea')]
        .map((one) => {
          const label = one.matches('input[type=checkbox], input[type=radio]') ? one.labels[0] : undefined
          return { one, box: (label ?? one).getBoundingClientRect() }
        })
        .filter(({ one, box }) => box.width > 1 && box.height > 1 && one.checkVisibility())
      const isInSentence = (one) => getComputedStyle(one).display === 'inline' &&
        [...one.parentElement.childNodes].some((node) => node !== one && node.textContent.trim() !== '')
      const isNear = (a, b) => Math.hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2) < ${TARGET_PX_MIN}
      return boxes
        .filter(({ one, box }) => Math.min(box.width, box.height) < ${TARGET_PX_MIN} && !isInSentence(one))
        .filter(({ one, box }) => boxes.some((other) => other.one !== one && isNear(box, other.box)))
        .map(({ one, box }) => 'small: ' + Math.round(box.width) + 'x' + Math.round(box.height) + ' ' + one.outerHTML.slice(0, 100))
    })()`),
  )
}

/** The keyboard reaches all that can be pressed, from top to bottom, and sees where it is. */
async function focusProblems(page: Page): Promise<readonly string[]> {
  const asks = await page.evaluate(
    `document.querySelectorAll('[tabindex]:not([tabindex="0"]):not([tabindex="-1"])').length`,
  )
  const problems = asks === 0 ? [] : [`focus: ${String(asks)} places ask for an order of their own`]
  await page.evaluate(WATCH_FOCUS)
  for (let tab = 0; tab < TABS_MAX; tab += TABS_AT_ONCE) {
    for (let one = 0; one < TABS_AT_ONCE; one++) await page.keyboard.press('Tab')
    const { isOver, found } = focusFound.parse(await page.evaluate('window.edgeFocus'))
    if (isOver) return [...problems, ...found]
  }
  return [...problems, `focus: no end after ${TABS_MAX} presses`]
}

function texts(found: unknown): readonly string[] {
  return Array.isArray(found) ? found.map(String) : ['nothing was found out']
}
