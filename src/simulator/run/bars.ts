/** What has to hold of a run, each as a sentence with its figure. */
import { gravest, isAbove, isAtLeast } from './alert-book.ts'
import type { Figures } from './figures.ts'
import type { ExpectationOutcome, Outcome } from './outcome.ts'

export interface Bar {
  readonly isHeld: boolean
  readonly text: string
}

/** From the deciding lookup of a Critical or Urgent story until its alert. */
export const RAISED_WITHIN_MS = 60_000
/** safeguarding.md section 7.5: at most 3 items per 1,000 pupils a school day. */
export const ITEMS_PER_THOUSAND_MAX = 3
export const INTERRUPTIONS_A_WEEK_MAX = 1

export interface Size {
  readonly pupils: number
  readonly schoolDays: number
  readonly weeks: number
}

export function barsOf(
  outcome: Outcome,
  figures: Figures,
  traces: readonly string[],
  size: Size,
): readonly Bar[] {
  const grave = outcome.stories
    .flatMap(({ expectations }) => expectations)
    .filter(({ expectation }) => isAtLeast(expectation.severity, 'urgent'))
  const inTime = grave.filter(isInTime)
  const items = perThousand(figures.itemsOfBackground, size)
  const aWeek = figures.interruptionsOfBackground / Math.max(1, size.weeks)
  const background = outcome.background.filter((alert) => isAbove(gravest(alert), 'low'))
  const curriculum = outcome.stories
    .filter(({ story }) => story.expect.length === 0)
    .flatMap(({ tooMuch }) => tooMuch)
  return [
    bar(
      inTime.length === grave.length,
      `${inTime.length} of ${grave.length} Critical or Urgent alerts raised within ${RAISED_WITHIN_MS / 1000} s, to the right person`,
    ),
    bar(
      items <= ITEMS_PER_THOUSAND_MAX,
      `background and curriculum: ${items.toFixed(2)} items per 1,000 pupils a school day, at most ${ITEMS_PER_THOUSAND_MAX}`,
    ),
    bar(
      aWeek <= INTERRUPTIONS_A_WEEK_MAX,
      `background and curriculum: ${aWeek.toFixed(2)} interruptions (High or above) a week, at most ${INTERRUPTIONS_A_WEEK_MAX}`,
    ),
    bar(
      background.length === 0,
      `background and curriculum: ${background.length} alerts above Low, at most 0`,
    ),
    bar(
      curriculum.length === 0,
      `stories that expect nothing: ${curriculum.length} alerts more than they allow, at most 0`,
    ),
    bar(
      traces.length === 0,
      `${traces.length} names of help sites found in what was told, at most 0`,
    ),
  ]
}

export function isInTime({ afterMs, isRightQueue }: ExpectationOutcome): boolean {
  return afterMs !== undefined && afterMs <= RAISED_WITHIN_MS && isRightQueue
}

export function perThousand(items: number, { pupils, schoolDays }: Size): number {
  return items / (pupils / 1000) / Math.max(1, schoolDays)
}

function bar(isHeld: boolean, text: string): Bar {
  return { isHeld, text }
}
