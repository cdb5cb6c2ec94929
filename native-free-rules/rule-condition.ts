import { type DomainName, parseDomainName } from './domain-name.ts'
import { EXPRESSION_CHARS_MAX } from './expression-program.ts'
import { recordTypeName } from './record-types.ts'
import { isRuleFailure } from './rule-failure.ts'

/** The record types that a rule is for, or those that it is not for. */
export interface TypeCondition {
  readonly mode: 'only' | 'not'
  readonly types: readonly number[]
}

/** What must hold, beside name and scope, for a rule to count. Most rules have none and cost nothing for it. */
export interface RuleCondition {
  /** An exception of the same list lifts the rule only if it has this too. */
  readonly isImportant?: true
  readonly types?: TypeCondition
  /** Names that the rule leaves out, each with all below. */
  readonly denyAllow?: readonly DomainName[]
  /** Matched against the name with a dot before it: `*` is any bytes, `?` any one byte, all else is itself. */
  readonly glob?: string
  /** A regular expression in RE2's syntax that holds somewhere in the name, which has no dot at its end. */
  readonly expression?: string
}

/** Record types of one rule. */
export const CONDITION_TYPES_MAX = 32
/** Names that one rule leaves out. */
export const DENY_ALLOW_MAX = 128
/** Characters of a glob: bounds the work of one comparison at 128 times 255 steps. */
export const GLOB_CHARS_MAX = 128

const KEYS: ReadonlySet<string> = new Set([
  'isImportant',
  'types',
  'denyAllow',
  'glob',
  'expression',
])
const GLOB = /^[a-z0-9_.*?-]+$/
/** A host's name of at least one label: what a comparison of text can be trusted with. */
const PLAIN_NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/

/** Whether a text may be a rule's glob. */
export function isGlob(text: string): boolean {
  return text.length <= GLOB_CHARS_MAX && GLOB.test(text)
}

/** Whether a name has no byte that would need an escape. */
export function isPlainName(name: string): boolean {
  return PLAIN_NAME.test(name)
}

/** Checks a condition from an index's manifest: within its limits and with no key that is not known here. An expression is not compiled. */
export function isCondition(value: unknown): value is RuleCondition {
  if (!isRecord(value) || Object.keys(value).some((key) => !KEYS.has(key))) return false
  const { isImportant, types, denyAllow, glob, expression } = value
  return (
    (isImportant === undefined || isImportant === true) &&
    (types === undefined || areTypes(types)) &&
    (denyAllow === undefined || areNames(denyAllow)) &&
    (glob === undefined || (typeof glob === 'string' && isGlob(glob))) &&
    (expression === undefined ||
      (typeof expression === 'string' && expression.length <= EXPRESSION_CHARS_MAX))
  )
}

/** A condition in words, for explaining. Empty where there is none. Says hostile text of lists. */
export function conditionText(condition: RuleCondition | undefined): string {
  if (!condition) return ''
  const { isImportant, types, denyAllow, glob, expression } = condition
  const parts = [
    ...(glob === undefined ? [] : [`pattern ${glob}`]),
    ...(expression === undefined ? [] : [`expression /${expression}/`]),
    ...(types ? [`${types.mode} types ${types.types.map(recordTypeName).join(' ')}`] : []),
    ...(denyAllow ? [`not ${denyAllow.join(' ')}`] : []),
    ...(isImportant ? ['important'] : []),
  ]
  return parts.join(', ')
}

function areTypes(value: unknown): boolean {
  if (!isRecord(value)) return false
  const { mode, types } = value
  return (
    (mode === 'only' || mode === 'not') &&
    Array.isArray(types) &&
    types.length > 0 &&
    types.length <= CONDITION_TYPES_MAX &&
    types.every((type) => Number.isInteger(type) && type >= 0 && type <= 0xffff)
  )
}

function areNames(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length > DENY_ALLOW_MAX) return false
  return value.every((text) => {
    if (typeof text !== 'string' || !isPlainName(text)) return false
    const name = parseDomainName(text)
    return !isRuleFailure(name) && name === text
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
