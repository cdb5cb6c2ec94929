import type { CheckedField, DecisionView, NewDecisionView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { AMENDMENT_KINDS, type AmendmentKind, DECISION_AREAS } from '../evidence/evidence-entry.ts'
import { isDue, type KeptDecision } from '../evidence/read-decisions.ts'
import {
  checkedField,
  fieldProblems,
  NOTHING_SENT,
  oneLine,
  type Sent,
  withChoose,
} from './checked-fields.ts'
import { AREA_WORDS, dayWords, mayDecide } from './decisions-page.ts'
import type { PageContext } from './page-context.ts'

const AMENDMENT_WORDS: Readonly<Record<AmendmentKind, string>> = {
  kept: 'It stays as it is',
  changed: 'It is changed',
  ended: 'It ends',
}
const TEXT_MAX = 2000
const NO_NAMES = 'Without names of pupils. It stays here and cannot be changed.'

/** One decision with what was added to it; undefined where there is none. */
export function decisionPage(
  context: PageContext,
  viewer: Viewer,
  { id, sent = NOTHING_SENT }: { readonly id: string; readonly sent?: Sent | undefined },
): DecisionView | undefined {
  const { evidence, time, clock } = context
  const decision = evidence.decisions.one(id)
  if (decision === undefined) return undefined
  const { facts, reviewOn } = decision
  const isEnded = reviewOn === undefined
  const fields = mayDecide(viewer) && !isEnded ? amendmentFields(sent) : []
  return {
    view: 'decision',
    heading: plainText(facts.title, 120),
    isDue: isDue(decision, time.dayText(clock.wallMs())),
    isEnded,
    facts: [
      { key: 'About', value: AREA_WORDS[facts.area] },
      { key: 'Why', value: oneLine(facts.reason, TEXT_MAX) },
      { key: 'Decided by', value: plainText(facts.decidedBy, 120) },
      { key: 'Decided on', value: dayWords(facts.decidedOn, time) },
      { key: 'Review by', value: isEnded ? 'It ended' : dayWords(reviewOn, time) },
      { key: 'Written down by', value: plainText(decision.who, 200) },
    ],
    steps: stepsOf(context, decision),
    action: `/decisions/${encodeURIComponent(id)}/amend`,
    fields,
    problems: fieldProblems(fields),
  }
}

function stepsOf(
  { time, clock }: PageContext,
  { amendments }: KeptDecision,
): DecisionView['steps'] {
  return amendments
    .map(({ at, who, facts }) => ({
      label: AMENDMENT_WORDS[facts.outcome],
      text: `${oneLine(facts.text, TEXT_MAX)} Decided by ${plainText(facts.decidedBy, 120)}${facts.reviewOn === '' ? '' : `; next review by ${dayWords(facts.reviewOn, time)}`}. Written down by ${plainText(who, 120)}.`,
      when: time.at(at, clock.wallMs()),
    }))
    .toReversed()
}

/** The form for a new one. */
export function newDecisionPage(sent: Sent): NewDecisionView {
  const areas = DECISION_AREAS.map((value) => ({ value, text: AREA_WORDS[value] }))
  const fields = [
    checkedField(
      { type: 'select', name: 'area', label: 'What is it about?', items: withChoose(areas) },
      sent,
    ),
    checkedField(
      {
        type: 'line',
        name: 'title',
        label: 'What was decided?',
        hint: 'In one sentence, such as: Years 7 to 9 may use AI assistants in computing lessons only',
      },
      sent,
    ),
    checkedField({ type: 'area', name: 'reason', label: 'Why?', hint: NO_NAMES }, sent),
    byField(sent),
    checkedField({ type: 'date', name: 'on', label: 'Decided on' }, sent),
    reviewField(sent),
  ]
  return { view: 'decision-new', fields, problems: fieldProblems(fields) }
}

function amendmentFields(sent: Sent): readonly CheckedField[] {
  const outcomes = AMENDMENT_KINDS.map((value) => ({ value, text: AMENDMENT_WORDS[value] }))
  return [
    checkedField(
      { type: 'radios', name: 'outcome', label: 'What did the review come to?', items: outcomes },
      sent,
    ),
    checkedField(
      { type: 'area', name: 'reason', label: 'What changes, and why?', hint: NO_NAMES },
      sent,
    ),
    byField(sent),
    { ...reviewField(sent), hint: 'At the latest in a year; leave it empty where it ends' },
  ]
}

function byField(sent: Sent): CheckedField {
  return checkedField(
    {
      type: 'line',
      name: 'by',
      label: 'Who decided?',
      hint: 'A role, a person or a meeting, such as: Senior leaders, 14 September',
    },
    sent,
  )
}

function reviewField(sent: Sent): CheckedField {
  return checkedField(
    {
      type: 'date',
      name: 'review',
      label: 'To be looked at again by',
      hint: 'At the latest in a year',
    },
    sent,
  )
}
