import { z } from 'zod'
import { plainText } from '#console/present/plain-text.ts'
import type { PlainTime } from '#console/present/plain-time.ts'
import { fill } from '#console/words/fill.ts'
import { policy } from '#console/words/policy.ts'
import { type ConsoleRuleTold, RULE_TEXT_MAX } from '#domain/console-rules.ts'
import { isFailure } from '#domain/failure.ts'
import { readRuleName } from '#domain/rule-name.ts'
import { newRandomId } from '#platform/random.ts'

const text = z.string().max(2000).catch('')
const many = z.union([z.string().transform((one) => [one]), z.array(z.string()).max(64)]).catch([])
const nothing = { name: '', action: '', groups: [], reason: '', until: '' }
const schema = z.object({ name: text, action: text, groups: many, reason: text, until: text })
const QUOTED_MAX = 60

/** A rule as somebody wrote it. Hostile text. */
export interface RuleForm {
  readonly name: string
  readonly action: string
  readonly groups: readonly string[]
  readonly reason: string
  /** The last day, `YYYY-MM-DD`; empty for no end. */
  readonly until: string
}

/** What is wrong with each field, in words. */
export type RuleProblems = Readonly<Partial<Record<keyof RuleForm, string>>>

/** Never throws. */
export function readRuleForm(body: unknown): RuleForm {
  return schema.catch(nothing).parse(body)
}

/** The rule that a form asks for, or what is wrong with it: quoted, and with what to do. */
export function ruleOf(
  form: RuleForm,
  who: string,
  known: {
    readonly groups: readonly string[]
    readonly time: PlainTime
    readonly nowMs: number
  },
): { readonly rule: ConsoleRuleTold } | { readonly problems: RuleProblems } {
  const name = readRuleName(form.name)
  const until = form.until.trim() === '' ? undefined : known.time.dayStartMs(form.until.trim(), 1)
  const { action } = form
  const problems = {
    ...(isFailure(name) && { name: sayName(form.name, name.detail) }),
    ...(action !== 'allow' && action !== 'deny' && { action: policy.problems.action }),
    ...problemOfGroups(form.groups, known.groups),
    ...problemOfReason(form.reason),
    ...(form.until.trim() !== '' && problemOfEnd(form.until, until, known.nowMs)),
  }
  if (
    isFailure(name) ||
    (action !== 'allow' && action !== 'deny') ||
    Object.keys(problems).length > 0
  )
    return { problems }
  const rule = {
    id: newRandomId(),
    action,
    name,
    groups: form.groups,
    reason: form.reason.trim(),
    who: who.slice(0, RULE_TEXT_MAX),
    ...(until !== undefined && { until }),
  } satisfies ConsoleRuleTold
  return { rule }
}

function sayName(given: string, detail: string): string {
  if (given.trim() === '') return policy.problems.noName
  return fill(policy.problems.name, { name: quoted(given), why: detail })
}

function problemOfGroups(
  given: readonly string[],
  known: readonly string[],
): Pick<RuleProblems, 'groups'> {
  const strange = given.find((group) => !known.includes(group))
  return strange === undefined
    ? {}
    : { groups: fill(policy.problems.group, { group: quoted(strange) }) }
}

function problemOfReason(given: string): Pick<RuleProblems, 'reason'> {
  if (given.trim().length < REASON_MIN) return { reason: policy.problems.noReason }
  return given.trim().length > RULE_TEXT_MAX
    ? {
        reason: fill(policy.problems.longReason, {
          count: given.trim().length,
          max: RULE_TEXT_MAX,
        }),
      }
    : {}
}
const REASON_MIN = 5

function problemOfEnd(
  given: string,
  until: number | undefined,
  nowMs: number,
): Pick<RuleProblems, 'until'> {
  if (until === undefined) return { until: fill(policy.problems.noDay, { day: quoted(given) }) }
  return until <= nowMs ? { until: fill(policy.problems.dayOver, { day: quoted(given) }) } : {}
}

function quoted(given: string): string {
  return plainText(given.trim(), QUOTED_MAX)
}
