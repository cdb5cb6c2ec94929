/** All figures of one paper, told so that no number is given away that may point at a pupil. */
import type { CountedFigures } from './counted-figures.ts'
import {
  exactly,
  fewHidden,
  hideFew,
  inFives,
  isGivenAway,
  narrowed,
  sumBeside,
  sumOf,
  sumOfWays,
  type Told,
} from './small-numbers.ts'

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

/** With sums of what was closed, as long as these give nothing away. */
export function hiddenFigures(counted: CountedFigures): FiguresTold {
  const { themes, severities, columns } = counted
  const byTheme = themes.map(({ opened }) => fewHidden(opened))
  const bySeverity = severities.map(({ opened }) => fewHidden(opened))
  const told = {
    byTheme,
    bySeverity,
    columns: columns.map((column) => column.map(fewHidden)),
    sums: columns.map(sumBeside),
    merged: fewHidden(counted.merged),
    open: inFives(counted.open),
    unseen: inFives(counted.unseen),
  }
  const hasBegun = isFirstTime(counted)
  const ends = hasBegun ? [endsOf(told)] : []
  const opened = sumOfWays([byTheme, bySeverity, ...ends])
  return isSafe({ ...told, opened }, hasBegun) ? { ...told, opened } : lessTold(counted)
}

/** Where a school began in the time of a paper, what became of its alerts is one more way to count what was opened. */
function isFirstTime({ themes, columns, merged, open }: CountedFigures): boolean {
  const opened = themes.reduce((sum, one) => sum + one.opened, 0)
  return columns.flat().reduce((sum, one) => sum + one, merged + open) === opened
}

function isSafe(told: FiguresTold, hasBegun: boolean): boolean {
  const { byTheme, bySeverity, columns, opened } = told
  const ends = endsOf(told)
  const leftEnds = hasBegun ? narrowed(ends, opened) : ends
  const isColumnSafe = columns.every(
    (column, index) => !isGivenAway(column, narrowed(column, leftEnds[index] ?? sumOf(column))),
  )
  return (
    isColumnSafe &&
    !isGivenAway(byTheme, narrowed(byTheme, opened)) &&
    !isGivenAway(bySeverity, narrowed(bySeverity, opened)) &&
    !isGivenAway(ends, leftEnds)
  )
}

/** What was closed, joined or is open, as far as columns and their sums tell. */
function endsOf({
  columns,
  sums,
  merged,
  open,
}: Pick<FiguresTold, 'columns' | 'sums' | 'merged' | 'open'>): Way {
  const closed = columns.map((column, index) => sumOfWays([column, sums.slice(index, index + 1)]))
  return [...closed, merged, open]
}

/** No sum says more than its parts. */
function lessTold(counted: CountedFigures): FiguresTold {
  const { themes, severities, columns } = counted
  const byEnd = [...columns.flat(), counted.merged, counted.open]
  const ways = hideFew([
    themes.map(({ opened }) => opened),
    severities.map(({ opened }) => opened),
    ...(isFirstTime(counted) ? [byEnd] : []),
  ])
  const [byTheme = [], bySeverity = [], told = byEnd.map(fewHidden)] = ways
  const hidden = columns.map((column, index) =>
    told.slice(index * column.length, (index + 1) * column.length),
  )
  const [merged = exactly(0), open = exactly(0)] = told.slice(-2)
  return {
    opened: sumOfWays(ways),
    byTheme,
    bySeverity,
    columns: hidden,
    sums: hidden.map(sumOf),
    merged,
    open,
    unseen: inFives(counted.unseen),
  }
}
