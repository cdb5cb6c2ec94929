import { z } from 'zod'
import {
  CONSOLE_RULES_MAX,
  type ConsoleRulesTold,
  type ConsoleRuleTold,
  RULE_TEXT_MAX,
} from '#domain/console-rules.ts'
import {
  DAY_RANGES_MAX,
  DAYS_KINDS,
  DAYS_NAME_MAX,
  PERIOD_KINDS,
  PERIOD_NAME_MAX,
  PERIODS_MAX,
  type TimetableTold,
} from '#domain/console-timetable.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { readRuleName } from '#domain/rule-name.ts'
import type { ConsoleRule, ConsoleRules } from './console-rule.ts'

const NAME_CHARS_MAX = 1024
const GROUPS_MAX = 64
/** Rules that are told to be wrong; the rest wait for those to be mended. */
const PROBLEMS_MAX = 10

const line = z.string().max(RULE_TEXT_MAX)
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

const ruleSchema: z.ZodType<ConsoleRuleTold> = z.object({
  id,
  action: z.enum(['allow', 'deny']),
  name: z.string().min(1).max(NAME_CHARS_MAX),
  groups: z.array(z.string().min(1).max(100)).max(GROUPS_MAX),
  reason: line,
  who: line,
  until: z.number().exactOptional(),
})

const named = (charsMax: number): z.ZodType<string> => z.string().max(charsMax)
const clockTime = z.string().regex(/^\d\d:\d\d$/)
const date = z.string().regex(/^\d{4}-\d\d-\d\d$/)

/** The form alone: whether it makes sense beside the rest of a configuration is found where that is read. */
export const timetableSchema: z.ZodType<TimetableTold> = z.object({
  periods: z
    .array(
      z.object({
        day: named(20),
        kind: z.enum(PERIOD_KINDS),
        name: named(PERIOD_NAME_MAX),
        from: clockTime,
        to: clockTime,
      }),
    )
    .max(PERIODS_MAX),
  days: z
    .array(z.object({ kind: z.enum(DAYS_KINDS), from: date, to: date, name: named(DAYS_NAME_MAX) }))
    .max(DAY_RANGES_MAX),
})

/** What the collector tells of rules, as far as its form goes. */
export const toldSchema: z.ZodType<ConsoleRulesTold> = z.object({
  id,
  version: z.int().positive(),
  rules: z.array(ruleSchema).max(CONSOLE_RULES_MAX),
  timetable: timetableSchema.exactOptional(),
})

export const ruleListSchema: z.ZodType<readonly ConsoleRuleTold[]> = z
  .array(ruleSchema)
  .max(CONSOLE_RULES_MAX)

/** Reads the names; `problems` says of each bad one what is wrong with it. */
export function readRules(told: readonly ConsoleRuleTold[]): {
  readonly rules: readonly ConsoleRule[]
  readonly problems: readonly string[]
} {
  const rules: ConsoleRule[] = []
  const problems: string[] = []
  for (const { name: text, groups, until, ...rest } of told) {
    const name = readRuleName(text)
    if (isFailure(name)) problems.push(`${rest.action} ${text.slice(0, 100)}: ${name.detail}`)
    else rules.push({ ...rest, name, groups: groups.length === 0 ? 'all' : groups, until })
  }
  return { rules, problems: problems.slice(0, PROBLEMS_MAX) }
}

/** Reads the file that `rulesText` made. Never throws. */
export function readRulesText(text: string): ConsoleRules | Failure<'bad-rules'> {
  const told = toldSchema.safeParse(parseJson(text))
  const bad = failure('bad-rules', 'the file of the rules of the console is not understood')
  if (!told.success) return bad
  const { rules, problems } = readRules(told.data.rules)
  return problems.length > 0 ? bad : { ...told.data, rules }
}

/** What is kept of rules over a restart. */
export function rulesText(kept: ConsoleRules): string {
  return `${JSON.stringify({ ...kept, rules: kept.rules.map(toldOf) })}\n`
}

function toldOf({ groups, until, ...rule }: ConsoleRule): ConsoleRuleTold {
  return {
    ...rule,
    groups: groups === 'all' ? [] : groups,
    ...(until === undefined ? {} : { until }),
  }
}

/** Undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
