import { AddressRuleTable } from './address-rule-table.ts'
import type { CategoryId } from './category-ids.ts'
import { type CompiledConditions, ConditionTable } from './condition-table.ts'
import { type DomainName, nameFromWire } from './domain-name.ts'
import { effectStrength } from './effect-strength.ts'
import type { IndexParts } from './index-layout.ts'
import { LABELS_PER_NAME_MAX, ROOT_RECORD } from './index-layout.ts'
import { type IndexReader, NO_RECORD } from './index-reader.ts'
import { type ListManifest, RULE_SCOPES, type RuleEntry, type RuleScope } from './list.ts'
import type { IndexManifest } from './manifest.ts'
import type { Matches } from './matches.ts'
import { TYPE_A } from './record-types.ts'

const EXACT = RULE_SCOPES.indexOf('exact')
const BELOW = RULE_SCOPES.indexOf('below')
/** Lists whose exceptions can meet on one name. */
const LIFTED_LISTS_MAX = 64

/** One rule on a name's way, for explaining a verdict. */
export interface TracedRule {
  readonly rule: DomainName
  readonly scope: RuleScope
  readonly entry: RuleEntry
  /** True where an exception of the same list takes the rule back, or a nearer rule of a list whose nearest rules count. */
  readonly lifted: boolean
}

interface IndexFacts {
  readonly names: number
  readonly sizeBytes: number
  readonly conditions: CompiledConditions
}

/** A compiled index, read in place. Reads from shared memory only; one instance a thread. */
export class RuleIndex {
  readonly fingerprint: string
  readonly lists: readonly ListManifest[]
  readonly entries: readonly RuleEntry[]
  /** Rules on networks. */
  readonly addresses: AddressRuleTable
  /** Names that carry a rule. */
  readonly names: number
  readonly sizeBytes: number
  /** Categories with at least one real name: what this index can notice. */
  readonly categoriesPresent: ReadonlySet<CategoryId>
  /** Its memory, which other threads may open too. */
  readonly parts: IndexParts
  readonly #reader: IndexReader
  readonly #listOf: Uint16Array
  readonly #isException: Uint8Array
  readonly #strengths: Uint8Array
  readonly #hasExceptions: boolean
  /** Rules of an important condition, which only such exceptions lift. */
  readonly #isImportant: Uint8Array
  readonly #conditions: ConditionTable
  readonly #hasConditions: boolean
  /** Entries of lists whose nearest rules alone count. */
  readonly #isNearestOnly: Uint8Array
  readonly #hasNearestOnly: boolean
  /** By list: the level of its nearest rule on the name. Only of such lists. */
  readonly #nearest: Int16Array
  readonly #path = new Uint32Array(LABELS_PER_NAME_MAX + 1)
  readonly #lifted = new Uint16Array(LIFTED_LISTS_MAX)
  readonly #liftsImportant = new Uint8Array(LIFTED_LISTS_MAX)
  #liftedCount = 0

