/** All figures of one paper, told so that no number is given away that may point at a pupil. */
import type { CountedFigures } from './counted-figures.ts'
import { narrow, type Rule } from './narrow.ts'
import { fewHidden, hideFew, inFives, isGivenAway, someOrNone, sumBeside } from './small-numbers.ts'
import { exactly, isExact, sumOf, sumOfWays, type Told } from './told.ts'

type Way = readonly Told[]

/** In the order in which they were counted. */
export interface FiguresTold {
  readonly opened: Told
  readonly byTheme: Way
  readonly bySeverity: Way
  readonly columns: readonly Way[]
  /** Of each column. */
  readonly sums: Way
  readonly merged: Told
  readonly open: Told
  readonly unseen: Told
}

export function exactFigures(counted: CountedFigures): FiguresTold {
  const { themes, severities, columns } = counted
  const byTheme = themes.map(({ opened }) => exactly(opened))
  return {
    opened: sumOf(byTheme),
    byTheme,
    bySeverity: severities.map(({ opened }) => exactly(opened)),
    columns: columns.map((column) => column.map(exactly)),
    sums: columns.map((column) => sumOf(column.map(exactly))),
    merged: exactly(counted.merged),
    open: exactly(counted.open),
    unseen: exactly(counted.unseen),
  }
}

/** With as much as may be told: sums of what was closed, as long as these give nothing away. */
export function hiddenFigures(counted: CountedFigures): FiguresTold {
  const hasBegun = isFirstTime(counted)
  return (
    [withSums, withoutSums]
      .map((tell) => tell(counted, hasBegun))
      .find((told) => isSafe(told, hasBegun)) ?? onlyWhether(counted)
  )
}

function withSums(counted: CountedFigures, hasBegun: boolean): FiguresTold {
  const { severities, columns } = counted
  const told = {
    byTheme: themesTold(counted, hasBegun),
    bySeverity: severities.map(({ opened }) => fewHidden(opened)),
    columns: columns.map((column) => column.map(fewHidden)),
    sums: columns.map(sumBeside),
    merged: fewHidden(counted.merged),
    open: inFives(counted.open),
    unseen: inFives(counted.unseen),
  }
  return { ...told, opened: sumOfWays(waysOf(told, hasBegun)) }
}

/** No sum says more than its parts. */
function withoutSums(counted: CountedFigures, hasBegun: boolean): FiguresTold {
  const { themes, severities, columns } = counted
  const byEnd = [...columns.flat(), counted.merged, counted.open]
  const ways = hideFew([
    themes.map(({ opened }) => opened),
    severities.map(({ opened }) => opened),
    ...(hasBegun ? [byEnd] : []),
  ])
  const [, bySeverity = [], told = byEnd.map(fewHidden)] = ways
  const hidden = columns.map((column, index) =>
    told.slice(index * column.length, (index + 1) * column.length),
  )
  const [merged = exactly(0), open = exactly(0)] = told.slice(-2)
  return {
    opened: sumOfWays(ways),
    byTheme: ways[0] ?? [],
    bySeverity,
    columns: hidden,
    sums: hidden.map(sumOf),
    merged,
    open,
    unseen: inFives(counted.unseen),
  }
}

/** The last resort, of very few alerts: where there were any. */
function onlyWhether(counted: CountedFigures): FiguresTold {
  const { themes, severities, columns } = counted
  const byTheme = themes.map(({ opened }) => someOrNone(opened))
  const bySeverity = severities.map(({ opened }) => someOrNone(opened))
  const hidden = columns.map((column) => column.map(someOrNone))
  return {
    opened: sumOfWays([byTheme, bySeverity]),
    byTheme,
    bySeverity,
    columns: hidden,
    sums: hidden.map(sumOf),
    merged: someOrNone(counted.merged),
    open: someOrNone(counted.open),
    unseen: someOrNone(counted.unseen),
  }
}

/**
 * Where a school began in this time, no theme has more that was closed than was opened. Where that would say something of a small number that
 * was closed, what was opened is told as what goes with every such number.
 */
function themesTold({ themes, columns }: CountedFigures, hasBegun: boolean): Way {
  return themes.map(({ opened }, index) => {
    const parts = columns.map((column) => fewHidden(column[index] ?? 0))
    const { least, most } = sumOf(parts)
    const isTight = hasBegun && most > least && opened < most
    const told = fewHidden(opened)
    return isTight && isExact(told) ? { least, most: most - 1 } : told
  })
}

/** Where a school began in the time of a paper, what became of its alerts is one more way to count what was opened. */
function isFirstTime({ themes, columns, merged, open }: CountedFigures): boolean {
  const opened = themes.reduce((sum, one) => sum + one.opened, 0)
  return columns.flat().reduce((sum, one) => sum + one, merged + open) === opened
}

function waysOf(
  told: Pick<FiguresTold, 'byTheme' | 'bySeverity' | 'sums' | 'merged' | 'open'>,
  hasBegun: boolean,
): readonly Way[] {
  const { byTheme, bySeverity, sums, merged, open } = told
  return [byTheme, bySeverity, ...(hasBegun ? [[...sums, merged, open]] : [])]
}

/** Whether no hidden number can be worked out from all that is told together. */
function isSafe(told: FiguresTold, hasBegun: boolean): boolean {
  const { columns, sums, opened, merged, open } = told
  const numbers: Told[] = []
  const place = (way: Way): readonly number[] => way.map((one) => numbers.push(one) - 1)
  const [byTheme, bySeverity] = [place(told.byTheme), place(told.bySeverity)]
  const [inColumns, inSums] = [columns.map(place), place(sums)]
  const [inOpened, rest] = [place([opened]), place([merged, open])]
  const rules: readonly Rule[] = [
    {
      kind: 'same',
      ways: [inOpened, byTheme, bySeverity, ...(hasBegun ? [[...inSums, ...rest]] : [])],
    },
    ...inColumns.map(
      (column, index): Rule => ({ kind: 'same', ways: [column, inSums.slice(index, index + 1)] }),
    ),
    ...(hasBegun ? byTheme : []).map(
      (whole, index): Rule => ({
        kind: 'at-most',
        parts: inColumns.flatMap((column) => column.slice(index, index + 1)),
        whole,
      }),
    ),
  ]
  return !isGivenAway(numbers, narrow(numbers, rules))
}
