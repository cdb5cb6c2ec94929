import { z } from 'zod'
import type { PlainTime } from '#console/present/plain-time.ts'
import { fill } from '#console/words/fill.ts'
import { report as words } from '#console/words/report.ts'
import type { Span } from '../reports/alert-figures.ts'

const DAY_MS = 86_400_000
const SPAN_DAYS_MAX = 400
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .catch('')
const query = z.object({ from: day, to: day }).catch({ from: '', to: '' })

/** The days that a report is asked for, inclusive both, and what is wrong with them; then nothing is counted. */
export interface ReportSpan {
  readonly fromDay: string
  readonly toDay: string
  readonly fromMs: number
  readonly toMs: number
  readonly problem: string | undefined
  readonly span: Span
}

/** Days begin and end as the school's clocks do; without any, the last `usualMs`. */
export function reportSpan(
  asked: unknown,
  {
    tenant,
    nowMs,
    time,
    usualMs,
  }: {
    readonly tenant: string
    readonly nowMs: number
    readonly time: PlainTime
    readonly usualMs: number
  },
): ReportSpan {
  const given = query.parse(asked ?? {})
  const toDay = given.to === '' ? time.dayText(nowMs) : given.to
  const toMs = time.dayStartMs(toDay, 1) ?? nowMs
  const fromDay = given.from === '' ? time.dayText(toMs - usualMs) : given.from
  const fromMs = time.dayStartMs(fromDay) ?? toMs - usualMs
  const problem = problemOf(fromMs, toMs)
  const span = { tenant, fromMs, toMs: problem === undefined ? toMs : fromMs }
  return { fromDay, toDay, fromMs, toMs, problem, span }
}

function problemOf(fromMs: number, toMs: number): string | undefined {
  if (toMs <= fromMs) return words.lastDayFirst
  return toMs - fromMs > SPAN_DAYS_MAX * DAY_MS
    ? fill(words.tooLong, { days: SPAN_DAYS_MAX })
    : undefined
}