  constructor(reader: IndexReader, manifest: IndexManifest, facts: IndexFacts) {
    const { names, sizeBytes, conditions } = facts
    const { fingerprint, lists, entries } = manifest
    const order = new Map(lists.map(({ id }, index) => [id, index]))
    this.parts = reader.parts
    this.#reader = reader
    this.fingerprint = fingerprint
    this.lists = lists
    this.entries = entries
    this.addresses = new AddressRuleTable(manifest.addresses, entries)
    this.names = names
    this.sizeBytes = sizeBytes
    this.categoriesPresent = new Set(lists.flatMap((list) => list.categoriesWithNames))
    this.#listOf = Uint16Array.from(entries, ({ list }) => order.get(list) ?? 0)
    this.#isException = Uint8Array.from(entries, ({ effect }) => Number(effect.kind === 'except'))
    this.#strengths = Uint8Array.from(entries, ({ effect }) => effectStrength(effect))
    this.#isImportant = Uint8Array.from(entries, (entry) =>
      Number(entry.condition?.isImportant === true),
    )
    this.#conditions = new ConditionTable(entries, conditions)
    this.#hasConditions = this.#conditions.count > 0
    const nearest = new Set(lists.filter((list) => list.isNearestOnly).map(({ id }) => id))
    this.#isNearestOnly = Uint8Array.from(entries, ({ list }) => Number(nearest.has(list)))
    this.#hasNearestOnly = nearest.size > 0
    this.#nearest = new Int16Array(lists.length)
    this.#hasExceptions = this.#isException.includes(1)
  }

  /**
   * Appends to `out` the entries that cover the lower-case wire-form name at `start` for a question of `type`, exceptions already
   * applied. Bytes that are no name match nothing. Never throws, allocates nothing.
   */
  match(name: Uint8Array, start: number, out: Matches, type: number = TYPE_A): void {
    const depth = this.#reader.measure(name, start)
    if (depth < 0) return
    const reached = this.#walk(name, depth)
    this.#liftedCount = 0
    if (this.#hasConditions) this.#conditions.begin(name, start, type)
    if (this.#hasNearestOnly) this.#collectNearest(depth, reached)
    if (this.#hasExceptions) this.#collectExceptions(depth, reached)
    const from = out.count
    for (let level = 0; level <= reached; level++) this.#append(level, level === depth, out, from)
  }

  /** Every rule that covers the name, the widest first, lifted ones too. May allocate; for `explain`. */
  trace(name: Uint8Array, start: number, type: number = TYPE_A): readonly TracedRule[] {
    const depth = this.#reader.measure(name, start)
    if (depth < 0) return []
    const reached = this.#walk(name, depth)
    this.#liftedCount = 0
    this.#conditions.begin(name, start, type)
    this.#collectNearest(depth, reached)
    this.#collectExceptions(depth, reached)
    const traced: TracedRule[] = []
    for (let level = 0; level <= reached; level++) {
      // From its end on, a name is the root.
      const rule = nameFromWire(name, level === 0 ? name.length : this.#startOf(depth, level))
      this.#forEachPair(this.#path[level]!, level === depth, (id, scopeNumber) => {
        const entry = this.entries[id]
        const scope = RULE_SCOPES[scopeNumber]
        if (!entry || !scope || !this.#conditions.holds(id)) return
        const isException = entry.effect.kind === 'except'
        const lifted = this.#isOvershadowed(id, level) || (!isException && this.#isLifted(id))
        traced.push({ rule, scope, entry, lifted })
      })
    }
    return traced
  }

  /** Fills `#path` with the rule sets from the root down; returns the deepest level that exists. */
  #walk(name: Uint8Array, depth: number): number {
    const reader = this.#reader
    let record = ROOT_RECORD
    this.#path[0] = reader.setOf(record)
    for (let level = 1; level <= depth; level++) {
      record = reader.find(record, name, this.#startOf(depth, level))
      if (record === NO_RECORD) return level - 1
      this.#path[level] = reader.setOf(record)
      if (!reader.hasChildren(record)) return level
    }
    return depth
  }

  #startOf(depth: number, level: number): number {
    return this.#reader.startOf(depth - level)
  }

  #append(level: number, isWhole: boolean, out: Matches, from: number): void {
    const { setBegins, pairs } = this.#reader
    const set = this.#path[level]!
    for (let i = setBegins[set]!, end = setBegins[set + 1]!; i < end; i++) {
      const pair = pairs[i]!
      if (!covers(pair >>> 16, isWhole)) continue
      const entry = pair & 0xffff
      if (this.#isException[entry] === 1) continue
      if (this.#hasConditions && !this.#conditions.holds(entry)) continue
      if (this.#hasNearestOnly && this.#isOvershadowed(entry, level)) continue
      if (this.#liftedCount > 0 && this.#isLifted(entry)) continue
      out.add(entry, this.#strengths[entry]!, from)
    }
  }

  #collectExceptions(depth: number, reached: number): void {
    for (let level = 0; level <= reached; level++) {
      const { setBegins, pairs } = this.#reader
      const set = this.#path[level]!
      for (let i = setBegins[set]!, end = setBegins[set + 1]!; i < end; i++) {
        const pair = pairs[i]!
        const entry = pair & 0xffff
        if (this.#isException[entry] !== 1 || !covers(pair >>> 16, level === depth)) continue
        if (!this.#conditions.holds(entry)) continue
        if (this.#hasNearestOnly && this.#isOvershadowed(entry, level)) continue
        this.#lift(this.#listOf[entry]!, this.#isImportant[entry]!)
      }
    }
  }

  #isLifted(entry: number): boolean {
    const list = this.#listOf[entry]
    for (let i = 0; i < this.#liftedCount; i++)
      if (this.#lifted[i] === list) return this.#liftsImportant[i]! >= this.#isImportant[entry]!
    return false
  }

  #lift(list: number, isImportant: number): void {
    for (let i = 0; i < this.#liftedCount; i++) {
      if (this.#lifted[i] !== list) continue
      if (isImportant === 1) this.#liftsImportant[i] = 1
      return
    }
    if (this.#liftedCount === LIFTED_LISTS_MAX) return
    this.#lifted[this.#liftedCount] = list
    this.#liftsImportant[this.#liftedCount++] = isImportant
  }

  /** Notes how deep the nearest rule of each list is whose nearest rules alone count; exceptions are such rules too. */
  #collectNearest(depth: number, reached: number): void {
    this.#nearest.fill(-1)
    for (let level = 0; level <= reached; level++) {
      const { setBegins, pairs } = this.#reader
      const set = this.#path[level]!
      for (let i = setBegins[set]!, end = setBegins[set + 1]!; i < end; i++) {
        const entry = pairs[i]! & 0xffff
        if (this.#isNearestOnly[entry] !== 1 || !covers(pairs[i]! >>> 16, level === depth)) continue
        if (this.#conditions.holds(entry)) this.#nearest[this.#listOf[entry]!] = level
      }
    }
  }

  #isOvershadowed(entry: number, level: number): boolean {
    return this.#isNearestOnly[entry] === 1 && level < this.#nearest[this.#listOf[entry]!]!
  }

  #forEachPair(set: number, isWhole: boolean, visit: (entry: number, scope: number) => void): void {
    const { setBegins, pairs } = this.#reader
    for (let i = setBegins[set]!, end = setBegins[set + 1]!; i < end; i++) {
      const pair = pairs[i]!
      if (covers(pair >>> 16, isWhole)) visit(pair & 0xffff, pair >>> 16)
    }
  }
}

function covers(scope: number, isWhole: boolean): boolean {
  return isWhole ? scope !== BELOW : scope !== EXACT
}
