import type { RuleItem } from '#console/policy-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { spelledName } from '#console/present/spelled-name.ts'
import type { Wording } from '#console/present/wording.ts'
import { fill } from '#console/words/fill.ts'
import { policy } from '#console/words/policy.ts'
import type { ConsoleRuleTold } from '#domain/console-rules.ts'
import { groupText } from './filter-choices.ts'

const REASON_MAX = 200
const { rules: words } = policy

/** A rule as people read it. */
export function ruleItem(
  { action, name, groups, reason, who, until }: ConsoleRuleTold,
  { time, nowMs }: Pick<Wording, 'time' | 'nowMs'>,
  removeHref: string | undefined,
): RuleItem {
  return {
    name: plainText(name),
    spelled: spelledName(name),
    isAllow: action === 'allow',
    groups: groupsText(groups),
    reason: plainText(reason, REASON_MAX),
    who: plainText(who, 80),
    until: untilText(until, { time, nowMs }),
    removeHref,
  }
}

/** One line of a difference: "allow example.org for ks3, no end". */
export function ruleLine(
  { action, name, groups, until }: ConsoleRuleTold,
  wording: Pick<Wording, 'time' | 'nowMs'>,
): string {
  return fill(action === 'allow' ? words.allow : words.block, {
    name: plainText(name),
    groups: groupsText(groups),
    until: untilText(until, wording),
  })
}

function groupsText(groups: readonly string[]): string {
  return groups.length === 0 ? words.everyGroup : groups.map(groupText).join(', ')
}

function untilText(
  until: number | undefined,
  { time, nowMs }: Pick<Wording, 'time' | 'nowMs'>,
): string {
  if (until === undefined) return words.noEnd
  const isOver = until <= nowMs
  // A last day ends at the midnight after it, which people would read as the day that follows.
  if (time.dayStartMs(time.dayText(until)) === until)
    return fill(isOver ? words.overDay : words.untilDay, { day: time.date(until - 1) })
  return fill(isOver ? words.over : words.until, { when: time.at(until, nowMs).after })
}
