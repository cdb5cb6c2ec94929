import type { DocumentBlock, DocumentPlan } from '#console/document-plan.ts'
import type { ReviewView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { review as words } from '#console/words/review.ts'
import { reviewParts as partWords } from '#console/words/review-parts.ts'
import { signOff } from '#console/words/sign-off.ts'
import { ROLE_WORDS } from '../accounts/role.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { SignedPart } from '../evidence/evidence-entry.ts'
import type { ReviewDays } from '../evidence/read-sign-offs.ts'
import type { Review } from '../reports/review.ts'
import { checkedField, fieldProblems, NOTHING_SENT, type Sent } from './checked-fields.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { paperTime } from './paper-time.ts'
import { type ReportSpan, reportSpan } from './report-span.ts'
import { reviewBlocks } from './review-blocks.ts'
import { partsOf, signerRole, signOffBlocks } from './review-sign-off.ts'

const YEAR_MS = 365 * 86_400_000
/** Of a school's name, on paper. */
export const SCHOOL_MAX = 60

/** What there is to show of a year, as a page; it names no pupil. */
export function reviewPage(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
  sent: Sent = NOTHING_SENT,
): ReviewView {
  const days = daysOf(context, asked)
  const { time, clock } = context
  const nowMs = clock.wallMs()
  const blocks = days.problem === undefined ? pageBlocks(context, days) : []
  const first = blocks.findIndex(({ kind }) => kind === 'list') + 1
  return {
    view: 'review',
    from: { ...time.at(days.fromMs, nowMs), after: time.date(days.fromMs) },
    to: { ...time.at(days.toMs - 1, nowMs), after: time.date(days.toMs - 1) },
    fromDay: days.fromDay,
    toDay: days.toDay,
    problem: days.problem,
    pdfHref: `/review.pdf?${new URLSearchParams({ from: days.fromDay, to: days.toDay }).toString()}`,
    inShort: blocks.slice(0, first),
    blocks: blocks.slice(first),
    sign: signForm(viewer, sent),
  }
}

/** The same to be printed, discussed and signed; undefined where the days make no sense. */
export function reviewPlan(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
): DocumentPlan | undefined {
  const days = daysOf(context, asked)
  if (days.problem !== undefined) return undefined
  const blocks = paperBlocks(context, readOf(context, days))
  return {
    title: words.paperTitle,
    ...frameOf(context, viewer, days),
    blocks: [...blocks, ...signOffBlocks(context, days, blocks), ...TO_AGREE],
  }
}

/** What is signed; undefined where the days make no sense. */
export function reviewParts(
  context: PageContext,
  asked: unknown,
): (ReviewDays & { readonly parts: readonly SignedPart[] }) | undefined {
  const days = daysOf(context, asked)
  if (days.problem !== undefined) return undefined
  const { fromDay, toDay } = days
  return { fromDay, toDay, parts: partsOf(paperBlocks(context, readOf(context, days))) }
}

/** A year is read once, for what is shown and for what was signed of it. */
function pageBlocks(context: PageContext, days: ReportSpan): readonly DocumentBlock[] {
  const review = readOf(context, days)
  return [
    ...blocksOf(context, review),
    ...signOffBlocks(context, days, paperBlocks(context, review)),
  ]
}

function signForm(viewer: Viewer, sent: Sent): ReviewView['sign'] {
  const role = signerRole(viewer)
  if (role === undefined) return undefined
  const { label, hint } = signOff
  const field = checkedField({ type: 'area', name: 'text', label, hint }, sent)
  const name = plainText(viewer.account?.name ?? '', 100)
  return { name, role: ROLE_WORDS[role], field, problems: fieldProblems([field]) }
}

/** With times in full, as they stand on paper. */
function paperBlocks(context: PageContext, review: Review): readonly DocumentBlock[] {
  return blocksOf({ ...context, time: paperTime(context.time) }, review)
}

/** What stands above and below every report. */
export function frameOf(
  { time, clock, school }: PageContext,
  { who }: Viewer,
  { fromMs, toMs }: Pick<ReportSpan, 'fromMs' | 'toMs'>,
): Pick<DocumentPlan, 'school' | 'subtitle' | 'footer' | 'madeAt'> {
  const nowMs = clock.wallMs()
  return {
    school: plainText(school, SCHOOL_MAX),
    subtitle: fill(words.subtitle, { from: time.date(fromMs), to: time.date(toMs - 1) }),
    footer: fill(words.footer, {
      school: school === '' ? words.ours : plainText(school, SCHOOL_MAX),
      date: time.date(nowMs),
      time: time.clock(nowMs),
      who: plainText(who, 80),
    }),
    madeAt: nowMs,
  }
}

function daysOf({ tenant, clock, time }: PageContext, asked: unknown): ReportSpan {
  return reportSpan(asked, { tenant, nowMs: clock.wallMs(), time, usualMs: YEAR_MS })
}

function readOf({ reports, clock }: PageContext, { span }: ReportSpan): Review {
  return reports.review(span, clock.wallMs())
}

function blocksOf(context: PageContext, review: Review): readonly DocumentBlock[] {
  return reviewBlocks(context, review, wordingOf(context, boxesOf(context)))
}

const { agreed } = partWords
const TO_AGREE: readonly DocumentBlock[] = [
  { kind: 'heading', text: agreed.heading },
  {
    kind: 'lines',
    labels: [agreed.action, agreed.action, agreed.action, agreed.nextReview],
  },
  { kind: 'heading', text: agreed.tookPart },
  {
    kind: 'lines',
    labels: [agreed.leader, agreed.lead, agreed.it, agreed.governor],
  },
]
