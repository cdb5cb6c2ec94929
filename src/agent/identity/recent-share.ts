import type { ConfidenceBand } from '#domain/identity.ts'

/** Counts are kept for the present span and the one before it. */
const SPAN_MS = 3_600_000

/** The bands, the surest first. */
export const BANDS: readonly ConfidenceBand[] = ['certain', 'strong', 'fair', 'weak', 'none']

type Counts = Record<ConfidenceBand, number>

/** Queries by how sure it was who asked: since the start, and of the last hour or two. */
export class RecentShare {
  readonly #all = noCounts()
  #now = noCounts()
  #before = noCounts()
  #beganMs = 0

  add(band: ConfidenceBand, queries: number, nowMs: number): void {
    this.#turn(nowMs)
    this.#all[band] += queries
    this.#now[band] += queries
  }

  /** Since the start. */
  totals(): readonly (readonly [ConfidenceBand, number])[] {
    return BANDS.map((band) => [band, this.#all[band]])
  }

  /** Of the last hour or two; all 0 where nobody has asked. */
  recent(nowMs: number): Readonly<Counts> {
    this.#turn(nowMs)
    const sum = noCounts()
    for (const band of BANDS) sum[band] = this.#now[band] + this.#before[band]
    return sum
  }

  #turn(nowMs: number): void {
    if (nowMs - this.#beganMs < SPAN_MS) return
    this.#before = nowMs - this.#beganMs < 2 * SPAN_MS ? this.#now : noCounts()
    this.#now = noCounts()
    this.#beganMs = nowMs
  }
}

function noCounts(): Counts {
  return { certain: 0, strong: 0, fair: 0, weak: 0, none: 0 }
}
