import type { TimetableTold } from '#domain/console-timetable.ts'
import type { DomainName } from '#rules/domain-name.ts'
import type { RuleGroups, SchoolEffect } from '#rules/list.ts'

/** A name that somebody allows or denies in the console, with everything below it. */
export interface ConsoleRule {
  readonly id: string
  readonly action: 'allow' | 'deny'
  readonly name: DomainName
  readonly groups: RuleGroups
  readonly reason: string
  readonly who: string
  /** When it goes out of force, in milliseconds since the epoch; undefined: never. */
  readonly until: number | undefined
}

/** One version of them. */
export interface ConsoleRules {
  readonly id: string
  readonly version: number
  readonly rules: readonly ConsoleRule[]
  /** Absent: the one of the configuration's file counts. */
  readonly timetable?: TimetableTold
}

/** What a rule says of its name. */
export function effectOf({ action, groups, until }: ConsoleRule): SchoolEffect {
  const kind = action === 'allow' ? 'school-allow' : 'school-deny'
  return { kind, groups, ...(until === undefined ? {} : { until }) }
}
