/** Pearson's test: how likely chance alone is to spread things as unevenly as they are found. */

/** Counts of what was found in each bin, and the share of each that is expected; the shares add up to 1. */
export function chanceOf(counts: readonly number[], shares?: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const statistic = counts.reduce((sum, count, i) => {
    const expected = total * (shares?.[i] ?? 1 / counts.length)
    return sum + (count - expected) ** 2 / expected
  }, 0)
  return upperTail(statistic, counts.length - 1)
}

/** How many of `values` fall into each of `bins`, by their place. */
export function countInto(bins: number, places: Iterable<number>): readonly number[] {
  const counts = Array.from({ length: bins }, () => 0)
  for (const place of places) counts[place] = (counts[place] ?? 0) + 1
  return counts
}

/** Shannon's entropy of what was found, in bits, with Miller and Madow's correction for so few samples. */
export function entropyOf(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const found = counts.filter((count) => count > 0)
  const plain = found.reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0)
  return plain + (found.length - 1) / (2 * total * Math.LN2)
}

/** The chance of a larger chi-square, as Wilson and Hilferty approximate it: within 0.001 from ten degrees of freedom on. */
function upperTail(statistic: number, freedom: number): number {
  const spread = 2 / (9 * freedom)
  const z = (Math.cbrt(statistic / freedom) - (1 - spread)) / Math.sqrt(spread)
  return 1 - normal(z)
}

/** The share of a normal distribution below `z` (Abramowitz and Stegun 26.2.17). */
function normal(z: number): number {
  const k = 1 / (1 + 0.2316419 * Math.abs(z))
  const series =
    k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z > 0 ? 1 - tail : tail
}
