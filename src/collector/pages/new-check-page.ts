import type { CheckedField, NewCheckView } from '#console/evidence-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import { CHECK_SUBJECTS, type CheckSubject } from '../evidence/check-subjects.ts'
import {
  DEVICE_KIND_WORDS,
  DEVICE_KINDS,
  EXPECTED_WORDS,
  type Expected,
  SEEN,
  SEEN_WORDS,
} from '../evidence/check-words.ts'
import { checkedField, fieldProblems, type Sent, withChoose } from './checked-fields.ts'
import { groupText } from './filter-choices.ts'
import type { PageContext } from './page-context.ts'

/** The first page of a check: which device, and what is to be tried. */
export async function newCheckPage(context: PageContext, sent: Sent): Promise<NewCheckView> {
  const { store, tenant, limits } = context
  const { groups } = await store.filterChoices(tenant, limits.filterChoicesMax)
  const fields = [...deviceFields(sent), ...groupFields(groups, sent), ...triedFields(sent)]
  return { view: 'check-new', fields, problems: fieldProblems(fields) }
}

function deviceFields(sent: Sent): readonly CheckedField[] {
  const kinds = DEVICE_KINDS.map((value) => ({ value, text: DEVICE_KIND_WORDS[value] }))
  return [
    checkedField(
      {
        type: 'line',
        name: 'device',
        label: 'Which device?',
        hint: 'Its name or the number on its label, without a pupil’s name',
      },
      sent,
    ),
    checkedField(
      { type: 'select', name: 'kind', label: 'What kind is it?', items: withChoose(kinds) },
      sent,
    ),
    checkedField(
      { type: 'line', name: 'room', label: 'Where is it?', hint: 'Such as: Room 12' },
      sent,
    ),
    checkedField(
      {
        type: 'line',
        name: 'network',
        label: 'On which network?',
        hint: 'The name of the wifi, or “cable”; may stay empty',
      },
      sent,
    ),
  ]
}

function groupFields(groups: readonly string[], sent: Sent): readonly CheckedField[] {
  const hint = 'The group whose rules the device should have, as IT named it, such as ks3'
  if (groups.length === 0)
    return [checkedField({ type: 'line', name: 'group', label: 'Which group?', hint }, sent)]
  const items = withChoose(groups.map((value) => ({ value, text: groupText(value) })))
  return [
    checkedField({ type: 'select', name: 'group', label: 'Which group?', hint, items }, sent),
    checkedField(
      {
        type: 'line',
        name: 'other',
        label: 'Or a group that is not among these',
        hint: 'May stay empty',
      },
      sent,
    ),
  ]
}

function triedFields(sent: Sent): readonly CheckedField[] {
  const subjects = CHECK_SUBJECTS.map(({ id, title }) => ({ value: id, text: title }))
  const expected = (['blocked', 'watched'] as const).map((value) => ({
    value,
    text: EXPECTED_WORDS[value],
  }))
  return [
    checkedField(
      {
        type: 'select',
        name: 'tried',
        label: 'What is to be tried?',
        hint: 'Every kind has a made-up name, so nobody sees anything bad',
        items: withChoose(subjects),
      },
      sent,
    ),
    checkedField(
      {
        type: 'select',
        name: 'expected',
        label: 'What should happen?',
        hint: 'A site that lessons need should open; leave this as it is then',
        items: expected,
        value: 'blocked',
      },
      sent,
    ),
    checkedField(
      {
        type: 'checkboxes',
        name: 'told',
        label: 'Who is told of alerts',
        hint: 'Trying a made-up name raises a real alert about the device. What is Critical or Urgent calls people at once.',
        items: [{ value: 'yes', text: 'They know that the filter is being tried' }],
      },
      sent,
    ),
  ]
}

/** The second: the name to open, and what was seen. `carried` is of the first, checked. */
export function tryCheckPage(
  carried: Readonly<Record<string, string>>,
  asked: {
    readonly subject: CheckSubject
    readonly expected: Expected
    readonly sent: Sent
  },
): NewCheckView {
  const { subject, expected, sent } = asked
  const isChosen = subject.name === ''
  const fields = [
    checkedField(
      {
        type: 'radios',
        name: 'seen',
        label: 'What did you see?',
        items: SEEN.map((value) => ({ value, text: SEEN_WORDS[value] })),
      },
      sent,
    ),
    checkedField(
      {
        type: 'area',
        name: 'note',
        label: isChosen ? 'Which site did you open?' : 'Note',
        hint: isChosen
          ? 'Its address, and what else is worth keeping'
          : 'May stay empty. Without names of pupils.',
      },
      sent,
    ),
  ]
  return {
    view: 'check-try',
    carried: Object.entries(carried).map(([name, value]) => ({ name, value: editableText(value) })),
    tried: subject.title,
    name: subject.name,
    expected: EXPECTED_WORDS[expected],
    raises: raisesText(subject),
    fields,
    problems: fieldProblems(fields),
  }
}

function raisesText({ id, severity, title }: CheckSubject): string {
  if (severity === 'none') return ''
  const extra = id.startsWith('illegal.')
    ? ' The name is withheld, as of any such alert. That it is blocked says nothing of whether lists of illegal sites are installed.'
    : ''
  return `This raises a real alert, ${severityBadge(severity).text}, in “${plainText(title)}”, about this device or who is logged on. Its page says that it was a test; close it as “No concern”.${extra}`
}
