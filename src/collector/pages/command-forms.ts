/**
 * The forms by which people act on an alert. Which of them stand follows from the transition table alone: a command whose
 * state is not right, or that needs what neither the alert nor its own form has, has no form.
 */
import type { CommandFormView, FieldItem, FormField } from '#console/alert-views.ts'
import { editableText } from '#console/present/plain-text.ts'
import type { CommandKind } from '../alerts/alert-command.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISIONS } from '../alerts/decision.ts'
import { lacksOf, mayBeGiven, mayCloseAtOnce } from '../alerts/transitions.ts'
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
const NO_NAMES = 'Without names of pupils'

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
    const filled = fields.map((field) => ({
      ...field,
      id: `${kind}-${field.name}`,
      value: editableText((isRefused ? refused.given[field.name] : undefined) ?? field.value),
    }))
    return [{ kind, title, button, fields: filled, isRefused }]
  })
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

const why = area('why', 'Why?', NO_NAMES)

function formOf(kind: CommandKind, record: AlertRecord, options: FormOptions): Form {
  switch (kind) {
    case 'acknowledge':
      return form('Acknowledge', 'I have seen it')
    case 'review':
      return form('Begin the review', 'Begin the review')
    case 'decide':
      return form('Decide', 'Keep this decision', [
        decisionField(record),
        area('reason', 'Why?', NO_NAMES, record.reason),
      ])
    case 'act':
      return form('Say what was done', 'Keep what was done', [
        area('action', 'What was done?', NO_NAMES, record.action),
      ])
    case 'close':
      return form('Close', 'Close this alert', closeFields(record))
    case 'assign':
      return form('Assign', 'Assign', [assigneeField(record, options.assignees)])
    case 'await-information':
      return form('Wait for information', 'Wait', [area('what', 'What do you wait for?', NO_NAMES)])
    case 'information-came':
      return form('The information came', 'It came')
    case 'escalate':
      return form('Escalate', 'Escalate', [line('to', 'To whom?', 'A colleague’s name'), why])
    case 'note':
      return form('Add a note', 'Keep this note', [
        area('text', 'Note', `${NO_NAMES}. It stays in the history and cannot be changed.`),
      ])
    case 'merge':
      return form('Merge into another alert', 'Merge', [
        choice('radios', 'into', 'Into which alert?', options.mergeable),
        why,
      ])
    case 'split':
      return form('Split off some events', 'Split', [
        choice('checkboxes', 'events', 'Which become an alert of their own?', options.splittable),
        why,
      ])
    case 'reopen':
      return form('Open again', 'Open again', [why])
    case 'hold':
      return form('Legal hold', 'Erase nothing of it', [why])
    case 'release-hold':
      return form('End the legal hold', 'End the legal hold', [why])
    default:
      return kind satisfies never
  }
}

function closeFields(record: AlertRecord): readonly FormField[] {
  const hint = mayCloseAtOnce(record.severity) ? 'May stay empty, since it is Low' : NO_NAMES
  return [
    decisionField(record),
    area('reason', 'Why?', hint, record.reason),
    area('action', 'What was done?', hint, record.action),
    area('outcome', 'What came of it?', hint, record.outcome),
    line(
      'caseReference',
      'Reference of the case',
      'In the school’s own record; needed for a concern',
      record.caseReference,
    ),
  ]
}

function assigneeField(
  { assignedTo = '' }: AlertRecord,
  assignees: readonly FieldItem[],
): FormField {
  const items = [{ value: '', text: 'Choose' }, ...assignees]
  const hint = 'Pastoral staff see only the alerts that are assigned to them'
  return { ...choice('select', 'to', 'To whom?', items), hint, value: assignedTo }
}

function decisionField(record: AlertRecord): FormField {
  const items = [
    { value: '', text: 'Choose' },
    ...DECISIONS.map((value) => ({ value, text: DECISION_WORDS[value] })),
  ]
  const chosen = record.decision ?? ''
  return { ...choice('select', 'decision', 'What was it?', items), value: chosen }
}

function form(title: string, button: string, fields: readonly FormField[] = []): Form {
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
