/** An expected refusal, as a value; the same shape as the program's own failures, which this folder must not import. */
export interface RuleFailure<Kind extends string = string> {
  /** Stable; may be matched. */
  readonly failure: Kind
  /** For people. Quotes only what a list says, never what somebody looked up. */
  readonly detail: string
}

/** Makes a refusal. Never throws. */
export function ruleFailure<Kind extends string>(kind: Kind, detail: string): RuleFailure<Kind> {
  return { failure: kind, detail }
}

/** Tells a refusal from a wished-for value. */
export function isRuleFailure(value: unknown): value is RuleFailure {
  return typeof value === 'object' && value !== null && 'failure' in value
}
