/** What a report says, in a few sentences, for whoever reads no further. */

import type { Wording } from '#console/present/wording.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { inShort as words } from '#console/words/in-short.ts'
import { RESULT_OF } from '../evidence/check-words.ts'
import { isDue } from '../evidence/read-decisions.ts'
import type { BoxDays } from '../reports/box-days.ts'
import type { HalfTermReport } from '../reports/half-term-report.ts'
import { isLeft } from './checks-page.ts'
import type { PageContext } from './page-context.ts'
import { percent, severityText } from './report-facts.ts'
import { isExact, type Told, toldText } from './told.ts'
import { closedIn, type ToldFigures } from './told-figures.ts'

export function inShort(
  context: PageContext,
  { coverage, span }: HalfTermReport,
  {
    days,
    told,
    wording,
  }: { readonly days: BoxDays; readonly told: ToldFigures; readonly wording: Wording },
): readonly string[] {
  const { boxes, heardLately } = coverage
  const silent = days.boxes.reduce((sum, one) => sum + one.silent, 0)
  return [
    ...alertTexts(told, wording.time.date(wording.nowMs)),
    checksText(context, span),
    decisionsText(context),
    boxes === 0 ? words.noBoxes : fill(words.heard, { heard: heardLately, boxes }),
    ...(silent === 0 ? [] : [countOf(silent, words.silent)]),
  ]
}

/** Of alerts. `date` is today. */
export function alertTexts(told: ToldFigures, date: string): readonly string[] {
  const { merged, open, unseen } = told
  return [
    openedText(told),
    closedText(told),
    ...(merged.most === 0
      ? []
      : [fill(isOne(merged) ? words.merged.one : words.merged.many, { count: toldText(merged) })]),
    fill(words.open, { date, open: toldText(open), unseen: toldText(unseen) }),
  ]
}

function openedText({ opened, severities }: ToldFigures): string {
  if (severities.length === 0) return words.noneOpened
  const texts = severities.map((one) =>
    fill(words.ofSeverity, {
      count: toldText(one.opened),
      severity: severityText(one.severity).toLowerCase(),
    }),
  )
  return fill(words.opened, { count: toldText(opened), severities: texts.join(', ') })
}

function closedText({ closed: { concern, noConcern, wrong } }: ToldFigures): string {
  const closed = closedIn({ concern, noConcern, wrong })
  if (closed.most === 0) return words.noneClosed
  const values = { count: toldText(closed), concerns: toldText(concern) }
  // A share of what is not told would tell it.
  return isExact(closed) && isExact(concern)
    ? fill(words.closedShare, { ...values, share: percent(concern.least / closed.least) })
    : fill(words.closed, values)
}

function isOne({ least, most }: Told): boolean {
  return least === 1 && most === 1
}

function checksText({ evidence }: PageContext, span: HalfTermReport['span']): string {
  const counts = evidence.checks.counts(span)
  const sum = (of: (one: (typeof counts)[number]) => boolean): number =>
    counts.filter(of).reduce((total, { count }) => total + count, 0)
  const checks = sum(() => true)
  if (checks === 0) return words.noChecks
  const unexpected = sum(({ finding }) => RESULT_OF[finding] !== 'passed')
  return fill(words.checks, { checks, unexpected, left: sum(isLeft) })
}

function decisionsText({ evidence, limits, time, clock }: PageContext): string {
  const today = time.dayText(clock.wallMs())
  const inForce = evidence.decisions
    .list(limits.evidence.decisionsShownMax)
    .filter(({ reviewOn }) => reviewOn !== undefined)
  const due = inForce.filter((one) => isDue(one, today)).length
  return fill(words.decisions, { count: inForce.length, due })
}
