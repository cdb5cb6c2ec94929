/** What a measurement gives in several rounds, as a machine that others use as well asks for. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Measures in an odd number of rounds. */
export function spreadOf(rounds: number, measure: () => number): Spread {
  return spread(Array.from({ length: rounds }, measure))
}

/** Of an odd number of values. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! }
}

/** As `median (least to most)`. */
export function withRange(
  { median, least, most }: Spread,
  write: (value: number) => string,
): string {
  return `${write(median)} (${write(least)} to ${write(most)})`
}
