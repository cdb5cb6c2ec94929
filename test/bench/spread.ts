/** What a measurement gives in several rounds, as a machine that others use as well asks for. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Measures in an odd number of rounds. */
export function spreadOf(rounds: number, measure: () => number): Spread {
  const found = Array.from({ length: rounds }, measure).toSorted((a, b) => a - b)
  return { median: found[rounds >> 1]!, least: found[0]!, most: found[rounds - 1]! }
}

/** As `median (least to most)`. */
export function withRange(
  { median, least, most }: Spread,
  write: (value: number) => string,
): string {
  return `${write(median)} (${write(least)} to ${write(most)})`
}
