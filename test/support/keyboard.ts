/** Somebody with a keyboard and nothing else: what cannot be reached by Tab is out of reach, and a place where one does not see that one is there is written down. */
import type { Page } from 'playwright-core'

/** Of one page, from its beginning. */
const TABS_MAX = 120
const OPTIONS_MAX = 40
const SKIP = 'Skip to main content'

interface Stop {
  readonly name: string
  /** Of a select: what is chosen. */
  readonly chosen: string
  /** What is wrong with the place, in words. */
  readonly problem: string
}

export interface Keyboard {
  /** Past the head of the page by the link that is for that; the first press of a page. */
  readonly skip: () => Promise<void>
  /** Goes on by Tab to what is called so; answers how many presses that took. */
  readonly reach: (name: string | RegExp) => Promise<number>
  /** Enter where the focus is, and another page. */
  readonly enter: () => Promise<void>
  /** `reach`, then another page. */
  readonly follow: (name: string | RegExp) => Promise<number>
  /** `reach`, then what is folded there opens. */
  readonly unfold: (name: string | RegExp) => Promise<void>
  readonly write: (label: string | RegExp, text: string) => Promise<void>
  /** In a list, or among radio buttons, by arrows. */
  readonly choose: (label: string | RegExp, option: string) => Promise<void>
  /** By space. */
  readonly tick: (label: string | RegExp) => Promise<void>
  /** How often something was pressed that acts, since the last call. */
  readonly acts: () => number
  /** Of all places that were passed. */
  readonly problems: () => readonly string[]
}

export function makeKeyboard(page: Page): Keyboard {
  const problems = new Set<string>()
  let acts = 0
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const here = async (): Promise<Stop> => {
    const stop: Stop = await page.evaluate(FOCUSED)
    if (stop.problem !== '') problems.add(`${new URL(page.url()).pathname}: ${stop.problem}`)
    return stop
  }
  const reach = async (name: string | RegExp): Promise<number> => {
    const passed: string[] = []
    for (let presses = 1; presses <= TABS_MAX; presses++) {
      await press('Tab')
      const stop = await here()
      if (typeof name === 'string' ? stop.name === name : name.test(stop.name)) return presses
      passed.push(stop.name.slice(0, 40))
    }
    throw new Error(`${page.url()}: no Tab leads to "${name}", but to ${passed.join(' | ')}`)
  }
  const enter = async (): Promise<void> => {
    acts += 1
    const loaded = page.waitForEvent('load')
    await press('Enter')
    await loaded
  }
  return {
    reach,
    enter,
    skip: async () => {
      const presses = await reach(SKIP)
      if (presses > 1) problems.add(`${page.url()}: the way past the head comes ${presses}th`)
      await press('Enter')
    },
    follow: async (name) => {
      const presses = await reach(name)
      await enter()
      return presses
    },
    unfold: async (name) => {
      await reach(name)
      acts += 1
      await press('Enter')
    },
    write: async (label, text) => {
      await reach(label)
      await page.keyboard.type(text)
    },
    choose: async (label, option) => {
      await reach(label)
      for (let presses = 0; presses < OPTIONS_MAX; presses++) {
        const { name, chosen } = await here()
        if (chosen === option || (chosen === '' && name === option)) return
        await press('ArrowDown')
      }
      throw new Error(`${page.url()}: no arrow leads to "${option}"`)
    },
    tick: async (label) => {
      await reach(label)
      await press('Space')
    },
    acts: () => {
      const count = acts
      acts = 0
      return count
    },
    problems: () => [...problems],
  }
}

/** What has the focus, by the name that it has for everybody, and whether one sees it: by the yellow of the focus, or the browser’s own ring. */
const FOCUSED = `(() => {
  const one = document.activeElement
  if (one === null || one === document.body) return { name: '', chosen: '', problem: '' }
  const label = one.labels?.[0]
  const name = (one.getAttribute('aria-label') ?? label?.textContent ?? one.textContent).replace(/\\s+/g, ' ').trim()
  const chosen = one.matches('select') ? one.selectedOptions[0]?.text ?? '' : ''
  const yellow = 'rgb(255, 216, 77)'
  const styles = [one, label].flatMap((each) => each ? ['', '::before', '::after'].map((part) => getComputedStyle(each, part)) : [])
  // Within a date the browser draws its own ring round the part, such as the button of the calendar, which no style of ours reaches.
  const isPart = one.matches('input[type=date]:not(:focus)')
  const isSeen = isPart || styles.some((style) => style.outlineStyle === 'auto' || style.backgroundColor === yellow || style.boxShadow.includes(yellow) ||
    (style.outlineStyle !== 'none' && style.outlineColor === yellow))
  const box = (one.matches('input[type=radio], input[type=checkbox]') && label ? label : one).getBoundingClientRect()
  const isInSight = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const what = name.slice(0, 40) + ' (' + one.localName + ')'
  const problem = one.localName === 'main' ? '' : !isSeen ? 'focus is not seen on ' + what : isInSight ? '' : 'focus is out of sight on ' + what
  return { name, chosen, problem }
})()`
