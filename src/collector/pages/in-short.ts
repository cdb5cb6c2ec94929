/** What a report says, in a few sentences, for whoever reads no further. */

import type { Wording } from '#console/present/wording.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { inShort as words } from '#console/words/in-short.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { RESULT_OF } from '../evidence/check-words.ts'
import { isDue } from '../evidence/read-decisions.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'
import type { BoxDays } from '../reports/box-days.ts'
import type { HalfTermReport } from '../reports/half-term-report.ts'
import { isLeft } from './checks-page.ts'
import type { PageContext } from './page-context.ts'
import { percent, severityText } from './report-facts.ts'
import { EXACT, type Numbers } from './small-numbers.ts'

export function inShort(
  context: PageContext,
  { alerts, coverage, span }: HalfTermReport,
  {
    days,
    numbers,
    wording,
  }: { readonly days: BoxDays; readonly numbers: Numbers; readonly wording: Wording },
): readonly string[] {
  const { boxes, heardLately } = coverage
  const silent = days.boxes.reduce((sum, one) => sum + one.silent, 0)
  return [
    openedText(alerts, numbers),
    ...closedTexts(alerts, numbers),
    fill(words.open, {
      date: wording.time.date(wording.nowMs),
      open: alerts.open,
      unseen: alerts.unacknowledged.reduce((sum, { count }) => sum + count, 0),
    }),
    checksText(context, span),
    decisionsText(context),
    boxes === 0 ? words.noBoxes : fill(words.heard, { heard: heardLately, boxes }),
    ...(silent === 0 ? [] : [countOf(silent, words.silent)]),
  ]
}

function openedText({ opened }: AlertFigures, numbers: Numbers): string {
  if (opened.length === 0) return words.noneOpened
  const of = (severity: string): number =>
    opened.filter((one) => one.severity === severity).reduce((sum, { count }) => sum + count, 0)
  const byTheme = [...Map.groupBy(opened, ({ theme }) => theme).values()].map((own) =>
    own.reduce((sum, { count }) => sum + count, 0),
  )
  const severities = SEVERITIES.filter((severity) => of(severity) > 0)
    .map((severity) =>
      fill(words.ofSeverity, {
        count: numbers.one(of(severity)),
        severity: severityText(severity).toLowerCase(),
      }),
    )
    .join(', ')
  return fill(words.opened, { count: numbers.total(byTheme), severities })
}

function closedTexts({ decisions, merged }: AlertFigures, numbers: Numbers): readonly string[] {
  const of = (isOf: (decision: string) => boolean): number =>
    decisions.filter(({ decision }) => isOf(decision)).reduce((sum, { count }) => sum + count, 0)
  const closed = of(() => true)
  const concerns = of((decision) => decision === 'concern')
  const byTheme = [...Map.groupBy(decisions, ({ theme }) => theme).values()].map((own) =>
    own.reduce((sum, { count }) => sum + count, 0),
  )
  const isShown = numbers.one(concerns) === EXACT.one(concerns)
  const values = { count: numbers.total(byTheme), concerns: numbers.one(concerns) }
  return [
    ...(closed === 0
      ? [words.noneClosed]
      : [
          isShown
            ? fill(words.closedShare, { ...values, share: percent(concerns / closed) })
            : fill(words.closed, values),
        ]),
    ...(merged === 0 ? [] : [countOf(merged, words.merged)]),
  ]
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
