/**
 * What the fast path counts, in memory that the main thread reads: one number a place, each written by one thread alone, so
 * that counting is an addition. Doubles, because they count exactly up to 2^53 and an aligned one is never seen half-written.
 */
import { CATEGORY_IDS } from '#rules/category-ids.ts'
import { BLOCK_REASONS, type BlockReason, VERDICT_KINDS, type Verdict } from '#rules/verdict.ts'
import { BYPASS_WAYS, type BypassWay, bypassWayOf, groupOf } from '../bypass-way.ts'
import { LIMIT_KINDS, type LimitKind } from '../limits/limit-kind.ts'
import type { AddWays } from '../metrics/bypass-counter.ts'
import { type Query, type QueryResult, RESULTS } from '../query.ts'
import { blockReasonOf } from '../stages/observe.ts'
import { AskedRing } from './asked-ring.ts'
import { GroupTable } from './group-table.ts'

/** Of so many queries one tells how long it took. */
const SAMPLED_ONE_IN = 16
/** Samples kept until they are read; a reader that is late misses the oldest. */
const SAMPLES = 1_024
/** The last place of a verdict's row is for verdicts without a category. */
const ROW = CATEGORY_IDS.length + 1

const AT = {
  results: 0,
  reasons: RESULTS.length,
  verdicts: RESULTS.length + BLOCK_REASONS.length,
  ways: RESULTS.length + BLOCK_REASONS.length + VERDICT_KINDS.length * ROW,
  limits:
    RESULTS.length +
    BLOCK_REASONS.length +
    VERDICT_KINDS.length * ROW +
    BYPASS_WAYS.length * GroupTable.NUMBERS,
  readings:
    RESULTS.length +
    BLOCK_REASONS.length +
    VERDICT_KINDS.length * ROW +
    BYPASS_WAYS.length * GroupTable.NUMBERS +
    LIMIT_KINDS.length,
} as const
const KERNEL_DROPS = AT.readings
const LOOKUPS_DROPPED = AT.readings + 1
const CACHE_ENTRIES = AT.readings + 2
const CACHE_BYTES = AT.readings + 3
const RENEWALS = AT.readings + 4
const QUERIES = AT.readings + 5
const SAMPLES_TAKEN = AT.readings + 6
const FIRST_SAMPLE = AT.readings + 7
const PLACES = FIRST_SAMPLE + SAMPLES
const BYTES = PLACES * 8 + AskedRing.BYTES + GroupTable.BYTES

const reasonAt: ReadonlyMap<BlockReason, number> = new Map(
  BLOCK_REASONS.map((one, i) => [one, AT.reasons + i]),
)
const limitAt: ReadonlyMap<LimitKind, number> = new Map(
  LIMIT_KINDS.map((one, i) => [one, AT.limits + i]),
)
const wayAt: ReadonlyMap<BypassWay, number> = new Map(
  BYPASS_WAYS.map((one, i) => [one, AT.ways + i * GroupTable.NUMBERS]),
)
const categoryAt: ReadonlyMap<string, number> = new Map(CATEGORY_IDS.map((id, i) => [id, i]))

/** Figures that are read as they are, not added up. */
export interface TallyReadings {
  readonly kernelDrops: number
  readonly lookupsDropped: number
  readonly cacheEntries: number
  readonly cacheBytes: number
  readonly renewals: number
}

