/**
 * An expression as a complete table of states (a DFA), so that a name costs one look-up a character whatever the expression and
 * whatever the name. An engine that makes its states while it reads does not give that: names made for it keep it making new ones.
 * Expressions that need too many states are refused.
 */
import {
  type BadExpression,
  type CharSet,
  compileProgram,
  type ExpressionProgram,
} from './expression-program.ts'
import { isRuleFailure, ruleFailure } from './rule-failure.ts'

/** States of one expression. */
export const STATES_MAX = 512
/** Instructions looked at while a table is made: bounds that to some milliseconds. */
export const TABLE_WORK_MAX = 50_000
/** Putting an instruction into a new state takes as long as looking at so many. */
const AHEAD_WORK = 8

/** Stands for every byte that a name in presentation form has to escape: no list can mean one of them. */
const ESCAPED = 0x7f
/** What a name is read as: printable, lower-case, a dot between labels only. */
export const ALPHABET: readonly number[] = Array.from(
  { length: ESCAPED - 0x20 },
  (_, i) => 0x21 + i,
).filter((code) => (code < 0x41 || code > 0x5a) && code !== 0x5c)
/** Nothing that follows makes a match; it has matched, whatever follows. */
export const DEAD = 0
export const MATCHED = 1

export interface ExpressionTable {
  /** The column of each byte; behind them all is that of the end of the text. */
  readonly columns: Uint8Array
  readonly width: number
  /** `width` numbers a state: where the row begins that each column leads to. */
  readonly next: Uint16Array
  readonly start: number
}

/** The assertions of a program, as bits (RE2's `EmptyOp`). */
const BEGIN = 1 | 4
const END = 2 | 8
const BOUNDARY = 16
const NO_BOUNDARY = 32

/** Compiles an expression. Never throws. */
export function compileTable(source: string): ExpressionTable | BadExpression {
  const program = compileProgram(source)
  return isRuleFailure(program) ? program : new TableMaker(program).make()
}

/** Whether the bytes of a name, dots between its labels, hold a match. Allocates nothing. */
export function matchesTable(
  { columns, width, next, start }: ExpressionTable,
  text: Uint8Array,
  from: number,
  to: number,
): boolean {
  let row = start * width
  const matched = MATCHED * width
  for (let i = from; i < to; i++) {
    row = next[row + columns[text[i]!]!]!
    if (row <= matched) return row === matched
  }
  return next[row + width - 1] === matched
}

/** What was before the place that a state stands at. */
const BEFORE = { start: 0, other: 1, word: 2 } as const

/** Makes the states one after the other, each as the set of instructions it may stand at. */
class TableMaker {
  readonly #program: ExpressionProgram
  readonly #hasWords: boolean
  readonly #states: { readonly at: readonly number[]; readonly before: number }[] = []
  readonly #numbers = new Map<string, number>()
  /** By set of characters, 1 for each code in it. */
  readonly #members = new Map<string, Uint8Array>()
  readonly #membersAt: readonly (Uint8Array | undefined)[]
  #work = 0

