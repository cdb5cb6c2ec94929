import { z } from 'zod'
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
    area: choiceProblem(area, DECISION_AREAS, 'Choose what it is about'),
    title: lineProblem(title, limits, 'Write what was decided, in one sentence'),
    reason: reasonProblem(reason, limits),
    by: lineProblem(by, limits, 'Write who decided: a role, a person or a meeting'),
    on: dayProblem(on, {
      ifEmpty: 'Choose the day on which it was decided',
      latest: { day: today, says: 'choose today or a day before' },
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
    outcome: choiceProblem(outcome, AMENDMENT_KINDS, 'Choose what the review came to'),
    reason: reasonProblem(reason, limits),
    by: lineProblem(by, limits, 'Write who decided: a role, a person or a meeting'),
    review: outcome === 'ended' ? '' : reviewProblem(review, today, limits),
  })
}

function reasonProblem(reason: string, { textMax }: EvidenceLimits): string {
  return reason === '' ? 'Write why' : lengthProblem(reason, textMax)
}

/** It is due after the day from which it counts, and not too long after. */
function reviewProblem(review: string, from: string, { reviewDaysMax }: EvidenceLimits): string {
  return dayProblem(review, {
    ifEmpty: 'Choose the day by which it is looked at again',
    earliest: { day: dayAfter(from, 1), says: 'choose a day after the decision' },
    latest: { day: dayAfter(from, reviewDaysMax), says: 'choose a day within three years' },
  })
}
