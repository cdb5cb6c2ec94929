/**
 * How numbers are told. On papers that governors are given, numbers so small that they may point at a pupil are not told: a school knows who
 * was away in the week of its one alert about suicide. A sum is told as what its parts, as they are told, come to: so it says nothing beyond
 * them. What is left is that the same alerts are told in more than one way, by theme and by severity, and each way comes to the same sum.
 */

import { narrowed } from './narrow.ts'
import { exactly, isExact, sumOf, sumOfWays, type Told } from './told.ts'

/** Below five is what official statistics of schools hide. */
const FEW_MAX = 4
const FIVE = FEW_MAX + 1
const FEW: Told = { least: 1, most: FEW_MAX }
const NOT_FEW: Told = { least: FIVE, most: Number.POSITIVE_INFINITY }
const SOME: Told = { least: 1, most: Number.POSITIVE_INFINITY }

export function fewHidden(count: number): Told {
  return isFew(count) ? FEW : exactly(count)
}

export function someOrNone(count: number): Told {
  return count === 0 ? exactly(0) : SOME
}

/** In steps of five, which hides also what is not few: what is known of other numbers cannot be taken from it. */
export function inFives(count: number): Told {
  const least = count - (count % FIVE)
  return count < FIVE ? fewHidden(count) : { least, most: least + FIVE - 1 }
}

/**
 * A sum as it may stand beside its parts, of which the small ones are hidden: exactly, unless it gave one away, as where one is hidden or
 * all are the least or the most that they can be. It is then what its parts come to.
 */
export function sumBeside(counts: readonly number[]): Told {
  const parts = counts.map(fewHidden)
  const sum = exactly(counts.reduce((all, one) => all + one, 0))
  const isSafe = fewHidden(sum.least) !== FEW && !isGivenAway(parts, narrowed(parts, sum))
  return isSafe ? sum : sumOf(parts)
}

/**
 * The same alerts, counted in several ways of which each comes to the same sum; so that no small number can be worked out from all of them
 * together, also by who knows this rule. Where one could, its way is told in less detail ("5 or more"), and where that is not enough, all
 * are ("1 or more").
 */
export function hideFew(ways: readonly (readonly number[])[]): readonly (readonly Told[])[] {
  const fine = ways.map((way) => way.map(fewHidden))
  const pinned = pinnedWays(fine)
  if (!pinned.includes(true)) return fine
  const coarse = ways.map((way, index) =>
    way.map((count) => (pinned[index] === true && count > FEW_MAX ? NOT_FEW : fewHidden(count))),
  )
  const sum = sumOfWays(fine)
  const isEnough = coarse.every((way, index) => pinned[index] === false || fitsBoth(way, sum))
  if (isExact(sum) && fine.some((way) => way.every(isExact)) && isEnough) return coarse
  return ways.map((way) => way.map(someOrNone))
}

/** Whether another number makes up for it where the hidden ones are the least, and also where they are the most that they can be. */
function fitsBoth(way: readonly Told[], sum: Told): boolean {
  const most = way.reduce((all, part) => all + (part === NOT_FEW ? part.least : part.most), 0)
  return way.includes(NOT_FEW) && most <= sum.least
}

/** Whether a number that is hidden among these has only one value left. */
export function isGivenAway(parts: readonly Told[], left: readonly Told[]): boolean {
  return parts.some((part, index) => part === FEW && isExact(left[index] ?? part))
}

/** In which ways a hidden number has only one value that fits all that is told. */
function pinnedWays(ways: readonly (readonly Told[])[]): readonly boolean[] {
  const sum = sumOfWays(ways)
  return ways.map((way) => isGivenAway(way, narrowed(way, sum)))
}

function isFew(count: number): boolean {
  return count > 0 && count <= FEW_MAX
}