  constructor(program: ExpressionProgram) {
    this.#program = program
    this.#membersAt = program.instructions.map((one) =>
      one.kind === 'char' ? this.#membersOf(one.chars) : undefined,
    )
    this.#hasWords = program.instructions.some(
      (one) => one.kind === 'assert' && (one.flags & (BOUNDARY | NO_BOUNDARY)) !== 0,
    )
  }

  make(): ExpressionTable | BadExpression {
    const { columns, samples } = this.#columns()
    const width = samples.length + 1
    const rows: (readonly number[])[] = []
    const first = this.#stateOf([this.#program.start], BEFORE.start)
    for (let state = 0; state < this.#states.length; state++) {
      if (this.#states.length > STATES_MAX || this.#work > TABLE_WORK_MAX)
        return ruleFailure('bad-expression', 'the regular expression needs too many states')
      rows.push(this.#row(state, samples))
    }
    return withoutDeadEnds({ columns, width, rows, start: first })
  }

  /** Characters that no instruction tells apart share a column; a sample of each. */
  #columns(): { readonly columns: Uint8Array; readonly samples: readonly number[] } {
    const columns = new Uint8Array(0x100)
    const samples: number[] = []
    const known = new Map<string, number>()
    for (const code of ALPHABET) {
      let key = this.#hasWords && isWord(code) ? 'w' : '-'
      for (const members of this.#members.values()) key += members[code]
      const column = known.get(key) ?? samples.length
      if (column === samples.length) samples.push(code)
      known.set(key, column)
      columns[code] = column
    }
    const others = columns[ESCAPED]!
    for (let code = 0; code < columns.length; code++)
      if (!ALPHABET.includes(code)) columns[code] = others
    return { columns, samples }
  }

  #membersOf(chars: CharSet): Uint8Array {
    const key = JSON.stringify(chars)
    const known = this.#members.get(key)
    if (known) return known
    const members = new Uint8Array(0x100)
    for (const code of ALPHABET) if (holds(chars, code)) members[code] = 1
    this.#members.set(key, members)
    return members
  }

  #stateOf(at: readonly number[], before: number): number {
    const key = `${before}:${at.join()}`
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#states.length + MATCHED + 1
    this.#numbers.set(key, number)
    this.#states.push({ at, before })
    return number
  }

  /** Where every column leads from a state. What is reached without a character is the same for most of them. */
  #row(index: number, samples: readonly number[]): readonly number[] {
    const { at, before } = this.#states[index]!
    const found = new Map<number, Reached>()
    const followed = (code: number | undefined): Reached => {
      const isWordNext = code !== undefined && isWord(code)
      const boundary = (before === BEFORE.word) === isWordNext ? NO_BOUNDARY : BOUNDARY
      const flags =
        (before === BEFORE.start ? BEGIN : 0) |
        (code === undefined ? END : 0) |
        (this.#hasWords ? boundary : 0)
      const reached = found.get(flags) ?? this.#follow(at, flags)
      found.set(flags, reached)
      return reached
    }
    const row = samples.map((code) => this.#behind(followed(code), code))
    return [...row, followed(undefined).isMatch ? MATCHED : DEAD]
  }

  #behind({ isMatch, chars }: Reached, code: number): number {
    if (isMatch) return MATCHED
    const ahead: number[] = []
    for (const { members, next } of chars) if (members[code] === 1) ahead.push(next)
    this.#work += chars.length + ahead.length * AHEAD_WORK
    const after = this.#hasWords && isWord(code) ? BEFORE.word : BEFORE.other
    // Mostly nothing goes on, and the search begins anew.
    if (ahead.length === 0) return this.#stateOf([this.#program.start], after)
    const all = new Set([this.#program.start, ...ahead])
    return this.#stateOf(
      [...all].toSorted((a, b) => a - b),
      after,
    )
  }

  /** Everything that is reached without a character. */
  #follow(from: readonly number[], flags: number): Reached {
    const reached = new Set<number>()
    const chars: { readonly members: Uint8Array; readonly next: number }[] = []
    const open = [...from]
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      if (reached.has(place)) continue
      reached.add(place)
      this.#work += 1
      const one = this.#program.instructions[place]
      if (one?.kind === 'match') return { isMatch: true, chars }
      const members = this.#membersAt[place]
      if (one?.kind === 'char' && members) chars.push({ members, next: one.next })
      if (one?.kind === 'go' || one?.kind === 'split') open.push(one.next)
      if (one?.kind === 'split') open.push(one.other)
      if (one?.kind === 'assert' && (one.flags & ~flags) === 0) open.push(one.next)
    }
    return { isMatch: false, chars }
  }
}

/** What is reached without a character: whether that is a match, else the characters that go on. */
interface Reached {
  readonly isMatch: boolean
  readonly chars: readonly { readonly members: Uint8Array; readonly next: number }[]
}

function holds({ ranges, isFolded }: CharSet, code: number): boolean {
  if (!ranges) return true
  const [only = -1] = ranges
  if (ranges.length === 1)
    return only === code || (isFolded && (only | 0x20) === code && only > 0x40)
  for (let i = 0; i < ranges.length; i += 2)
    if (code >= ranges[i]! && code <= ranges[i + 1]!) return true
  return false
}

function isWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
}

interface Rows {
  readonly columns: Uint8Array
  readonly width: number
  readonly rows: readonly (readonly number[])[]
  readonly start: number
}

/** Puts the rows together; states from which nothing leads to a match become the dead one, so that a name leaves early. */
function withoutDeadEnds({ columns, width, rows, start }: Rows): ExpressionTable {
  const first = MATCHED + 1
  const alive = new Uint8Array(rows.length + first)
  alive[MATCHED] = 1
  const from = Array.from(alive, (): number[] => [])
  for (const [i, row] of rows.entries()) for (const to of row) from[to]!.push(i + first)
  const open: number[] = [MATCHED]
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const one of from[state]!)
      if (alive[one] === 0) {
        alive[one] = 1
        open.push(one)
      }
  const next = new Uint16Array((rows.length + first) * width)
  next.fill(MATCHED * width, MATCHED * width, (MATCHED + 1) * width)
  for (const [i, row] of rows.entries())
    for (const [column, to] of row.entries())
      next[(i + first) * width + column] = alive[to] === 1 ? to * width : DEAD
  return { columns, width, next, start: alive[start] === 1 ? start : DEAD }
}
