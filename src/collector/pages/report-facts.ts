/** Figures in words, for the digest, the report and the first page. */
import type { Fact } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plainDuration } from '#console/present/plain-time.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import type { Wording } from '#console/present/wording.ts'
import type { CannotNotice, FigureTable } from '#console/report-views.ts'
import { common } from '#console/words/common.ts'
import { countOf } from '#console/words/count-of.ts'
import { figures as words } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'
import type { StatusReport } from '#domain/ingest.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { DECISIONS } from '../alerts/decision.ts'
import { type DrillState, drillCounts } from '../notify/occasions/drill-state.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'
import type { Coverage } from '../reports/coverage.ts'
import { DECISION_WORDS } from './command-words.ts'

/** Opened, by theme and severity; themes without any are left out. */
export function openedTable({ opened }: Pick<AlertFigures, 'opened'>): FigureTable {
  return crossTable(words.opened, SEVERITIES, severityText, opened, ({ severity }) => severity)
}

/** Closed, by theme and what they were. */
export function decisionsTable({ decisions }: Pick<AlertFigures, 'decisions'>): FigureTable {
  return crossTable(
    words.closed,
    DECISIONS,
    (one) => DECISION_WORDS[one],
    decisions,
    ({ decision }) => decision,
  )
}

function crossTable<
  Row extends { readonly theme: string; readonly count: number },
  Column extends string,
>(
  caption: string,
  columns: readonly Column[],
  title: (column: Column) => string,
  all: readonly Row[],
  columnOf: (row: Row) => Column,
): FigureTable {
  const sum = (rows: readonly Row[]): string =>
    rows.reduce((total, { count }) => total + count, 0).toLocaleString('en-GB')
  const shown = columns.filter((column) => all.some((row) => columnOf(row) === column))
  const rowOf = (head: string, rows: readonly Row[]): readonly string[] => [
    head,
    ...shown.map((column) => sum(rows.filter((row) => columnOf(row) === column))),
    sum(rows),
  ]
  const themes = THEMES.filter(({ id }) => all.some(({ theme }) => theme === id))
  return {
    caption,
    heads: [common.theme, ...shown.map(title), common.all],
    rows:
      themes.length === 0
        ? []
        : [
            ...themes.map(({ id }) =>
              rowOf(
                capital(themeTitle(id)),
                all.filter(({ theme }) => theme === id),
              ),
            ),
            rowOf(words.allThemes, all),
          ],
  }
}

export function severityText(severity: string): string {
  return severityBadge(severity).text
}

/** What shows whether silence means that nothing happened. */
export function coverageFacts(
  { boxes, heardLately, devices, identifiedRatio, lastTest }: Coverage,
  { time, nowMs }: Wording,
): readonly Fact[] {
  return [
    {
      key: words.boxes,
      value: boxes === 0 ? words.noBoxes : fill(words.boxesHeard, { heard: heardLately, boxes }),
    },
    { key: words.devices, value: devices.toLocaleString('en-GB') },
    {
      key: words.identified,
      value: identifiedRatio === undefined ? common.notKnown : percent(identifiedRatio),
    },
    {
      key: words.lastTest,
      value:
        lastTest === undefined
          ? words.noTest
          : fill(words.testText, {
              when: capital(time.at(lastTest.at, nowMs).after),
              passed: lastTest.passed,
              failed: lastTest.failed,
              unknown: lastTest.unknown,
            }),
    },
  ]
}

export function drillFact(drill: DrillState | undefined, { time }: Wording): Fact {
  const key = words.drill
  if (drill === undefined) return { key, value: words.noDrill }
  const { confirmed, asked } = drillCounts(drill)
  const day = time.dayStartMs(drill.occasion)
  const value =
    day === undefined
      ? countOf(asked, words.drillText, { confirmed })
      : countOf(asked, words.drillTextOn, { confirmed, date: time.date(day) })
  return { key, value }
}

/** How old the lists are of which an age is known. */
export function listsFact(reports: readonly StatusReport[], nowMs: number): Fact {
  const changed = reports
    .flatMap(({ lists }) => lists)
    .map(({ updatedAt }) => updatedAt)
    .filter((at) => at > 0)
  const ago = (ms: number): string => plainDuration(Math.max(0, nowMs - ms))
  const value =
    changed.length === 0
      ? common.notKnown
      : fill(words.listsText, {
          newest: ago(Math.max(...changed)),
          oldest: ago(Math.min(...changed)),
        })
  return { key: words.lists, value }
}

/** Themes without a list, as boxes told them. */
export function cannotOf({ cannotNotice, boxes }: Coverage): CannotNotice {
  return {
    boxes,
    lead: boxes === 1 ? words.cannotOneBox : words.cannotSomeBox,
    themes: cannotNotice.map((theme) => plainText(theme, 100)),
  }
}

export function percent(ratio: number): string {
  return fill(words.percent, { count: Math.round(ratio * 100) })
}
