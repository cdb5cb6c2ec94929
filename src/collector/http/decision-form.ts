import { z } from 'zod'
import { decision } from '#console/words/decision.ts'
import type { EvidenceLimits } from '../config/evidence-limits.ts'
import { AMENDMENT_KINDS, DECISION_AREAS } from '../evidence/evidence-entry.ts'
import {
  choiceProblem,
  dayAfter,
  dayProblem,
  isDay,
  lengthProblem,
  lineProblem,
  type Problems,
  problemsOf,
} from './form-problems.ts'

/** What the forms of a decision ask. Hostile text; days as `YYYY-MM-DD`. */
export interface DecisionForm {
  readonly area: string
  readonly title: string
  readonly reason: string
  readonly by: string
  readonly on: string
  readonly review: string
  /** Of an amendment. */
  readonly outcome: string
}

const words = decision.problems

const text = z.string().trim().catch('')
const form: z.ZodType<DecisionForm> = z.object({
  area: text,
  title: text,
  reason: text,
  by: text,
  on: text,
  review: text,
  outcome: text,
})

/** Reads a form; never fails. */
export function readDecisionForm(given: unknown): DecisionForm {
  const known = form.safeParse(given)
  return known.success ? known.data : form.parse({})
}

/** Of a new decision; `today` is the school's day. */
export function decisionProblems(
  { area, title, reason, by, on, review }: DecisionForm,
  today: string,
  limits: EvidenceLimits,
): Problems {
  return problemsOf({
    area: choiceProblem(area, DECISION_AREAS, words.area),
    title: lineProblem(title, limits, words.decided),
    reason: reasonProblem(reason, limits),
    by: lineProblem(by, limits, words.by),
    on: dayProblem(on, {
      ifEmpty: words.on,
      latest: { day: today, says: words.onLatest },
    }),
    review: reviewProblem(review, isDay(on) ? on : today, limits),
  })
}

/** Of what is added to one. */
export function amendmentProblems(
  { outcome, reason, by, review }: DecisionForm,
  today: string,
  limits: EvidenceLimits,
): Problems {
  return problemsOf({
    outcome: choiceProblem(outcome, AMENDMENT_KINDS, words.outcome),
    reason: reasonProblem(reason, limits),
    by: lineProblem(by, limits, words.by),
    review: outcome === 'ended' ? '' : reviewProblem(review, today, limits),
  })
}

function reasonProblem(reason: string, { textMax }: EvidenceLimits): string {
  return reason === '' ? words.reason : lengthProblem(reason, textMax)
}

/** It is due after the day from which it counts, and not too long after. */
function reviewProblem(review: string, from: string, { reviewDaysMax }: EvidenceLimits): string {
  return dayProblem(review, {
    ifEmpty: words.review,
    earliest: { day: dayAfter(from, 1), says: words.reviewEarliest },
    latest: { day: dayAfter(from, reviewDaysMax), says: words.reviewLatest },
  })
}
