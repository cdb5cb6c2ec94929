/** Upper bounds in milliseconds; what is longer falls into the last bucket, which has no bound. */
const BOUNDS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000] as const

/** Times as counts by bucket. `counts` has one more than `boundsMs`: what is beyond the last bound. Not cumulative. */
export interface LatencyReading {
  readonly boundsMs: readonly number[]
  readonly counts: readonly number[]
  readonly count: number
  readonly sumMs: number
}

/** Counts times in fixed buckets; costs nothing to keep. */
export class LatencyHistogram {
  readonly #counts: number[] = Array.from({ length: BOUNDS_MS.length + 1 }, () => 0)
  #count = 0
  #sumMs = 0

  observe(ms: number): void {
    const bucket = BOUNDS_MS.findIndex((bound) => ms <= bound)
    const at = bucket === -1 ? BOUNDS_MS.length : bucket
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    this.#count++
    this.#sumMs += ms
  }

  read(): LatencyReading {
    return {
      boundsMs: BOUNDS_MS,
      counts: [...this.#counts],
      count: this.#count,
      sumMs: this.#sumMs,
    }
  }
}

/** The bound that a share of all times stays within, in milliseconds; 0 before the first, Infinity beyond the last bound. */
export function quantileMs({ boundsMs, counts, count }: LatencyReading, share: number): number {
  if (count === 0) return 0
  let seen = 0
  const bucket = counts.findIndex((one) => {
    seen += one
    return seen >= share * count
  })
  return boundsMs[bucket] ?? Number.POSITIVE_INFINITY
}
