/** A number as it is told: exactly, or from the least to the most that it may be. */
import { figures as words } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'

/** What a reader is told of a number: it is one of these. Without an end where `most` is infinite. */
export interface Told {
  readonly least: number
  readonly most: number
}

export function exactly(count: number): Told {
  return { least: count, most: count }
}

/** What all ways together tell of the sum to which each of them comes. */
export function sumOfWays(ways: readonly (readonly Told[])[]): Told {
  const sums = ways.map(sumOf)
  return {
    least: Math.max(...sums.map(({ least }) => least)),
    most: Math.min(...sums.map(({ most }) => most)),
  }
}

export function sumOf(parts: readonly Told[]): Told {
  return {
    least: parts.reduce((sum, { least }) => sum + least, 0),
    most: parts.reduce((sum, { most }) => sum + most, 0),
  }
}

export function isExact({ least, most }: Told): boolean {
  return least === most
}

export function toldText({ least, most }: Told): string {
  if (least === most) return figure(least)
  if (most === Number.POSITIVE_INFINITY) return fill(words.orMore, { from: figure(least) })
  return fill(words.range, { from: figure(least), to: figure(most) })
}

function figure(count: number): string {
  return count.toLocaleString('en-GB')
}
