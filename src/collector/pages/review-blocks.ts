/** The parts of the yearly review, in the order in which people go through it. */
import type { DocumentBlock } from '#console/document-plan.ts'
import { lockedText } from '#console/present/locked-text.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plainDuration, plural } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
import type { FigureTable } from '#console/report-views.ts'
import { ROLE_WORDS, ROLES, type Role } from '../accounts/role.ts'
import { CHECK_SUBJECTS } from '../evidence/check-subjects.ts'
import { RESULT_OF } from '../evidence/check-words.ts'
import { isDue, type KeptDecision } from '../evidence/read-decisions.ts'
import type { ChangeKind, Review } from '../reports/review.ts'
import { oneLine } from './checked-fields.ts'
import { countsTable, isLeft } from './checks-page.ts'
import { AREA_WORDS, dayWords } from './decisions-page.ts'
import { boxesOf, type PageContext } from './page-context.ts'
import {
  cannotText,
  coverageFacts,
  decisionsTable,
  drillFact,
  listsFact,
  openedTable,
} from './report-facts.ts'
import { answeredTable, precisionTable } from './report-page.ts'

const NEEDED: readonly Role[] = ['dsl', 'head', 'governor', 'it']
const REASON_MAX = 400

export function reviewBlocks(
  context: PageContext,
  review: Review,
  wording: Wording,
): readonly DocumentBlock[] {
  return [
    ...simulated(review),
    ...peopleBlocks(context),
    ...filterBlocks(context, review, wording),
    ...checkBlocks(context, review, wording),
    ...decisionBlocks(context, review),
    ...alertBlocks(review),
    ...upkeepBlocks(review, wording),
    ...LIMITS,
    ...QUESTIONS,
  ]
}

/** A table of figures as a part of a document. */
export function tableBlock(table: FigureTable, ifEmpty: string): DocumentBlock {
  return { kind: 'table', ...table, ifEmpty }
}

/** Said wherever a figure stands that a simulator made. */
export function simulated({
  alerts,
  precision,
}: Pick<Review, 'alerts' | 'precision'>): readonly DocumentBlock[] {
  if (!alerts.isSimulated && !precision.some((one) => one.isSimulated)) return []
  return [{ kind: 'text', tone: 'notice', text: 'Simulated: some of it was made by a simulator.' }]
}

/** What the figures of a report do not say. */
export const LIMITS: readonly DocumentBlock[] = [
  { kind: 'heading', text: 'What this does not show' },
  {
    kind: 'list',
    items: [
      'How many children are at risk. A device asked for a name; it does not prove that a pupil saw or meant it.',
      'How one school compares with another. More alerts may mean better lists, or more devices.',
      'What was typed into a search engine or said to an AI, which page of a site was opened, pictures, chats, and anything within an app.',
      'Phones on mobile data, devices at home, and devices that go round the filter.',
      'Pages within a site that is otherwise harmless. Illegal pages have to be blocked by your internet provider or by a filter that sees whole addresses.',
      'By itself it is filtering with a record of names. It does not meet what the Department for Education asks of monitoring.',
    ],
  },
]

