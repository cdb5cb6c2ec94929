/** The parts of the yearly review, in the order in which people go through it. */
import type { DocumentBlock } from '#console/document-plan.ts'
import { lockedText } from '#console/present/locked-text.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts as countWords } from '#console/words/counts.ts'
import { decisions as decisionWords } from '#console/words/decisions.ts'
import { figures } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'
import { inShort as shortWords } from '#console/words/in-short.ts'
import { report } from '#console/words/report.ts'
import { reviewParts as words } from '#console/words/review-parts.ts'
import { ROLE_WORDS, ROLES, type Role } from '../accounts/role.ts'
import { CHECK_SUBJECTS } from '../evidence/check-subjects.ts'
import { RESULT_OF } from '../evidence/check-words.ts'
import { isDue, type KeptDecision } from '../evidence/read-decisions.ts'
import type { Review } from '../reports/review.ts'
import { oneLine } from './checked-fields.ts'
import { countsTable, isLeft } from './checks-page.ts'
import { AREA_WORDS, dayWords } from './decisions-page.ts'
import { inShort } from './in-short.ts'
import { boxesOf, type PageContext } from './page-context.ts'
import { cannotBlocks, LIMITS, simulated, tableBlock } from './report-blocks.ts'
import { cannotOf, coverageFacts, drillFact, listsFact } from './report-facts.ts'
import {
  answeredTable,
  boxDaysOf,
  boxDaysTable,
  figureNotes,
  outcomeTable,
} from './report-tables.ts'
import { type ToldFigures, tellFigures } from './told-figures.ts'
import { upkeepBlocks } from './upkeep-blocks.ts'

const NEEDED: readonly Role[] = ['dsl', 'head', 'governor', 'it']
const REASON_MAX = 400

export function reviewBlocks(
  context: PageContext,
  review: Review,
  wording: Wording,
): readonly DocumentBlock[] {
  const days = boxDaysOf(context, review.span, wording.nowMs)
  const told = tellFigures(review.alerts, 'few-hidden')
  return [
    ...simulated(review),
    { kind: 'heading', text: shortWords.heading },
    { kind: 'list', items: inShort(context, review, { days, told, wording }) },
    ...peopleBlocks(context),
    ...filterBlocks(context, review, wording),
    tableBlock(boxDaysTable(days, wording), figures.noBoxes),
    ...checkBlocks(context, review, wording),
    ...decisionBlocks(context, review),
    ...alertBlocks(context, review, told),
    ...upkeepBlocks(review, wording),
    ...LIMITS,
    ...QUESTIONS,
  ]
}

const QUESTIONS: readonly DocumentBlock[] = [
  { kind: 'heading', text: words.questions.heading },
  {
    kind: 'list',
    items: [
      words.questions.risk,
      words.questions.changes,
      words.questions.needless,
      words.questions.alerts,
      words.questions.known,
    ],
  },
]

function peopleBlocks({ accounts }: PageContext): readonly DocumentBlock[] {
  const all = accounts.all()
  const namesOf = (role: Role): string =>
    all
      .filter(({ roles }) => roles.includes(role))
      .map(({ name }) => plainText(name, 80))
      .join(', ')
  const held = ROLES.filter((role) => NEEDED.includes(role) || namesOf(role) !== '')
  const missing = NEEDED.filter((role) => namesOf(role) === '').map((role) => ROLE_WORDS[role])
  return [
    { kind: 'heading', text: words.people.heading },
    {
      kind: 'facts',
      facts: held.map((role) => ({
        key: ROLE_WORDS[role],
        value: namesOf(role) || words.people.nobody,
      })),
    },
    ...(missing.length === 0
      ? []
      : [
          {
            kind: 'text',
            tone: 'notice',
            text: fill(words.people.missing, { roles: missing.join(', ') }),
          } as const,
        ]),
  ]
}

function filterBlocks(
  context: PageContext,
  { coverage }: Review,
  wording: Wording,
): readonly DocumentBlock[] {
  const { watch, reports } = context
  const told = boxesOf(context).flatMap(({ appliance }) => watch.lastHeard(appliance)?.report ?? [])
  const locked = [...new Set(told.map((one) => lockedText(one, wording.nowMs)))].join(' ')
  return [
    { kind: 'heading', text: words.working.heading },
    {
      kind: 'text',
      tone: 'quiet',
      text: fill(figures.asOf, { date: wording.time.date(wording.nowMs) }),
    },
    {
      kind: 'facts',
      facts: [
        ...coverageFacts(coverage, wording),
        listsFact(told, wording.nowMs),
        { key: words.working.locked, value: locked === '' ? words.working.noBox : locked },
        drillFact(reports.drill(), wording),
      ],
    },
    ...cannotBlocks(cannotOf(coverage)),
  ]
}

