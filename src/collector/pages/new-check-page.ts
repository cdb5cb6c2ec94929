import type { CheckedField, NewCheckView } from '#console/evidence-views.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import { fill } from '#console/words/fill.ts'
import { newCheck as words } from '#console/words/new-check.ts'
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
        label: words.fields.device,
        hint: words.fields.deviceHint,
      },
      sent,
    ),
    checkedField(
      { type: 'select', name: 'kind', label: words.fields.kind, items: withChoose(kinds) },
      sent,
    ),
    checkedField(
      { type: 'line', name: 'room', label: words.fields.room, hint: words.fields.roomHint },
      sent,
    ),
    checkedField(
      {
        type: 'line',
        name: 'network',
        label: words.fields.network,
        hint: words.fields.networkHint,
      },
      sent,
    ),
  ]
}

function groupFields(groups: readonly string[], sent: Sent): readonly CheckedField[] {
  const hint = words.fields.groupHint
  if (groups.length === 0)
    return [checkedField({ type: 'line', name: 'group', label: words.fields.group, hint }, sent)]
  const items = withChoose(groups.map((value) => ({ value, text: groupText(value) })))
  return [
    checkedField({ type: 'select', name: 'group', label: words.fields.group, hint, items }, sent),
    checkedField(
      {
        type: 'line',
        name: 'other',
        label: words.fields.other,
        hint: words.fields.otherHint,
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
        label: words.fields.tried,
        hint: words.fields.triedHint,
        items: withChoose(subjects),
      },
      sent,
    ),
    checkedField(
      {
        type: 'select',
        name: 'expected',
        label: words.fields.expected,
        hint: words.fields.expectedHint,
        items: expected,
        value: 'blocked',
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
        label: words.fields.seen,
        items: SEEN.map((value) => ({ value, text: SEEN_WORDS[value] })),
      },
      sent,
    ),
    checkedField(
      {
        type: 'area',
        name: 'note',
        label: isChosen ? words.fields.site : words.fields.note,
        hint: isChosen ? words.fields.siteHint : words.fields.noteHint,
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
    raises: raisesTexts(subject),
    fields,
    problems: fieldProblems(fields),
  }
}

function raisesTexts({
  id,
  severity,
  title,
}: CheckSubject): Extract<NewCheckView, { view: 'check-try' }>['raises'] {
  if (severity === 'none') return undefined
  const grade = severityBadge(severity).text.toLowerCase()
  return {
    what: fill(words.raises, { severity: grade, kind: plainText(title) }),
    more: id.startsWith('illegal.') ? words.raisesIllegal : words.raisesMore,
  }
}
