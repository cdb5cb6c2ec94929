import { RE2JS, RE2JSException } from 're2js'
import { expressionSize } from './expression-size.ts'
import { type RuleFailure, ruleFailure } from './rule-failure.ts'

/** Characters of one expression. */
export const EXPRESSION_CHARS_MAX = 512
/** Instructions that one compiles to at most. */
export const PROGRAM_MAX = 1_000

/** One step of a compiled expression. `assert` goes on where all of its flags hold. */
export type Instruction =
  | { readonly kind: 'fail' | 'match' }
  | { readonly kind: 'go'; readonly next: number }
  | { readonly kind: 'split'; readonly next: number; readonly other: number }
  | { readonly kind: 'assert'; readonly flags: number; readonly next: number }
  | { readonly kind: 'char'; readonly chars: CharSet; readonly next: number }

/** Codes in pairs, from and to; one alone stands for its letter in both cases where `isFolded`. `undefined` is any. */
export interface CharSet {
  readonly ranges: readonly number[] | undefined
  readonly isFolded: boolean
}

export interface ExpressionProgram {
  readonly instructions: readonly Instruction[]
  readonly start: number
}

export type BadExpression = RuleFailure<'bad-expression'>

/** The engine's operations by number (re2js, `Inst`); `capture` and `nop` only go on. */
const OP = {
  split: 1,
  splitMatch: 2,
  capture: 3,
  assert: 4,
  fail: 5,
  match: 6,
  nop: 7,
  runes: 8,
  rune: 9,
  any: 10,
  anyNotNewline: 11,
} as const
const FOLD_CASE = 1
const ASCII_MAX = 0x7f
/** Classes of Unicode (`\\pL`) are long to compile and mean nothing more in a name than those of ASCII. */
const FLAGS: number = RE2JS.CASE_INSENSITIVE | RE2JS.DISABLE_UNICODE_GROUPS
/** Of re2js and not of RE2: never seen, because it has to be asked for. */
const NOT_TAKEN = 'holds what is not taken here'

/**
 * Compiles the text of an expression, in RE2's syntax and without regard to case, to plain instructions. What would be too large is
 * refused before it is tried. Never throws; takes some milliseconds at worst.
 */
export function compileProgram(source: string): ExpressionProgram | BadExpression {
  if (source.length > EXPRESSION_CHARS_MAX) return refused('is too long')
  // It would hide syntax from the next line.
  if (source.includes('\\Q')) return refused('quotes by \\Q, which is not taken')
  if (expressionSize(source) > PROGRAM_MAX) return refused('is too large')
  try {
    const { prog } = RE2JS.compile(source, FLAGS).re2()
    return readProgram(prog)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return refused(`is not taken: ${error.message.replace('error parsing regexp: ', '')}`)
  }
}

/** The engine's own form is untyped, so it is checked as anything from outside is. */
function readProgram(program: unknown): ExpressionProgram | BadExpression {
  if (!isRecord(program) || !Array.isArray(program['inst'])) return refused(NOT_TAKEN)
  const instructions: Instruction[] = []
  for (const one of program['inst']) {
    const read = readInstruction(one)
    if (!read) return refused(NOT_TAKEN)
    instructions.push(read)
  }
  const { start } = program
  if (typeof start !== 'number' || instructions.length > PROGRAM_MAX) return refused('is too large')
  return { instructions, start }
}

function readInstruction(value: unknown): Instruction | undefined {
  if (!isRecord(value)) return undefined
  const { op, out: next, arg, runes } = value
  if (typeof next !== 'number' || typeof arg !== 'number') return undefined
  switch (op) {
    case OP.split:
    case OP.splitMatch:
      return { kind: 'split', next, other: arg }
    case OP.capture:
    case OP.nop:
      return { kind: 'go', next }
    case OP.assert:
      return { kind: 'assert', flags: arg, next }
    case OP.fail:
      return { kind: 'fail' }
    case OP.match:
      return { kind: 'match' }
    case OP.any:
    case OP.anyNotNewline:
      return { kind: 'char', chars: { ranges: undefined, isFolded: false }, next }
    case OP.runes:
    case OP.rune: {
      const isFolded = (arg & FOLD_CASE) !== 0
      if (!(runes instanceof Int32Array) && !Array.isArray(runes)) return undefined
      return { kind: 'char', chars: { ranges: asciiRanges(runes), isFolded }, next }
    }
    default:
      return undefined
  }
}

/** Names hold nothing beyond ASCII, and classes of letters are long. In order, as the engine has them. */
function asciiRanges(runes: ArrayLike<unknown>): readonly number[] {
  if (runes.length === 1) return [Number(runes[0])]
  const ranges: number[] = []
  for (let i = 0; i < runes.length && Number(runes[i]) <= ASCII_MAX; i += 2)
    ranges.push(Number(runes[i]), Number(runes[i + 1]))
  return ranges
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function refused(why: string): BadExpression {
  return ruleFailure('bad-expression', `the regular expression ${why}`)
}
