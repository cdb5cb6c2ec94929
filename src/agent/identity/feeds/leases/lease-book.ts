import type { MacAddress } from '#domain/mac-address.ts'
import type { Sighting } from '../../sighting.ts'
import { LEASE_LIMITS } from './lease-limits.ts'
import type { LeaseRow } from './lease-row.ts'

interface Told {
  readonly row: LeaseRow
  /** By the monotonic clock. */
  readonly atMs: number
}

/** The moment, on both clocks. */
export interface Moment {
  readonly wallMs: number
  readonly monotonicMs: number
}

/**
 * The leases of one file as they were told, and what is to be told of a change. Its steps are short, so that whoever goes through them
 * can let others have their turn between two.
 */
export class LeaseBook {
  readonly #told = new Map<string, Told>()
  /** Before then, by the wall clock, nothing is over; see `ends`. */
  #nextEndAtMs = Infinity
  #nextTellAtMs = Infinity

  get size(): number {
    return this.#told.size
  }

  /** Leases that hold, of which no MAC is known. */
  get withoutMac(): number {
    let count = 0
    for (const { row } of this.#told.values()) if (!row.mac) count += 1
    return count
  }

  /** Takes up what a reading has brought. `isAnew` tells all of it again, for time has jumped. */
  *take(
    rows: ReadonlyMap<string, LeaseRow>,
    { kind, isAnew }: { readonly kind: 'more' | 'whole'; readonly isAnew: boolean },
    now: Moment,
  ): Generator<readonly Sighting[], void> {
    for (const row of rows.values()) yield this.#takeRow(row, isAnew, now)
    if (kind === 'more') return
    for (const address of this.#told.keys()) if (!rows.has(address)) yield this.#end(address)
  }

  /** Tells what has run out, and again what holds for longer than it was told. */
  *ends(now: Moment): Generator<readonly Sighting[], void> {
    if (now.wallMs < this.#nextEndAtMs && now.monotonicMs < this.#nextTellAtMs) return
    this.#nextEndAtMs = Infinity
    this.#nextTellAtMs = Infinity
    for (const [address, { row, atMs }] of this.#told) {
      const isOld = now.monotonicMs >= tellAgainAt(row, atMs)
      if (row.expiresAtMs <= now.wallMs) yield this.#end(address)
      else if (isOld) yield this.#tell(row, now)
      else this.#expect(row, atMs)
    }
  }

  /** Nobody is told to have any of them any more. */
  *close(): Generator<readonly Sighting[], void> {
    for (const address of this.#told.keys()) yield this.#end(address)
  }

  #takeRow(row: LeaseRow, isAnew: boolean, now: Moment): readonly Sighting[] {
    const before = this.#told.get(row.address)?.row
    if (row.expiresAtMs <= now.wallMs) return this.#end(row.address)
    if (before && !isAnew && isEqual(before, row)) return NOTHING
    if (!before && this.#told.size >= LEASE_LIMITS.leases) return NOTHING
    const gone = before?.mac && before.mac !== row.mac ? [goneOf(before.mac, row.address)] : []
    return [...gone, ...this.#tell(row, now)]
  }

  #tell(row: LeaseRow, now: Moment): readonly Sighting[] {
    const { address, mac, name } = row
    this.#told.set(address, { row, atMs: now.monotonicMs })
    this.#expect(row, now.monotonicMs)
    const lastsMs = Math.min(row.expiresAtMs - now.wallMs, row.lifetimeMs, LEASE_LIMITS.lastsMs)
    const of = mac ? ({ kind: 'mac', mac } as const) : ({ kind: 'address', address } as const)
    return [
      ...(mac ? [{ kind: 'address-seen', source: 'lease', mac, address, lastsMs } as const] : []),
      ...(name === undefined
        ? []
        : [{ kind: 'name-seen', source: 'lease', of, name, lastsMs } as const]),
    ]
  }

  #end(address: string): readonly Sighting[] {
    const mac = this.#told.get(address)?.row.mac
    this.#told.delete(address)
    return mac ? [goneOf(mac, address)] : NOTHING
  }

  #expect(row: LeaseRow, toldAtMs: number): void {
    this.#nextEndAtMs = Math.min(this.#nextEndAtMs, row.expiresAtMs)
    this.#nextTellAtMs = Math.min(this.#nextTellAtMs, tellAgainAt(row, toldAtMs))
  }
}

const NOTHING: readonly Sighting[] = []

/** Half of its time is over that it was told for; whatever its end, since the end is only known by the wall clock. */
function tellAgainAt({ lifetimeMs }: LeaseRow, toldAtMs: number): number {
  return toldAtMs + Math.min(lifetimeMs, LEASE_LIMITS.lastsMs) / 2
}

function isEqual(a: LeaseRow, b: LeaseRow): boolean {
  return a.mac === b.mac && a.name === b.name && a.expiresAtMs === b.expiresAtMs
}

function goneOf(mac: MacAddress, address: string): Sighting {
  return { kind: 'address-gone', source: 'lease', mac, address }
}
