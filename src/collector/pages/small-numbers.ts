/**
 * How numbers are told. On papers that governors are given, numbers so small that they may point at a pupil are not told, and no total
 * from which one could be worked out: a school knows who was away in the week of its one alert about suicide.
 */

import { figures as words } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'

export interface Numbers {
  readonly isExact: boolean
  readonly one: (count: number) => string
  /** The sum of the parts that stand beside it. */
  readonly total: (parts: readonly number[]) => string
}

/** Below five is what official statistics of schools hide. */
const FEW_MAX = 4

export const EXACT: Numbers = {
  isExact: true,
  one: figure,
  total: (parts) => figure(sum(parts)),
}

export const FEW_HIDDEN: Numbers = { isExact: false, one: fewText, total: totalText }

function fewText(count: number): string {
  return isFew(count) ? fill(words.range, { from: 1, to: FEW_MAX }) : figure(count)
}

/**
 * One hidden part, or parts that are all the least or the most that they can be, could be worked out from the sum: then it is told as
 * what the parts shown come to at least and at most.
 */
function totalText(parts: readonly number[]): string {
  const hidden = parts.filter(isFew)
  const { length } = hidden
  const all = sum(parts)
  const ofHidden = sum(hidden)
  const isExtreme = ofHidden === length || ofHidden === length * FEW_MAX
  const givesAway = length === 1 || isExtreme || isFew(all)
  if (length === 0 || !givesAway) return figure(all)
  const shown = all - ofHidden
  return fill(words.range, { from: figure(shown + length), to: figure(shown + length * FEW_MAX) })
}

function isFew(count: number): boolean {
  return count > 0 && count <= FEW_MAX
}

function figure(count: number): string {
  return count.toLocaleString('en-GB')
}

function sum(parts: readonly number[]): number {
  return parts.reduce((total, one) => total + one, 0)
}
