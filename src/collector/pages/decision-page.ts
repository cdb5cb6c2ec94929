import type { CheckedField, DecisionView, NewDecisionView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { common } from '#console/words/common.ts'
import { decision as words } from '#console/words/decision.ts'
import { fill } from '#console/words/fill.ts'
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

const AMENDMENT_WORDS: Readonly<Record<AmendmentKind, string>> = words.amendments
const TEXT_MAX = 2000

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
      { key: words.facts.about, value: AREA_WORDS[facts.area] },
      { key: words.facts.why, value: oneLine(facts.reason, TEXT_MAX) },
      { key: words.facts.decidedBy, value: plainText(facts.decidedBy, 120) },
      { key: words.facts.decidedOn, value: dayWords(facts.decidedOn, time) },
      { key: words.facts.reviewBy, value: isEnded ? words.facts.ended : dayWords(reviewOn, time) },
      { key: words.facts.writtenBy, value: plainText(decision.who, 200) },
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
      text: fill(facts.reviewOn === '' ? words.step : words.stepWithReview, {
        text: oneLine(facts.text, TEXT_MAX),
        decidedBy: plainText(facts.decidedBy, 120),
        day: facts.reviewOn === '' ? '' : dayWords(facts.reviewOn, time),
        who: plainText(who, 120),
      }),
      when: time.at(at, clock.wallMs()),
    }))
    .toReversed()
}

/** The form for a new one. */
export function newDecisionPage(sent: Sent): NewDecisionView {
  const areas = DECISION_AREAS.map((value) => ({ value, text: AREA_WORDS[value] }))
  const fields = [
    checkedField(
      { type: 'select', name: 'area', label: words.fields.area, items: withChoose(areas) },
      sent,
    ),
    checkedField(
      {
        type: 'line',
        name: 'title',
        label: words.fields.decided,
        hint: words.fields.decidedHint,
      },
      sent,
    ),
    checkedField(
      { type: 'area', name: 'reason', label: common.why, hint: words.fields.reasonHint },
      sent,
    ),
    byField(sent),
    checkedField({ type: 'date', name: 'on', label: words.fields.on }, sent),
    reviewField(sent),
  ]
  return { view: 'decision-new', fields, problems: fieldProblems(fields) }
}

function amendmentFields(sent: Sent): readonly CheckedField[] {
  const outcomes = AMENDMENT_KINDS.map((value) => ({ value, text: AMENDMENT_WORDS[value] }))
  return [
    checkedField(
      { type: 'radios', name: 'outcome', label: words.fields.outcome, items: outcomes },
      sent,
    ),
    checkedField(
      { type: 'area', name: 'reason', label: words.fields.change, hint: words.fields.reasonHint },
      sent,
    ),
    byField(sent),
    { ...reviewField(sent), hint: words.fields.reviewOrEndHint },
  ]
}

function byField(sent: Sent): CheckedField {
  return checkedField(
    {
      type: 'line',
      name: 'by',
      label: words.fields.by,
      hint: words.fields.byHint,
    },
    sent,
  )
}

function reviewField(sent: Sent): CheckedField {
  return checkedField(
    {
      type: 'date',
      name: 'review',
      label: words.fields.review,
      hint: words.fields.reviewHint,
    },
    sent,
  )
}
