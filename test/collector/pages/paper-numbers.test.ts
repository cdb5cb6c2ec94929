/** All figures of alerts that stand on one paper, read as they are printed and solved together: no number from one to four comes out. */
import fc from 'fast-check'
import t from 'tap'
import { DECISIONS, type Decision } from '#collector/alerts/decision.ts'
import { alertTexts } from '#collector/pages/in-short.ts'
import { answeredTable, outcomeTable } from '#collector/pages/report-tables.ts'
import { type Telling, tellFigures } from '#collector/pages/told-figures.ts'
import type { AlertFigures } from '#collector/reports/alert-figures.ts'
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'

const RUNS = 1500
/** More rounds than any of these papers takes. */
const ROUNDS_MAX = 200

/** An alert, and what became of it. */
interface Told {
  readonly theme: ThemeId
  readonly severity: Severity
  readonly end: Decision | 'merged' | 'open' | 'new'
  /** It was opened in the time of which the paper tells. */
  readonly isNew: boolean
}

interface Bounds {
  least: number
  most: number
}

const SOME_THEMES = THEMES.slice(0, 4).map(({ id }) => id)
const alert = fc.record({
  theme: fc.constantFrom(...SOME_THEMES),
  severity: fc.constantFrom(...SEVERITIES),
  end: fc.constantFrom(...DECISIONS, 'merged' as const, 'open' as const, 'new' as const),
})
/** One alert or many alike, so that there are numbers of every size. */
const alerts = fc
  .tuple(
    fc.array(fc.tuple(alert, fc.integer({ min: 1, max: 9 })), { maxLength: 9 }),
    fc.constantFrom('all are new', 'some are new'),
  )
  .map(([groups, kind]) =>
    groups.flatMap(([one, count], index): readonly Told[] =>
      Array.from({ length: count }, () => ({
        ...one,
        isNew: kind === 'all are new' || index % 3 > 0,
      })),
    ),
  )

/** All of it was closed: what was opened of a theme says what became of it. */
const FIRST_YEAR = [
  ...several(8, { theme: 'illegal', severity: 'critical' }, 'concern'),
  ...several(1, { theme: 'eating-disorders', severity: 'critical' }, 'concern'),
  ...several(5, { theme: 'eating-disorders', severity: 'critical' }),
]

t.test('whoever solves a whole paper learns no number from one to four', async () => {
  fc.assert(
    fc.property(alerts, (all) => {
      const { cells, sums, rows } = paperOf(figuresOf(all), 'few-hidden')
      const hidden = cells.filter(({ least, most }) => least < most)
      solve(sums, rows)
      for (const { least, most } of cells)
        if (least > most) throw new Error('the paper contradicts itself')
      return hidden.every(({ least, most }) => least < most || least > 4)
    }),
    { numRuns: RUNS, examples: [[FIRST_YEAR]] },
  )
})

t.test('the same solver finds what would be given away', async (t) => {
  const all = [
    ...several(2, { severity: 'critical', theme: 'suicide' }),
    ...several(20, { severity: 'low', theme: 'suicide' }),
  ]
  const { cells, sums } = paperOf(figuresOf(all), 'few-hidden')
  t.ok(cells.some(({ least, most }) => least === 1 && most === 4))
  // As if the larger number had been told.
  const low = cells.find(({ least, most }) => least === 5 && most === Number.POSITIVE_INFINITY)
  if (low === undefined) throw new Error('nothing is told as "5 or more"')
  low.least = low.most = 20
  solve(sums)
  t.ok(cells.some(({ least, most }) => least === 2 && most === 2))
})

t.test('who works with alerts is told each number', async () => {
  fc.assert(
    fc.property(alerts, (all) =>
      paperOf(figuresOf(all), 'exact').cells.every(({ least, most }) => least === most),
    ),
    { numRuns: 100 },
  )
})

