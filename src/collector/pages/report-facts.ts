/** Figures in words, for the digest, the report and the first page. */
import type { Fact } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plainDuration, plural } from '#console/present/plain-time.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import type { Wording } from '#console/present/wording.ts'
import type { FigureTable } from '#console/report-views.ts'
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
  return crossTable(
    'Alerts opened, by theme and severity',
    SEVERITIES,
    severityText,
    opened,
    ({ severity }) => severity,
  )
}

/** Closed, by theme and what they were. */
export function decisionsTable({ decisions }: Pick<AlertFigures, 'decisions'>): FigureTable {
  return crossTable(
    'Alerts closed, by theme and what they were',
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
    heads: ['Theme', ...shown.map(title), 'All'],
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
            rowOf('All themes', all),
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
      key: 'Boxes',
      value:
        boxes === 0
          ? 'None has reported yet'
          : `${heardLately} of ${boxes} heard from within a day`,
    },
    { key: 'Devices seen', value: devices.toLocaleString('en-GB') },
    {
      key: 'Lookups of which it is sure who asked',
      value: identifiedRatio === undefined ? 'Not known' : percent(identifiedRatio),
    },
    {
      key: 'Last check by the boxes themselves',
      value:
        lastTest === undefined
          ? 'None was told yet'
          : `${capital(time.at(lastTest.at, nowMs).after)}: ${lastTest.passed} passed, ${lastTest.failed} failed, ${lastTest.unknown} not known`,
    },
  ]
}

export function drillFact(drill: DrillState | undefined, { time }: Wording): Fact {
  const key = 'Last test of alerts'
  if (drill === undefined) return { key, value: 'None yet' }
  const { confirmed, asked } = drillCounts(drill)
  const day = time.dayStartMs(drill.occasion)
  const date = day === undefined ? '' : `${time.date(day)}: `
  return {
    key,
    value: `${date}${confirmed} of ${plural(asked, 'person', 'people')} confirmed that it came`,
  }
}

/** How old the lists are of which an age is known. */
export function listsFact(reports: readonly StatusReport[], nowMs: number): Fact {
  const changed = reports
    .flatMap(({ lists }) => lists)
    .map(({ updatedAt }) => updatedAt)
    .filter((at) => at > 0)
  const ago = (ms: number): string => `${plainDuration(Math.max(0, nowMs - ms))} ago`
  const value =
    changed.length === 0
      ? 'Not known'
      : `The newest changed ${ago(Math.max(...changed))}, the oldest ${ago(Math.min(...changed))}`
  return { key: 'Lists', value }
}

/** Themes without a list, in one sentence; empty where there is none. */
export function cannotText({ cannotNotice, boxes }: Coverage): string {
  if (cannotNotice.length === 0) return ''
  const which = boxes === 1 ? 'this box' : 'some box'
  const themes = cannotNotice.map((theme) => plainText(theme, 100)).join(', ')
  return `No list installed: ${which} cannot notice ${themes}.`
}

export function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}
