import { madeUpNames } from './bench-names.ts'
import { type IndexFigures, indexFigures, patternRate } from './index-figures.ts'
import type { Report } from './report.ts'
import { type Spread, withRange } from './spread.ts'

const MANY_NAMES = 5_000_000
const PATTERNS = 128

/** The index by itself: size, look-ups, compiling and loading. */
export function benchIndex(
  report: Report,
  {
    names,
    folder,
    quick,
  }: { readonly names: readonly string[]; readonly folder: string; readonly quick: boolean },
): void {
  report.heading('The index')
  const sizes = quick ? [names] : [names, madeUpNames(MANY_NAMES, 0)]
  report.table(
    [
      'names',
      'MB',
      'bytes a name',
      'compile s a million',
      'CPU s a million',
      'peak over base MB',
      'load ms a million',
    ],
    sizes.map((list) => indexRow(report, indexFigures(list, folder))),
  )
  report.table(
    ['patterns on one top-level name', 'look-ups a second under it'],
    [0, PATTERNS].map((count) => [String(count), millions(patternRate(count))]),
  )
}

function indexRow(report: Report, figures: IndexFigures): readonly string[] {
  const { names, snapshotBytes, compileMs, cpuMs, overBaseMib, loadMs } = figures
  const perMillion = (value: number): number => (value / names) * 1e6
  report.text(
    `${names} names: median look-ups a second ${millions(figures.listed)} listed, ${millions(figures.belowListed)} below listed, ${millions(figures.notListed)} not listed.`,
  )
  return [
    String(names),
    (snapshotBytes / 1e6).toFixed(1),
    (snapshotBytes / names).toFixed(1),
    (perMillion(compileMs) / 1000).toFixed(2),
    (perMillion(cpuMs) / 1000).toFixed(2),
    (overBaseMib * 1.048_576).toFixed(1),
    withRange(loadMs, (ms) => perMillion(ms).toFixed(0)),
  ]
}

function millions(perSecond: Spread): string {
  return `${withRange(perSecond, (one) => (one / 1e6).toFixed(2))} M`
}