const QUESTIONS: readonly DocumentBlock[] = [
  { kind: 'heading', text: 'Questions to talk about' },
  {
    kind: 'list',
    items: [
      'Who among the pupils is more at risk: by age, special needs, English as a further language?',
      'What changed this year: devices, networks, apps, teaching with AI, pupils’ own devices, working from home?',
      'Does the filter keep lessons from what they need, or help from those who look for it?',
      'Which alerts came too late, or to nobody?',
      'Do all staff know to whom they tell a concern, and do pupils know that lookups are filtered and recorded?',
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
    { kind: 'heading', text: 'Who is responsible' },
    {
      kind: 'facts',
      facts: held.map((role) => ({ key: ROLE_WORDS[role], value: namesOf(role) || 'Nobody' })),
    },
    ...(missing.length === 0
      ? []
      : [
          {
            kind: 'text',
            tone: 'notice',
            text: `Nobody has an account as: ${missing.join(', ')}. If somebody holds the role without an account, write the name here by hand.`,
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
  const cannot = cannotText(coverage)
  return [
    { kind: 'heading', text: 'Whether it is working' },
    {
      kind: 'facts',
      facts: [
        ...coverageFacts(coverage, wording),
        listsFact(told, wording.nowMs),
        { key: 'Lists of illegal sites', value: locked === '' ? 'No box has reported' : locked },
        drillFact(reports.drill(), wording),
      ],
    },
    ...(cannot === '' ? [] : [{ kind: 'text', tone: 'notice', text: cannot } as const]),
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
    { kind: 'heading', text: 'Checks that people made' },
    {
      kind: 'facts',
      facts: [
        { key: 'Checks', value: String(sum(() => true)) },
        {
          key: 'Did not show what was expected',
          value: String(sum(({ finding }) => RESULT_OF[finding] !== 'passed')),
        },
        { key: 'Something is left to do', value: String(sum(isLeft)) },
      ],
    },
    tableBlock(countsTable(counts, wording), 'Nobody checked the filter in this time.'),
    ...(untried.length === 0 || counts.length === 0
      ? []
      : [
          {
            kind: 'text',
            text: `Not tried in this time: ${untried.map(({ title }) => title).join(', ')}.`,
          } as const,
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
    { kind: 'heading', text: 'What the school decided, and why' },
    {
      kind: 'table',
      caption: 'Decisions in force, and those made in this time',
      heads: ['Decision', 'Why', 'By whom, when', 'Review'],
      rows: all.map((one) => [
        `${plainText(one.facts.title, 120)} (${AREA_WORDS[one.facts.area]})`,
        whyText(one),
        `${plainText(one.facts.decidedBy, 120)}, ${dayWords(one.facts.decidedOn, time)}`,
        reviewText(one, today, time),
      ]),
      ifEmpty: 'None is written down.',
    },
  ]
}

/** With what the last review came to. */
function whyText({ facts, amendments }: KeptDecision): string {
  const last = amendments.at(-1)
  const later = last === undefined ? '' : ` Later: ${last.facts.text}`
  return oneLine(`${facts.reason}${later}`, REASON_MAX)
}

function reviewText(
  { reviewOn }: { readonly reviewOn: string | undefined },
  today: string,
  time: PageContext['time'],
): string {
  if (reviewOn === undefined) return 'Ended'
  return `${isDue({ reviewOn }, today) ? 'Due since ' : ''}${dayWords(reviewOn, time)}`
}

function alertBlocks({
  alerts,
  precision,
  testAlerts,
  overBlocks,
}: Review): readonly DocumentBlock[] {
  const { names, asked, wrongCategory } = overBlocks
  return [
    { kind: 'heading', text: 'Alerts, without names' },
    ...(testAlerts === 0
      ? []
      : [
          {
            kind: 'text',
            text: `${plural(testAlerts, 'alert')} of these ${testAlerts === 1 ? 'was' : 'were'} a test of the filter.`,
          } as const,
        ]),
    tableBlock(openedTable(alerts), 'None.'),
    tableBlock(decisionsTable(alerts), 'None.'),
    tableBlock(answeredTable(alerts), 'No alert was opened.'),
    tableBlock(precisionTable(precision), 'No alert was closed.'),
    { kind: 'heading', text: 'Blocked without need' },
    {
      kind: 'facts',
      facts: [
        {
          key: 'Requests to open a site',
          value: `${asked.toLocaleString('en-GB')}, for ${plural(names, 'site')}`,
        },
        {
          key: 'Sites of which an alert showed that the list was wrong',
          value: String(wrongCategory),
        },
      ],
    },
  ]
}

const CHANGE_TEXTS: Readonly<Record<ChangeKind, string>> = {
  'policy-applied': 'Rules of the filter put into force',
  'policy-refused': 'Rules that a box refused, and went on with the old ones',
  'list-updated': 'Lists brought up to date',
  'list-refused': 'Lists that a box refused',
  'locked-bundle-changed': 'Changes of the lists of illegal sites',
  'release-granted': 'Times that a teacher opened something for a lesson',
  'agent-started': 'Starts of a box',
  'events-dropped': 'Times that a box could not keep what it noticed',
}

function upkeepBlocks({ changes, outages }: Review, wording: Wording): readonly DocumentBlock[] {
  const { time, nowMs } = wording
  return [
    { kind: 'heading', text: 'Changes and outages' },
    {
      kind: 'table',
      caption: 'Changes',
      heads: ['What', 'How often', 'Last'],
      rows: changes.map(({ kind, count, lastAt }) => [
        CHANGE_TEXTS[kind],
        count.toLocaleString('en-GB'),
        time.at(lastAt, nowMs).text,
      ]),
      ifEmpty: 'None was told.',
    },
    {
      kind: 'table',
      caption: 'Times without the internet',
      heads: ['Box', 'How often', 'In all', 'Longest'],
      rows: outages.map(({ appliance, count, totalMs, longestMs }) => [
        plainText(wording.boxName(appliance), 80),
        String(count),
        plainDuration(totalMs),
        plainDuration(longestMs),
      ]),
      ifEmpty: 'None was told.',
    },
  ]
}
