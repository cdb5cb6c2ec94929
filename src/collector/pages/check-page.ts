import type { CheckedField, CheckView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { check as words } from '#console/words/check.ts'
import { common } from '#console/words/common.ts'
import { fill } from '#console/words/fill.ts'
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
  const { sentence, advice } = FINDING_WORDS[facts.finding]
  const fields = mayCheck(viewer) ? followUpFields(sent) : []
  const steps = evidence.checks
    .followUps(id, limits.evidence.entriesShownMax)
    .map((one) => ({
      label: one.facts.isSettled ? words.nothingLeft : words.note,
      text: `${oneLine(one.facts.text, NOTE_MAX)} (${plainText(one.who, 120)})`,
      when: time.at(one.at, nowMs),
    }))
    .toReversed()
  return {
    view: 'check',
    badge: resultBadge(RESULT_OF[facts.finding]),
    heading: triedTitle(facts.tried),
    sentence,
    advice: isLeft({ finding: facts.finding, isSettled }) ? advice : '',
    isSettled,
    facts: [
      { key: words.facts.when, value: time.at(check.at, nowMs).text },
      { key: words.facts.byWhom, value: plainText(check.who, 200) },
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
  const kind = DEVICE_KIND_WORDS[deviceKind]
  return [
    {
      key: words.facts.device,
      value: fill(words.facts.deviceText, { device: plainText(device, 120), kind }),
    },
    { key: words.facts.where, value: plainText(room, 120) },
    ...(network === '' ? [] : [{ key: words.facts.network, value: plainText(network, 120) }]),
    { key: common.group, value: groupText(group) },
    ...(name === '' ? [] : [{ key: words.facts.name, value: name }]),
    { key: words.facts.expected, value: EXPECTED_WORDS[expected] },
    { key: words.facts.seen, value: SEEN_WORDS[seen] },
    ...(expected === 'opens' ? [] : [{ key: words.facts.told, value: toldText(toldIn) }]),
    ...(note === '' ? [] : [{ key: words.note, value: oneLine(note, NOTE_MAX) }]),
  ]
}

function toldText(groups: readonly string[]): string {
  return groups.length === 0
    ? words.facts.toldNo
    : fill(words.facts.toldFor, { groups: groups.map(groupText).join(', ') })
}

function followUpFields(sent: Sent): readonly CheckedField[] {
  return [
    checkedField(
      {
        type: 'area',
        name: 'text',
        label: words.form.text,
        hint: words.form.textHint,
      },
      sent,
    ),
    checkedField(
      {
        type: 'checkboxes',
        name: 'settled',
        label: words.form.done,
        items: [{ value: 'yes', text: words.form.doneYes }],
      },
      sent,
    ),
  ]
}
