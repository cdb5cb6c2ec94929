/**
 * The names that an Adblock DNS rule is for. Most are a name with all below, or one name; what has a wildcard inside or an open end
 * is a glob that hangs on the longest name it must end in.
 */
import type { RuleScope } from '../list.ts'
import { isGlob, type RuleCondition } from '../rule-condition.ts'
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'
import { isAddress, whyNotHost } from './host-text.ts'

/** The names a pattern is for: a name's scope, and where that says too much a glob or a regular expression. */
export interface NamePattern {
  readonly name: string
  readonly scope: RuleScope
  readonly glob?: string
  readonly expression?: string
}

/** What must hold for a name beside its scope, or undefined. */
export function conditionOf({
  glob,
  expression,
}: NamePattern): Pick<RuleCondition, 'glob' | 'expression'> | undefined {
  if (glob !== undefined) return { glob }
  return expression === undefined ? undefined : { expression }
}

/** `name`: at the beginning of the name. `label`: at that of a label. */
type Start = 'name' | 'label' | 'anywhere'

interface Marks {
  readonly start: Start
  readonly body: string
  /** Whether the name must end where the body does; `unsaid` where neither a mark nor a star tells. */
  readonly end: 'here' | 'open' | 'unsaid'
}

/**
 * Reads `||name^`, `|name^`, `name`, `.name` and wildcards. `||name` without an end mark means the same as with one, which is less
 * than its letter and what list authors mean. Never throws.
 */
export function readNamePattern(text: string): NamePattern | RuleFailure<'bad-pattern'> {
  if (/[/:]/.test(text)) return refused('an address of a page is not a name')
  const marks = readMarks(text.toLowerCase())
  const { body } = marks
  if (/^\.*$/.test(body)) return refused('covers every name')
  if (isAddress(body)) return refused('an IP address is not a name')
  const why = whyNotHost(body.replaceAll('*', ''))
  if (why !== undefined) return refused(why)
  if (body.includes('..')) return refused('the name has an empty label')
  return plainPattern(marks) ?? globPattern(marks)
}

function readMarks(text: string): Marks {
  const start = text.startsWith('||') ? 'label' : text.startsWith('|') ? 'name' : 'anywhere'
  const rest = text.replace(/^\|{1,2}/, '')
  const unmarked = rest.replace(/[\^|]{1,2}$/, '')
  const isMarked = unmarked.length < rest.length
  const bare = unmarked.replace(/^\*+/, '')
  const body = bare.replace(/\*+$/, '').replace(/\*{2,}/g, '*')
  return {
    start: bare.length < unmarked.length ? 'anywhere' : start,
    body: bare.length < unmarked.length && body !== '' && !body.startsWith('.') ? `*${body}` : body,
    end: bare.endsWith('*') ? 'open' : isMarked ? 'here' : 'unsaid',
  }
}

/** The pattern as a name and a scope, where it is no more than that. */
function plainPattern({ start, body, end }: Marks): NamePattern | undefined {
  if (body.includes('*') || end === 'open') return undefined
  if (body.endsWith('.') && end !== 'here') return undefined
  const isWhole = end === 'here' || body.replace(/^\./, '').includes('.')
  if (body.startsWith('.') && start !== 'name')
    return isWhole ? { name: body.slice(1), scope: 'below' } : undefined
  if (start === 'label') return isWhole ? { name: body, scope: 'subtree' } : undefined
  if (start === 'name') return end === 'here' ? { name: body, scope: 'exact' } : undefined
  return end === 'unsaid' && isWhole ? { name: body, scope: 'exact' } : undefined
}

function globPattern(marks: Marks): NamePattern | RuleFailure<'bad-pattern'> {
  const glob = globOf(marks)
  if (!/^[\x20-\x7e]*$/.test(glob))
    return refused('a wildcard cannot stand beside letters beyond ASCII')
  if (!isGlob(glob)) return refused('the pattern is too long')
  return { name: nameBehind(glob), scope: 'subtree', glob }
}

/** Globs are matched against the name with a dot before it. */
function globOf({ start, body, end }: Marks): string {
  const tail = end === 'here' ? '' : '*'
  if (start === 'label') return `*.${body}${tail}`
  if (start === 'name') return `.${body}${tail}`
  // A dot at the beginning is one between labels, not the one before the name.
  const head = body.startsWith('.') ? '?*' : body.startsWith('*') ? '' : '*'
  return `${head}${body}${tail}`
}

/** The whole labels that a glob ends in, or the root. */
function nameBehind(glob: string): string {
  const tail = glob.slice(glob.lastIndexOf('*') + 1)
  const dot = tail.indexOf('.')
  const name = dot < 0 ? '' : tail.slice(dot + 1)
  return name === '' ? '.' : name
}

function refused(why: string): RuleFailure<'bad-pattern'> {
  return ruleFailure('bad-pattern', why)
}
