import { NAME_BYTES_MAX } from './domain-name.ts'
import { compileTable, type ExpressionTable, matchesTable } from './expression-table.ts'
import { matchesGlob } from './glob.ts'
import { globKeys, NO_KEY, PAIR_KEYS, pairKey } from './glob-keys.ts'
import type { RuleEntry } from './list.ts'
import type { TypeCondition } from './rule-condition.ts'
import { isRuleFailure, type RuleFailure } from './rule-failure.ts'

const DOT = 0x2e
/** Stands for a dot within a label, so that it is not taken for one between labels. No list can name it. */
const DOT_WITHIN = 0

/** One entry's condition, ready to be evaluated. */
interface CompiledCondition {
  readonly types: TypeCondition | undefined
  /** Each with a dot before it. */
  readonly denyAllow: readonly Uint8Array[]
  readonly glob: Uint8Array | undefined
  readonly expression: ExpressionTable | undefined
}

/**
 * The conditions of an index's entries, made ready. `begin` tells it the question, `holds` answers for an entry; the name is put
 * into text only if some condition needs it. Allocates nothing after construction.
 */
export class ConditionTable {
  /** Entries that have a condition to be evaluated. */
  readonly count: number
  readonly #compiled: CompiledConditions
  /** Two keys an entry, of pairs that its glob needs (see `globKeys`). */
  readonly #needs: Uint16Array
  /** By key: the number of the last question whose name has such a pair. */
  readonly #seen = new Uint32Array(PAIR_KEYS)
  #question = 0
  readonly #text = new Uint8Array(NAME_BYTES_MAX + 1)
  #textLength = 0
  #name: Uint8Array = this.#text
  #start = 0
  #type = 0

  constructor(entries: readonly RuleEntry[], compiled: CompiledConditions) {
    this.#compiled = compiled
    this.#needs = Uint16Array.from(
      entries.flatMap(({ condition }) => globKeys(condition?.glob ?? '')),
    )
    this.count = compiled.filter((one) => one !== undefined).length
  }

  /** A sound name in wire form, and the record type asked for. */
  begin(name: Uint8Array, start: number, type: number): void {
    this.#name = name
    this.#start = start
    this.#type = type
    this.#textLength = 0
  }

  holds(entry: number): boolean {
    const need = this.#needs[entry * 2]!
    if (need !== NO_KEY) {
      if (this.#textLength === 0) this.#writeText()
      if (this.#seen[need] !== this.#question) return false
      if (this.#seen[this.#needs[entry * 2 + 1]!] !== this.#question) return false
    }
    const condition = this.#compiled[entry]
    if (!condition) return true
    const { types, denyAllow, glob, expression } = condition
    if (types && types.types.includes(this.#type) !== (types.mode === 'only')) return false
    if (denyAllow.length === 0 && !glob && !expression) return true
    if (this.#textLength === 0) this.#writeText()
    for (const suffix of denyAllow) if (this.#endsWith(suffix)) return false
    if (glob && !matchesGlob(glob, this.#text, this.#textLength)) return false
    // Without the dot before the name.
    return !expression || matchesTable(expression, this.#text, 1, this.#textLength)
  }

  /** The name as labels with a dot before each. */
  #writeText(): void {
    const name = this.#name
    let length = 0
    for (let at = this.#start, size = name[at]!; size > 0; at += size + 1, size = name[at]!) {
      this.#text[length++] = DOT
      for (let i = at + 1; i <= at + size; i++) {
        const byte = name[i]!
        this.#text[length++] = byte === DOT ? DOT_WITHIN : byte
      }
    }
    if (length === 0) this.#text[length++] = DOT
    this.#textLength = length
    this.#notePairs()
  }

  #notePairs(): void {
    this.#question = (this.#question + 1) >>> 0
    if (this.#question === 0) this.#seen.fill(0xffff_ffff)
    const text = this.#text
    for (let i = 1; i < this.#textLength; i++)
      this.#seen[pairKey(text[i - 1]!, text[i]!)] = this.#question
  }

  #endsWith(suffix: Uint8Array): boolean {
    const from = this.#textLength - suffix.length
    if (from < 0) return false
    for (let i = 0; i < suffix.length; i++) if (this.#text[from + i] !== suffix[i]) return false
    return true
  }
}

/** By entry; undefined where there is nothing to evaluate. */
export type CompiledConditions = readonly (CompiledCondition | undefined)[]

/** Makes the conditions of entries ready. Fails for an expression that does not compile. Never throws. */
export function compileConditions(
  entries: readonly RuleEntry[],
): CompiledConditions | RuleFailure<'bad-expression'> {
  const tables = new Map<string, ExpressionTable>()
  for (const { condition } of entries) {
    const source = condition?.expression
    if (source === undefined || tables.has(source)) continue
    const table = compileTable(source)
    if (isRuleFailure(table)) return table
    tables.set(source, table)
  }
  return entries.map((entry) => compile(entry, tables))
}

const encoder = new TextEncoder()

function compile(
  { condition }: RuleEntry,
  tables: ReadonlyMap<string, ExpressionTable>,
): CompiledCondition | undefined {
  if (!condition) return undefined
  const { types, denyAllow = [], glob, expression = '' } = condition
  const table = tables.get(expression)
  if (!types && denyAllow.length === 0 && glob === undefined && !table) return undefined
  return {
    types,
    denyAllow: denyAllow.map((name) => encoder.encode(`.${name}`)),
    glob: glob === undefined ? undefined : encoder.encode(glob),
    expression: table,
  }
}
