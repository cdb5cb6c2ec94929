/**
 * The forms by which people act on an alert. Which of them stand follows from the transition table alone: a command whose
 * state is not right, or that needs what neither the alert nor its own form has, has no form.
 */
import type { CommandFormView, FieldItem, FormField } from '#console/alert-views.ts'
import { editableText } from '#console/present/plain-text.ts'
import { alertForms as words } from '#console/words/alert-forms.ts'
import { alertProblems } from '#console/words/alert-problems.ts'
import { common } from '#console/words/common.ts'
import type { CommandKind } from '../alerts/alert-command.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISIONS } from '../alerts/decision.ts'
import { lacksOf, mayBeGiven, mayCloseAtOnce, REQUIREMENTS } from '../alerts/transitions.ts'
import { DECISION_WORDS } from './command-words.ts'

/** What a person sent that was refused: it stands in the form again. Hostile text. */
export interface Refused {
  readonly kind: string
  readonly problem: string
  readonly given: Readonly<Record<string, string>>
}

export interface FormOptions {
  /** What whoever looks may do to it. */
  readonly mayGive: (kind: CommandKind) => boolean
  /** Those who may have it, by e-mail address. */
  readonly assignees: readonly FieldItem[]
  /** Alerts into which this one may be merged, and events that may be taken out of it. */
  readonly mergeable: readonly FieldItem[]
  readonly splittable: readonly FieldItem[]
  readonly refused: Refused | undefined
}

/** The way of most alerts, in its order; then the rest. */
const WAY: readonly CommandKind[] = ['acknowledge', 'review', 'decide', 'act', 'close']
const ORDER: readonly CommandKind[] = [
  ...WAY,
  'information-came',
  'note',
  'assign',
  'await-information',
  'escalate',
  'merge',
  'split',
  'reopen',
  'hold',
  'release-hold',
]

/** The form that most likely comes next; undefined when the alert is closed. */
export function nextStep(
  { decision }: AlertRecord,
  forms: readonly CommandFormView[],
): CommandFormView | undefined {
  const isDone = (kind: string): boolean => kind === 'decide' && decision !== undefined
  return forms.find(({ kind }) => WAY.some((one) => one === kind) && !isDone(kind))
}

/** The forms that stand for an alert. */
export function commandForms(
  record: AlertRecord,
  options: FormOptions,
): readonly CommandFormView[] {
  const { refused, mayGive } = options
  return ORDER.filter(
    (kind) => mayGive(kind) && mayBeGiven(kind, record) && isOfUse(kind, record),
  ).flatMap((kind) => {
    const isRefused = refused?.kind === kind
    const { title, button, fields } = formOf(kind, record, options)
    const supplied = fields.map(({ name }) => name)
    const isPossible = lacksOf(kind, record).every((need) => supplied.includes(need))
    if (!isPossible || fields.some(isUnanswerable)) return []
    const problems = isRefused ? fieldProblems(refused.problem, supplied) : {}
    const filled = fields.map((field) => ({
      ...field,
      id: `${kind}-${field.name}`,
      value: editableText((isRefused ? refused.given[field.name] : undefined) ?? field.value),
      ...problems[field.name],
    }))
    return [{ kind, title, button, fields: filled, isRefused }]
  })
}

/** What is missing stands beside each field that lacks it; any other problem beside the first. */
function fieldProblems(
  problem: string,
  fields: readonly string[],
): Readonly<Record<string, { readonly problem: string }>> {
  const needs: Readonly<Record<string, string>> = REQUIREMENTS
  const beside: Readonly<Record<string, string>> = alertProblems.beside
  const lacks = fields.flatMap((name) => {
    const [what, says] = [needs[name], beside[name]]
    if (what === undefined || says === undefined || !problem.includes(what)) return []
    return [[name, { problem: says }] as const]
  })
  const [first] = fields
  if (lacks.length > 0 || first === undefined) return Object.fromEntries(lacks)
  return { [first]: { problem } }
}

