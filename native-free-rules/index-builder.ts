/**
 * Lists become an index in three steps: each rule finds or makes its name's node in a tree, the node's set of rules is exchanged
 * for one with this rule more, and at the end a head is written that says what the tree's words mean.
 */

import { AddressRuleBook, type NetworkTrigger } from './address-rule-book.ts'
import { NAME_BYTES_MAX, nameFromWire, writeName } from './domain-name.ts'
import { EntryTable } from './entry-table.ts'
import { ExpressionPlaces } from './expression-places.ts'
import { ENTRIES_MAX, type IndexParts } from './index-layout.ts'
import { INDEX_LIMITS, type IndexLimits } from './index-limits.ts'
import { writeIndex } from './index-writer.ts'
import { type ListSource, RULE_SCOPES, type RuleEffect, type RuleScope } from './list.ts'
import { tooWide, tooWidePattern } from './list-guard.ts'
import { type ListSink, ListTally } from './list-sink.ts'
import { NameTree } from './name-tree.ts'
import type { RuleCondition } from './rule-condition.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from './rule-failure.ts'
import { RuleSetTable } from './rule-set-table.ts'

export interface IndexOptions {
  /** Eight bytes from a random source, new for each index: they key its hash. */
  readonly seed: Uint8Array
  /** Names the sources that went in, so that a stored index is known to be fresh. */
  readonly fingerprint?: string
  readonly limits?: Partial<IndexLimits>
  /** About how many names will come: room is made for them once, not over and over. */
  readonly namesExpected?: number
}

/** Entries that rules with a condition or with local data leave to plain ones. */
const PLAIN_ENTRIES_KEPT = 8_192

/** One rule as it comes. */
interface NewRule {
  readonly name: string
  readonly scope: RuleScope
  readonly effect: RuleEffect
  readonly condition: RuleCondition | undefined
}

/** Compiles lists into one index. Used once: after `build` it is empty. */
export class IndexBuilder {
  readonly #limits: IndexLimits
  readonly #fingerprint: string
  readonly #key: readonly [number, number]
  readonly #entries = new EntryTable()
  readonly #ruleSets = new RuleSetTable()
  readonly #tallies = new Map<string, ListTally>()
  readonly #wire = new Uint8Array(NAME_BYTES_MAX + 1)
  readonly #specials = new Map<string, number>()
  readonly #expressions = new ExpressionPlaces()
  readonly #networks: AddressRuleBook
  #tree: NameTree

  constructor({ seed, fingerprint = '', limits = {}, namesExpected = 0 }: IndexOptions) {
    this.#limits = { ...INDEX_LIMITS, ...limits }
    this.#fingerprint = fingerprint
    this.#networks = new AddressRuleBook(this.#limits.networksPerListMax)
    this.#key = [wordAt(seed, 0), wordAt(seed, 4)]
    this.#tree = new NameTree(...this.#key, Math.min(namesExpected, this.#limits.nodesMax))
  }

