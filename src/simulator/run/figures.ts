/** A run in numbers. */
import type { ThemeId } from '#rules/themes.ts'
import { type AlertSeen, gravest, isAbove, isAtLeast } from './alert-book.ts'
import type { Outcome } from './outcome.ts'

export interface ThemeFigures {
  /** Alerts above Low, or that a story expects. */
  readonly right: number
  readonly wrong: number
  /** Expectations of stories, and those that were met in time and severity and by the right person. */
  readonly expected: number
  readonly met: number
}

export interface Figures {
  /** Alerts that wait for the safeguarding lead, by the school's own life alone and with the stories. */
  readonly itemsOfBackground: number
  readonly items: number
  /** Low ones, which only the weekly digest tells of. */
  readonly lowOfBackground: number
  /** Of them those of High or above, which interrupt. */
  readonly interruptionsOfBackground: number
  readonly interruptions: number
  readonly themes: ReadonlyMap<ThemeId, ThemeFigures>
}

export function figuresOf(outcome: Outcome, alerts: readonly AlertSeen[]): Figures {
  return {
    itemsOfBackground: outcome.background.filter(isItem).length,
    items: alerts.filter(isItem).length,
    lowOfBackground: outcome.background.filter((one) => isOfLead(one) && !isItem(one)).length,
    interruptionsOfBackground: outcome.background.filter(interrupts).length,
    interruptions: alerts.filter(interrupts).length,
    themes: themeFigures(outcome),
  }
}

function isOfLead({ queue }: AlertSeen): boolean {
  return queue === 'safeguarding'
}

function isItem(alert: AlertSeen): boolean {
  return isOfLead(alert) && isAbove(gravest(alert), 'low')
}

function interrupts(alert: AlertSeen): boolean {
  return isItem(alert) && isAtLeast(gravest(alert), 'high')
}

function themeFigures({
  stories,
  background,
  expected,
}: Outcome): ReadonlyMap<ThemeId, ThemeFigures> {
  const themes = new Map<ThemeId, ThemeFigures>()
  const add = (theme: ThemeId, more: Partial<ThemeFigures>): void => {
    const { right, wrong, expected: due, met } = themes.get(theme) ?? NOTHING
    themes.set(theme, {
      right: right + (more.right ?? 0),
      wrong: wrong + (more.wrong ?? 0),
      expected: due + (more.expected ?? 0),
      met: met + (more.met ?? 0),
    })
  }
  for (const { expectations, tooMuch } of stories) {
    for (const one of expectations)
      add(one.expectation.theme, { expected: 1, met: isMet(one) ? 1 : 0 })
    for (const alert of tooMuch) add(alert.theme, { wrong: 1 })
  }
  const raised = new Set<string>()
  for (const { alert } of stories.flatMap((one) => one.expectations))
    if (alert && expected.has(alert.id) && !raised.has(alert.id)) {
      raised.add(alert.id)
      add(alert.theme, { right: 1 })
    }
  for (const alert of background) if (isAbove(gravest(alert), 'low')) add(alert.theme, { wrong: 1 })
  return themes
}

const NOTHING: ThemeFigures = { right: 0, wrong: 0, expected: 0, met: 0 }

/** Raised as grave as expected, to the right person, however long it took. */
export function isMet(one: Outcome['stories'][number]['expectations'][number]): boolean {
  return one.afterMs !== undefined && one.isRightQueue
}