/** Every number that is printed, and which of them come to the same as which others. */
function paperOf(
  figures: AlertFigures,
  telling: Telling,
): {
  readonly cells: readonly Bounds[]
  readonly sums: readonly (readonly (readonly Bounds[])[])[]
  /** Of which the first is at least what the others come to. */
  readonly rows: readonly (readonly Bounds[])[]
} {
  const told = tellFigures(figures, telling)
  const rows = outcomeTable(told).rows.map((row) => row.slice(1).map(boundsOf))
  const outcome = telling === 'exact' ? rows.map(([first, , ...rest]) => [first, ...rest]) : rows
  const themes = outcome.slice(0, -1).map((row) => row.filter((one) => one !== undefined))
  const all = (outcome.at(-1) ?? []).filter((one) => one !== undefined)
  const severities = answeredTable(figures, told).rows.map((row) => boundsOf(row[1]))
  const texts = alertTexts(told, 'today').join(' ')
  const inText = (pattern: RegExp): Bounds => boundsOf(pattern.exec(texts)?.[1])
  const opened = inText(/Alerts opened: ([^(]+) \(/)
  const ofSeverities = [
    ...(/\((.*?)\)/.exec(texts)?.[1] ?? '').matchAll(/([\d,]+[\da-z ]*?) [a-z]+(?:,|$)/g),
  ].map(([, count]) => boundsOf(count))
  const closed = inText(/Alerts closed: ([^,.]+)/)
  const concerns = inText(/a concern: ([^(.]+?)[.( ]*(?:\(|\.)/)
  const merged = inText(/\. ([^.]*?) alerts? (?:was|were) joined/)
  const open = inText(/whenever opened: ([^.]+)\./)
  const unseen = inText(/looked yet at: ([^.]+)\./)
  const column = (at: number): readonly Bounds[] => themes.flatMap((row) => row.slice(at, at + 1))
  const ends = themes.flatMap((row) => row.slice(1))
  const began = endsOf(figures) === openedOf(figures)
  return {
    rows: began ? themes : [],
    cells: [
      ...themes.flat(),
      ...all,
      ...severities,
      ...ofSeverities,
      opened,
      closed,
      concerns,
    ].concat([merged, open, unseen]),
    sums: [
      [column(0), severities, ofSeverities, [opened], all.slice(0, 1)],
      ...[1, 2, 3].map((at) => [column(at), all.slice(at, at + 1)]),
      [all.slice(1, 2), [concerns]],
      [ends, all.slice(1), [closed]],
      ...severities.map((one, at) => [[one], ofSeverities.slice(at, at + 1)]),
      // Whoever knows that the school began in this time.
      ...(began ? [[[opened], [...ends, merged, open]]] : []),
    ],
  }
}

/** "1,200", "1 to 4", "5 or more"; a number that is not printed is none. */
function boundsOf(text = '0'): Bounds {
  const [least = 0, most = least] = [...text.replaceAll(',', '').matchAll(/\d+/g)].map(Number)
  return { least, most: / or more/.test(text) ? Number.POSITIVE_INFINITY : most }
}

/** Narrows all numbers as far as sums allow that come to the same. */
function solve(
  sums: readonly (readonly (readonly Bounds[])[])[],
  rows: readonly (readonly Bounds[])[] = [],
): void {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    let isNews = false
    for (const ways of sums) {
      const filled = ways.filter((way) => way.length > 0)
      const least = Math.max(...filled.map((way) => total(way, 'least')))
      const most = Math.min(...filled.map((way) => total(way, 'most')))
      for (const way of filled)
        for (const one of way) {
          const others = way.filter((other) => other !== one)
          const low = Math.max(one.least, least - total(others, 'most'))
          const high = Math.min(one.most, most - total(others, 'least'))
          isNews ||= low !== one.least || high !== one.most
          one.least = low
          one.most = high
        }
    }
    for (const [opened, ...closed] of rows) {
      if (opened === undefined) continue
      const least = total(closed, 'least')
      isNews ||= opened.least < least
      opened.least = Math.max(opened.least, least)
      for (const one of closed) {
        const most = opened.most - (least - one.least)
        isNews ||= most < one.most
        one.most = Math.min(one.most, most)
      }
    }
    if (!isNews) return
  }
  throw new Error('not solved')
}

function total(way: readonly Bounds[], end: keyof Bounds): number {
  return way.reduce((sum, one) => sum + one[end], 0)
}

function figuresOf(all: readonly Told[]): AlertFigures {
  const now = all.filter(({ isNew }) => isNew)
  const isOpen = ({ end }: Told): boolean => end === 'open' || end === 'new'
  return {
    opened: THEMES.flatMap(({ id }) =>
      SEVERITIES.map((severity) => ({
        theme: id,
        severity,
        count: now.filter((one) => one.theme === id && one.severity === severity).length,
      })),
    ).filter(({ count }) => count > 0),
    openedByWeek: [],
    decisions: THEMES.flatMap(({ id }) =>
      DECISIONS.map((decision) => ({
        theme: id,
        decision,
        count: all.filter((one) => one.theme === id && one.end === decision).length,
      })),
    ).filter(({ count }) => count > 0),
    unacknowledged: SEVERITIES.map((severity) => ({
      severity,
      count: all.filter((one) => one.severity === severity && one.end === 'new').length,
    })),
    open: all.filter(isOpen).length,
    merged: all.filter(({ end }) => end === 'merged').length,
    answered: SEVERITIES.flatMap((severity) => {
      const own = now.filter((one) => one.severity === severity)
      return own.length === 0
        ? []
        : [
            {
              severity,
              opened: own.length,
              acknowledged: own.filter(({ end }) => end !== 'new').length,
              closed: own.filter((one) => !isOpen(one)).length,
              acknowledgedAfterMs: undefined,
              closedAfterMs: undefined,
            },
          ]
    }),
    isSimulated: false,
  }
}

function openedOf({ opened }: AlertFigures): number {
  return opened.reduce((sum, { count }) => sum + count, 0)
}

function endsOf({ decisions, merged, open }: AlertFigures): number {
  return decisions.reduce((sum, { count }) => sum + count, merged + open)
}

function several(
  count: number,
  one: Pick<Told, 'severity' | 'theme'>,
  end: Told['end'] = 'no-concern',
): readonly Told[] {
  return Array.from({ length: count }, () => ({ ...one, end, isNew: true }))
}
