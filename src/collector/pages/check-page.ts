import type { CheckedField, CheckView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Viewer } from '../accounts/viewer.ts'
import {
  DEVICE_KIND_WORDS,
  EXPECTED_WORDS,
  RESULT_OF,
  SEEN_WORDS,
} from '../evidence/check-words.ts'
import type { CheckFacts } from '../evidence/evidence-entry.ts'
import { FINDING_WORDS, resultBadge } from './check-advice.ts'
import { checkedField, fieldProblems, NOTHING_SENT, oneLine, type Sent } from './checked-fields.ts'
import { isLeft, mayCheck, triedTitle } from './checks-page.ts'
import { groupText } from './filter-choices.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

const NOTE_MAX = 2000

/** One check, what it came to, and what was done about it; undefined where there is none. */
export function checkPage(
  context: PageContext,
  viewer: Viewer,
  { id, sent = NOTHING_SENT }: { readonly id: string; readonly sent?: Sent | undefined },
): CheckView | undefined {
  const { evidence, limits } = context
  const check = evidence.checks.one(id)
  if (check === undefined) return undefined
  const { time, nowMs } = wordingOf(context, boxesOf(context))
  const { facts, isSettled } = check
  const words = FINDING_WORDS[facts.finding]
  const fields = mayCheck(viewer) ? followUpFields(sent) : []
  const steps = evidence.checks
    .followUps(id, limits.evidence.entriesShownMax)
    .map((one) => ({
      label: one.facts.isSettled ? 'Nothing left to do' : 'Note',
      text: `${oneLine(one.facts.text, NOTE_MAX)} (${plainText(one.who, 120)})`,
      when: time.at(one.at, nowMs),
    }))
    .toReversed()
  return {
    view: 'check',
    badge: resultBadge(RESULT_OF[facts.finding]),
    heading: triedTitle(facts.tried),
    sentence: words.sentence,
    advice: isLeft({ finding: facts.finding, isSettled }) ? words.advice : '',
    isSettled,
    facts: [
      { key: 'When', value: time.at(check.at, nowMs).text },
      { key: 'By whom', value: plainText(check.who, 200) },
      ...factsOf(facts),
    ],
    steps,
    action: `/checks/${encodeURIComponent(id)}/follow-up`,
    fields,
    problems: fieldProblems(fields),
  }
}

function factsOf(facts: CheckFacts): CheckView['facts'] {
  const { device, deviceKind, room, network, group, name, expected, seen, toldIn, note } = facts
  return [
    { key: 'Device', value: `${plainText(device, 120)} (${DEVICE_KIND_WORDS[deviceKind]})` },
    { key: 'Where', value: plainText(room, 120) },
    ...(network === '' ? [] : [{ key: 'Network', value: plainText(network, 120) }]),
    { key: 'Group', value: groupText(group) },
    ...(name === '' ? [] : [{ key: 'Name that was tried', value: name }]),
    { key: 'Expected', value: EXPECTED_WORDS[expected] },
    { key: 'Seen on the device', value: SEEN_WORDS[seen] },
    ...(expected === 'opens' ? [] : [{ key: 'Told by boxes', value: toldText(toldIn) }]),
    ...(note === '' ? [] : [{ key: 'Note', value: oneLine(note, NOTE_MAX) }]),
  ]
}

function toldText(groups: readonly string[]): string {
  return groups.length === 0 ? 'No' : `Yes, for ${groups.map(groupText).join(', ')}`
}

function followUpFields(sent: Sent): readonly CheckedField[] {
  return [
    checkedField(
      {
        type: 'area',
        name: 'text',
        label: 'What was done about it?',
        hint: 'Without names of pupils. It stays here and cannot be changed.',
      },
      sent,
    ),
    checkedField(
      {
        type: 'checkboxes',
        name: 'settled',
        label: 'Is it done?',
        items: [{ value: 'yes', text: 'Nothing is left to do' }],
      },
      sent,
    ),
  ]
}