function checkBlocks(
  { evidence }: PageContext,
  { span }: Review,
  wording: Wording,
): readonly DocumentBlock[] {
  const counts = evidence.checks.counts(span)
  const sum = (of: (one: (typeof counts)[number]) => boolean): number =>
    counts.filter(of).reduce((total, { count }) => total + count, 0)
  const untried = CHECK_SUBJECTS.filter(({ id }) => !counts.some(({ tried }) => tried === id))
  return [
    { kind: 'heading', text: words.checks.heading },
    {
      kind: 'facts',
      facts: [
        { key: words.checks.all, value: String(sum(() => true)) },
        {
          key: words.checks.unexpected,
          value: String(sum(({ finding }) => RESULT_OF[finding] !== 'passed')),
        },
        { key: words.checks.left, value: String(sum(isLeft)) },
      ],
    },
    tableBlock(countsTable(counts, wording), words.checks.ifNone),
    ...(untried.length === 0 || counts.length === 0
      ? []
      : [
          { kind: 'text', text: countOf(untried.length, words.checks.untried) } as const,
          { kind: 'list', items: untried.map(({ title }) => title), isShort: true } as const,
        ]),
  ]
}

function decisionBlocks(
  { evidence, limits, time, clock }: PageContext,
  { span }: Review,
): readonly DocumentBlock[] {
  const today = time.dayText(clock.wallMs())
  const all = evidence.decisions
    .list(limits.evidence.decisionsShownMax)
    .filter(({ at, reviewOn }) => reviewOn !== undefined || (at >= span.fromMs && at < span.toMs))
  return [
    { kind: 'heading', text: words.decisions.heading },
    {
      kind: 'table',
      caption: words.decisions.caption,
      heads: [
        words.decisions.decision,
        words.decisions.why,
        words.decisions.byWhom,
        words.decisions.review,
      ],
      rows: all.map((one) => [
        fill(words.decisions.title, {
          title: plainText(one.facts.title, 120),
          area: AREA_WORDS[one.facts.area],
        }),
        whyText(one),
        fill(decisionWords.madeBy, {
          who: plainText(one.facts.decidedBy, 120),
          day: dayWords(one.facts.decidedOn, time),
        }),
        reviewText(one, today, time),
      ]),
      ifEmpty: words.decisions.ifNone,
      isProse: true,
    },
  ]
}

/** With what the last review came to. */
function whyText({ facts, amendments }: KeptDecision): string {
  const last = amendments.at(-1)
  const { reason } = facts
  const text =
    last === undefined
      ? reason
      : fill(words.decisions.reasonAndLater, { reason, later: last.facts.text })
  return oneLine(text, REASON_MAX)
}

function reviewText(
  { reviewOn }: { readonly reviewOn: string | undefined },
  today: string,
  time: PageContext['time'],
): string {
  if (reviewOn === undefined) return words.decisions.ended
  const day = dayWords(reviewOn, time)
  return isDue({ reviewOn }, today) ? fill(words.decisions.dueSince, { day }) : day
}

function alertBlocks(
  context: PageContext,
  { span, alerts, testAlerts, overBlocks }: Review,
  told: ToldFigures,
): readonly DocumentBlock[] {
  const { names, wrongCategory, requests } = overBlocks
  const { asked, granted, refused, atBox } = requests
  return [
    { kind: 'heading', text: words.alerts.heading },
    ...(testAlerts === 0
      ? []
      : [{ kind: 'text', text: countOf(testAlerts, words.alerts.tests) } as const]),
    tableBlock(outcomeTable(told), report.outcome.ifNone),
    tableBlock(answeredTable(alerts, told), report.answered.ifNone),
    ...figureNotes(context, span, told.telling).map(
      (text) => ({ kind: 'text', tone: 'quiet', text }) as const,
    ),
    { kind: 'heading', text: words.alerts.needless },
    {
      kind: 'facts',
      facts: [
        {
          key: words.alerts.requests,
          value: fill(words.alerts.requestsText, {
            requests: countOf(requests.requests, words.alerts.requestsCount),
            sites: countOf(names, countWords.sites),
            times: countOf(asked, words.alerts.times),
          }),
        },
        {
          key: words.alerts.became,
          value: fill(words.alerts.becameText, {
            granted,
            refused,
            atBox,
            waiting: requests.requests - granted - refused - atBox,
          }),
        },
        {
          key: words.alerts.wrongList,
          value: String(wrongCategory),
        },
      ],
    },
  ]
}