/** Nothing is gained by waiting twice, or by ending what is not. */
function isOfUse(kind: CommandKind, { awaiting, hasLegalHold }: AlertRecord): boolean {
  if (kind === 'information-came') return awaiting !== undefined
  if (kind === 'release-hold') return hasLegalHold
  return kind !== 'hold' || !hasLegalHold
}

/** A question without any answer to choose. */
function isUnanswerable({ type, items }: FormField): boolean {
  const isChoice = type === 'radios' || type === 'checkboxes' || type === 'select'
  return isChoice && items.every(({ value }) => value === '')
}

interface Form {
  readonly title: string
  readonly button: string
  readonly fields: readonly FormField[]
}

const why = area('why', common.why, words.noNames)

function formOf(kind: CommandKind, record: AlertRecord, options: FormOptions): Form {
  switch (kind) {
    case 'acknowledge':
      return form(words.acknowledge)
    case 'review':
      return form(words.review)
    case 'decide':
      return form(words.decide, [
        decisionField(record),
        area('reason', common.why, words.noNames, record.reason),
      ])
    case 'act':
      return form(words.act, [area('action', words.whatDone, words.noNames, record.action)])
    case 'close':
      return form(words.close, closeFields(record))
    case 'assign':
      return form(words.assign, [assigneeField(record, options.assignees)])
    case 'await-information':
      return form(words.awaitInformation, [
        area('what', words.awaitInformation.what, words.noNames),
      ])
    case 'information-came':
      return form(words.informationCame)
    case 'escalate':
      return form(words.escalate, [line('to', words.toWhom, words.escalate.toHint), why])
    case 'note':
      return form(words.note, [area('text', words.note.text, words.note.textHint)])
    case 'merge':
      return form(words.merge, [choice('radios', 'into', words.merge.into, options.mergeable), why])
    case 'split':
      return form(words.split, [
        choice('checkboxes', 'events', words.split.events, options.splittable),
        why,
      ])
    case 'reopen':
      return form(words.reopen, [why])
    case 'hold':
      return form(words.hold, [why])
    case 'release-hold':
      return form(words.releaseHold, [why])
    default:
      return kind satisfies never
  }
}

function closeFields(record: AlertRecord): readonly FormField[] {
  const hint = mayCloseAtOnce(record) ? words.close.mayStayEmpty : words.noNames
  return [
    decisionField(record),
    area('reason', common.why, hint, record.reason),
    area('action', words.whatDone, hint, record.action),
    area('outcome', words.close.outcome, hint, record.outcome),
    line(
      'caseReference',
      words.close.caseReference,
      words.close.caseReferenceHint,
      record.caseReference,
    ),
  ]
}

function assigneeField(
  { assignedTo = '' }: AlertRecord,
  assignees: readonly FieldItem[],
): FormField {
  const items = [{ value: '', text: common.choose }, ...assignees]
  const hint = words.assign.toHint
  return { ...choice('select', 'to', words.toWhom, items), hint, value: assignedTo }
}

function decisionField(record: AlertRecord): FormField {
  const items = [
    { value: '', text: common.choose },
    ...DECISIONS.map((value) => ({ value, text: DECISION_WORDS[value] })),
  ]
  const chosen = record.decision ?? ''
  return { ...choice('select', 'decision', words.decide.decision, items), value: chosen }
}

function form(
  { title, button }: Pick<Form, 'title' | 'button'>,
  fields: readonly FormField[] = [],
): Form {
  return { title, button, fields }
}

function line(name: string, label: string, hint: string, value = ''): FormField {
  return { type: 'line', id: name, name, label, hint, value, items: [] }
}

function area(name: string, label: string, hint: string, value = ''): FormField {
  return { type: 'area', id: name, name, label, hint, value, items: [] }
}

function choice(
  type: 'select' | 'radios' | 'checkboxes',
  name: string,
  label: string,
  items: readonly FieldItem[],
): FormField {
  return { type, id: name, name, label, hint: '', value: '', items }
}