  /** Begins a list. Throws IndexBuildError when its id has been used: an origin must be one list's. */
  list(source: ListSource): ListSink {
    if (this.#tallies.has(source.id)) throw new IndexBuildError(`list id used twice: ${source.id}`)
    const tally = new ListTally(source, this.#limits)
    this.#tallies.set(source.id, tally)
    return {
      add: (name, scope, effect, condition) => this.#add(tally, name, scope, effect, condition),
      addNetwork: (network, effect) => this.#addNetwork(tally, network, effect),
      remove: (name, scope, effect, condition) =>
        this.#remove(tally, { name, scope, effect, condition }),
      refuse: (line, text, reason) => {
        tally.refuse(line, text, reason)
      },
    }
  }

  /** The finished index, as `openIndex` reads it. */
  build(): IndexParts {
    const tree = this.#tree
    this.#tree = new NameTree(...this.#key)
    const lists = [...this.#tallies.values()].map((tally) => tally.manifest())
    this.#tallies.clear()
    return writeIndex({
      tree,
      key: this.#key,
      sets: this.#ruleSets.sets,
      manifest: {
        fingerprint: this.#fingerprint,
        lists,
        entries: this.#entries.entries,
        addresses: this.#networks.rules,
      },
    })
  }

  #add(
    tally: ListTally,
    name: string,
    scope: RuleScope,
    effect: RuleEffect,
    condition: RuleCondition | undefined,
  ): RuleFailure | undefined {
    const { source } = tally
    const forbidden = tally.forbidden(effect)
    if (forbidden) return forbidden
    const length = writeName(name, this.#wire)
    if (isRuleFailure(length)) return length
    const wide = source.trusted ? undefined : this.#tooWide(scope, condition)
    if (wide) return wide
    const isSpecial = condition !== undefined || effect.kind === 'local-data'
    if (isSpecial && this.#isFullOfSpecials(tally))
      return ruleFailure('too-many-entries', 'too many rules with conditions or data')
    const place = condition?.expression === undefined ? undefined : nameFromWire(this.#wire, 0)
    const full = place === undefined ? undefined : this.#whyNoExpression(place)
    if (full) return full
    const entry = this.#entries.idOf(source.id, effect, condition)
    if (entry < 0) return ruleFailure('too-many-entries', 'too many lists and effects in one index')
    if (this.#isFull()) return ruleFailure('too-many-names', 'the index is full')
    const node = this.#tree.nodeOf(this.#wire)
    const before = this.#tree.setOf(node)
    if (condition && this.#conditionsOf(before) >= this.#limits.conditionsPerNameMax)
      return ruleFailure('too-many-conditions', 'too many rules with conditions on one name')
    const set = this.#ruleSets.add(before, entry | (RULE_SCOPES.indexOf(scope) << 16))
    if (set < 0) return ruleFailure('too-many-rule-sets', 'the name is in too many lists')
    if (set === before) return undefined
    this.#tree.putSet(node, set)
    if (isSpecial) addOne(this.#specials, source.id)
    if (place !== undefined) this.#expressions.add(place)
    tally.count(effect, condition !== undefined, isCanary(this.#wire, length), 1)
    return undefined
  }

  #addNetwork(
    tally: ListTally,
    network: NetworkTrigger,
    effect: RuleEffect,
  ): RuleFailure | undefined {
    const { source } = tally
    const why = tally.forbidden(effect) ?? this.#networks.whyNot(source, network)
    if (why) return why
    const isSpecial = effect.kind === 'categorise' && effect.records !== undefined
    if (isSpecial && this.#isFullOfSpecials(tally))
      return ruleFailure('too-many-entries', 'too many rules with conditions or data')
    const entry = this.#entries.idOf(source.id, effect, undefined)
    if (entry < 0) return ruleFailure('too-many-entries', 'too many lists and effects in one index')
    this.#networks.add(source.id, { ...network, entry })
    if (isSpecial) addOne(this.#specials, source.id)
    tally.count(effect, false, false, 1)
    return undefined
  }

  #remove(tally: ListTally, { name, scope, effect, condition }: NewRule): boolean {
    const length = writeName(name, this.#wire)
    if (isRuleFailure(length)) return false
    const entry = this.#entries.find(tally.source.id, effect, condition)
    if (entry < 0 || this.#isFull()) return false
    const node = this.#tree.nodeOf(this.#wire)
    const before = this.#tree.setOf(node)
    const set = this.#ruleSets.remove(before, entry | (RULE_SCOPES.indexOf(scope) << 16))
    if (set < 0 || set === before) return false
    this.#tree.putSet(node, set)
    tally.count(effect, condition !== undefined, isCanary(this.#wire, length), -1)
    return true
  }

  #isFull(): boolean {
    return this.#tree.nodes >= this.#limits.nodesMax || this.#tree.isFull
  }

  #tooWide(scope: RuleScope, condition: RuleCondition | undefined): RuleFailure | undefined {
    const isPattern = condition?.glob !== undefined || condition?.expression !== undefined
    return isPattern ? tooWidePattern(this.#wire) : tooWide(this.#wire, scope)
  }

  #whyNoExpression(name: string): RuleFailure | undefined {
    const { expressionsMax, expressionsPerNameMax } = this.#limits
    if (this.#expressions.count >= expressionsMax)
      return ruleFailure('too-many-conditions', 'too many regular expressions in one index')
    return this.#expressions.withOneMore(name) > expressionsPerNameMax
      ? ruleFailure('too-many-conditions', 'too many regular expressions for one name')
      : undefined
  }

  /** One list must not use up the entries that the others need. */
  #isFullOfSpecials({ source }: ListTally): boolean {
    return (
      (this.#specials.get(source.id) ?? 0) >= this.#limits.specialRulesMax ||
      this.#entries.entries.length >= ENTRIES_MAX - PLAIN_ENTRIES_KEPT
    )
  }

  #conditionsOf(set: number): number {
    const { entries } = this.#entries
    const pairs = this.#ruleSets.sets[set] ?? []
    return pairs.filter((pair) => entries[pair & 0xffff]?.condition !== undefined).length
  }
}

/** Lists that cannot become an index, for a reason in the program or its settings. */
export class IndexBuildError extends Error {
  readonly code = 'EDGE_RULE_INDEX'
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function wordAt(seed: Uint8Array, at: number): number {
  if (seed.length < at + 4) throw new IndexBuildError('the seed must have eight bytes')
  return (seed[at]! | (seed[at + 1]! << 8) | (seed[at + 2]! << 16) | (seed[at + 3]! << 24)) >>> 0
}

/** Whether a name in wire form of this length ends in `test`, which nobody can own (RFC 6761 section 6.2). */
function isCanary(wire: Uint8Array, length: number): boolean {
  const at = length - 6
  if (at < 0 || wire[at] !== 4) return false
  return (
    wire[at + 1] === 0x74 && wire[at + 2] === 0x65 && wire[at + 3] === 0x73 && wire[at + 4] === 0x74
  )
}
