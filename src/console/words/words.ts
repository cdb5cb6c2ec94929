/**
 * All words that the console shows, a file for each page or part: to be read through by one who writes plain English, and to be put into
 * another language as a whole. Templates have them as `words`; what a page is told in code is imported from here.
 */

import { alert } from './alert.ts'
import { alertFacts } from './alert-facts.ts'
import { alertForms } from './alert-forms.ts'
import { alertHistory } from './alert-history.ts'
import { alertProblems } from './alert-problems.ts'
import { alerts } from './alerts.ts'
import { check } from './check.ts'
import { checkFindings } from './check-findings.ts'
import { checks } from './checks.ts'
import { common } from './common.ts'
import { confirm } from './confirm.ts'
import { counts } from './counts.ts'
import { decision } from './decision.ts'
import { decisions } from './decisions.ts'
import { digest } from './digest.ts'
import { documents } from './documents.ts'
import { event } from './event.ts'
import { events } from './events.ts'
import { evidence } from './evidence.ts'
import { figures } from './figures.ts'
import { handOver } from './hand-over.ts'
import { layout } from './layout.ts'
import { newCheck } from './new-check.ts'
import { overBlocks } from './over-blocks.ts'
import { problems } from './problems.ts'
import { proof } from './proof.ts'
import { releases } from './releases.ts'
import { report } from './report.ts'
import { review } from './review.ts'
import { reviewParts } from './review-parts.ts'
import { severities } from './severities.ts'
import { themes } from './themes.ts'
import { time } from './time.ts'
import { timetable } from './timetable.ts'
import { today } from './today.ts'
import { verdicts } from './verdicts.ts'

export interface Words {
  readonly alert: typeof alert
  readonly alertFacts: typeof alertFacts
  readonly alertForms: typeof alertForms
  readonly alertHistory: typeof alertHistory
  readonly alertProblems: typeof alertProblems
  readonly alerts: typeof alerts
  readonly check: typeof check
  readonly checkFindings: typeof checkFindings
  readonly checks: typeof checks
  readonly common: typeof common
  readonly confirm: typeof confirm
  readonly counts: typeof counts
  readonly decision: typeof decision
  readonly decisions: typeof decisions
  readonly digest: typeof digest
  readonly documents: typeof documents
  readonly event: typeof event
  readonly events: typeof events
  readonly evidence: typeof evidence
  readonly figures: typeof figures
  readonly handOver: typeof handOver
  readonly layout: typeof layout
  readonly newCheck: typeof newCheck
  readonly overBlocks: typeof overBlocks
  readonly problems: typeof problems
  readonly proof: typeof proof
  readonly releases: typeof releases
  readonly report: typeof report
  readonly review: typeof review
  readonly reviewParts: typeof reviewParts
  readonly severities: typeof severities
  readonly themes: typeof themes
  readonly time: typeof time
  readonly timetable: typeof timetable
  readonly today: typeof today
  readonly verdicts: typeof verdicts
}

export const WORDS: Words = {
  alert,
  alertFacts,
  alertForms,
  alertHistory,
  alertProblems,
  alerts,
  check,
  checkFindings,
  checks,
  common,
  confirm,
  counts,
  decision,
  decisions,
  digest,
  documents,
  event,
  events,
  evidence,
  figures,
  handOver,
  layout,
  newCheck,
  overBlocks,
  problems,
  proof,
  releases,
  report,
  review,
  reviewParts,
  severities,
  themes,
  time,
  timetable,
  today,
  verdicts,
}