export class SharedTally {
  readonly memory: SharedArrayBuffer
  readonly #places: Float64Array
  readonly #groups: GroupTable
  /** Who asks how much. */
  readonly asked: AskedRing

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory
    this.#places = new Float64Array(memory, 0, PLACES)
    this.asked = new AskedRing(memory, PLACES * 8)
    this.#groups = new GroupTable(memory, PLACES * 8 + AskedRing.BYTES)
  }

  /** One answered query. Does not allocate. */
  count(query: Query): void {
    this.asked.note(query)
    // Few words that are found by identity: a map would touch more memory.
    this.#places[RESULTS.indexOf(query.result)]! += 1
    const reason = blockReasonOf(query)
    if (reason !== undefined) this.#places[reasonAt.get(reason)!]! += 1
    if (query.limited !== undefined) this.#places[limitAt.get(query.limited)!]! += 1
    const way = bypassWayOf(query)
    if (way !== undefined)
      this.#places[wayAt.get(way)! + this.#groups.numberOf(groupOf(query))]! += 1
    const { decided } = query
    if (decided) this.#countVerdict(decided.kind, decided.category)
  }

  #countVerdict(kind: Verdict['kind'], category: string | undefined): void {
    const column = category === undefined ? ROW - 1 : (categoryAt.get(category) ?? ROW - 1)
    this.#places[AT.verdicts + VERDICT_KINDS.indexOf(kind) * ROW + column]! += 1
  }

  /** So many queries of one batch; how long it took is asked for where it is to be told. */
  countBatch(queries: number, secondsSoFar: () => number): void {
    const places = this.#places
    const before = Math.floor(places[QUERIES]! / SAMPLED_ONE_IN)
    places[QUERIES]! += queries
    const samples = Math.floor(places[QUERIES]! / SAMPLED_ONE_IN) - before
    if (samples === 0) return
    const seconds = secondsSoFar()
    for (let i = 0; i < samples; i++) {
      places[FIRST_SAMPLE + (places[SAMPLES_TAKEN]! % SAMPLES)] = seconds
      places[SAMPLES_TAKEN]! += 1
    }
  }

  /** Hands out the samples from the `from`th on, as far as they are kept; returns how many have been taken in all. */
  readSamples(from: number, visit: (seconds: number) => void): number {
    const taken = this.#places[SAMPLES_TAKEN]!
    for (let i = Math.max(from, taken - SAMPLES); i < taken; i++)
      visit(this.#places[FIRST_SAMPLE + (i % SAMPLES)]!)
    return taken
  }

  set kernelDrops(drops: number) {
    this.#places[KERNEL_DROPS] = drops
  }

  dropLookup(): void {
    this.#places[LOOKUPS_DROPPED]! += 1
  }

  noteCache(entries: number, bytes: number, renewals: number): void {
    this.#places[CACHE_ENTRIES] = entries
    this.#places[CACHE_BYTES] = bytes
    this.#places[RENEWALS] = renewals
  }

  readings(): TallyReadings {
    const places = this.#places
    return {
      kernelDrops: places[KERNEL_DROPS]!,
      lookupsDropped: places[LOOKUPS_DROPPED]!,
      cacheEntries: places[CACHE_ENTRIES]!,
      cacheBytes: places[CACHE_BYTES]!,
      renewals: places[RENEWALS]!,
    }
  }

  /** The group that a number of `ways` stands for; undefined where its name is not to be seen yet. */
  groupAt(number: number): string | undefined {
    return this.#groups.nameOf(number)
  }

  /** All counts as they are now, to be compared with earlier ones. */
  snapshot(): TallySnapshot {
    return this.#places.slice()
  }
}

export type TallySnapshot = Float64Array

/** What has been counted between two snapshots. */
export interface TallyDelta {
  readonly results: (visit: (result: QueryResult, count: number) => void) => void
  readonly reasons: (visit: (reason: BlockReason, count: number) => void) => void
  readonly limits: (visit: (limit: LimitKind, count: number) => void) => void
  /** By group; where its name is not to be seen yet, the count is left for the next snapshot. */
  readonly ways: (groupAt: SharedTally['groupAt'], visit: AddWays) => void
  readonly verdicts: (
    visit: (kind: Verdict['kind'], category: string | undefined, count: number) => void,
  ) => void
}

export function tallyDelta(before: TallySnapshot, now: TallySnapshot): TallyDelta {
  const grown = (at: number): number => (now[at] ?? 0) - (before[at] ?? 0)
  return {
    results: (visit) => {
      for (const [i, result] of RESULTS.entries()) if (grown(i) > 0) visit(result, grown(i))
    },
    reasons: (visit) => {
      for (const [i, reason] of BLOCK_REASONS.entries())
        if (grown(AT.reasons + i) > 0) visit(reason, grown(AT.reasons + i))
    },
    limits: (visit) => {
      for (const [limit, at] of limitAt) if (grown(at) > 0) visit(limit, grown(at))
    },
    ways: (groupAt, visit) => {
      for (const [way, first] of wayAt)
        for (let number = 0; number < GroupTable.NUMBERS; number++) {
          const at = first + number
          if (grown(at) <= 0) continue
          const group = groupAt(number)
          if (group === undefined) now[at] = before[at] ?? 0
          else visit(way, group, grown(at))
        }
    },
    verdicts: (visit) => {
      for (const [row, kind] of VERDICT_KINDS.entries())
        for (let column = 0; column < ROW; column++) {
          const count = grown(AT.verdicts + row * ROW + column)
          if (count > 0) visit(kind, CATEGORY_IDS[column], count)
        }
    },
  }
}
