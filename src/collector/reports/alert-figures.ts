/** Counts over alerts, trials of the filter left out; nothing in them names or points at anybody. Spans include their begin and exclude their end. */
import type { Sqlite } from '#platform/sqlite.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Decision } from '../alerts/decision.ts'
import { weekOfColumn } from '../alerts/learning.ts'

export interface Span {
  readonly tenant: string
  /** Milliseconds since the epoch, collector's clock. */
  readonly fromMs: number
  readonly toMs: number
}

/** Alerts of one theme that were opened in one week; weeks without any have no row. */
export interface WeekCount {
  readonly theme: ThemeId
  /** Its Monday, 00:00 UTC, in milliseconds since the epoch. */
  readonly week: number
  readonly count: number
}

export interface AlertFigures {
  /** Alerts for the safeguarding lead that were opened. */
  readonly opened: readonly {
    readonly theme: ThemeId
    readonly severity: Severity
    readonly count: number
  }[]
  /** The same by week, oldest first. */
  readonly openedByWeek: readonly WeekCount[]
  readonly decisions: readonly {
    readonly theme: ThemeId
    readonly decision: Decision
    readonly count: number
  }[]
  /** Now, whenever opened. */
  readonly unacknowledged: readonly { readonly severity: Severity; readonly count: number }[]
  readonly open: number
  /** Given to another alert in the span instead of being closed as something. */
  readonly merged: number
  /** Of those opened in the span, and how long people took: the middle; absent where there was none. */
  readonly answered: readonly {
    readonly severity: Severity
    readonly opened: number
    readonly acknowledged: number
    /** Or given to another. */
    readonly closed: number
    readonly acknowledgedAfterMs: number | undefined
    readonly closedAfterMs: number | undefined
  }[]
  /** Some of it was made by a simulator: say so wherever a figure stands. */
  readonly isSimulated: boolean
}

const LEADS = "tenant_id = ? AND queue = 'safeguarding' AND is_trial = 0"
/** Few, and with an index of their own, which would not always be chosen. */
const OPEN = `alert INDEXED BY alert_open WHERE ${LEADS} AND state <> 'closed'`

export function readAlertFigures(db: Sqlite, span: Span): AlertFigures {
  const { tenant } = span
  const now = <T>(sql: string): T[] => db.prepare<[string], T>(sql).all(tenant)
  const cells = readCells(db, span)
  const closed = readClosed(db, span)
  return {
    opened: [
      ...Map.groupBy(cells, ({ theme, severity }) => `${theme} ${severity}`).values(),
    ].flatMap((own) =>
      own.slice(0, 1).map(({ theme, severity }) => ({ theme, severity, count: sum(own) })),
    ),
    openedByWeek: [...Map.groupBy(cells, ({ week, theme }) => `${week} ${theme}`).values()]
      .flatMap((own) =>
        own.slice(0, 1).map(({ theme, week }) => ({ theme, week, count: sum(own) })),
      )
      .toSorted((a, b) => a.week - b.week),
    decisions: closed.flatMap(({ theme, decision, count }) =>
      decision === null ? [] : [{ theme, decision, count }],
    ),
    unacknowledged: now(
      `SELECT severity, count(*) AS count FROM ${OPEN} AND state = 'new' GROUP BY severity ORDER BY severity`,
    ),
    open: now<{ count: number }>(`SELECT count(*) AS count FROM ${OPEN}`)[0]?.count ?? 0,
    // Nothing is closed without a decision but what was given to another.
    merged: sum(closed.filter(({ decision }) => decision === null)),
    answered: [...Map.groupBy(cells, ({ severity }) => severity)].map(([severity, own]) =>
      answeredOf(severity, own),
    ),
    isSimulated: cells.some((one) => one.isSimulated === 1),
  }
}

/** Alerts of one theme and severity that were opened in one week. */
interface Cell extends WeekCount {
  readonly severity: Severity
  readonly isSimulated: number
  /** How long people took, in milliseconds, parted by commas: so they cross from the store many times faster than as rows. Null for none. */
  readonly acknowledged: string | null
  readonly closed: string | null
}

/** In the order of its index, so that nothing has to be sorted: a year of a large school takes some 40 ms. */
function readCells(db: Sqlite, { tenant, fromMs, toMs }: Span): readonly Cell[] {
  return db
    .prepare<[string, number, number], Cell>(
      `SELECT theme, severity, ${weekOfColumn('opened_at')} AS week, count(*) AS count, max(is_simulated) AS isSimulated,
         ${after('acknowledged_at')} AS acknowledged, ${after('closed_at')} AS closed
       FROM alert INDEXED BY alert_figures WHERE ${LEADS} AND opened_at >= ? AND opened_at < ?
       GROUP BY theme, severity, week`,
    )
    .all(tenant, fromMs, toMs)
}

function after(column: 'acknowledged_at' | 'closed_at'): string {
  return `group_concat(${column} - opened_at)`
}

/** In the order of its index, too. */
function readClosed(
  db: Sqlite,
  { tenant, fromMs, toMs }: Span,
): readonly {
  readonly theme: ThemeId
  readonly decision: Decision | null
  readonly count: number
}[] {
  return db
    .prepare<
      [string, number, number],
      { theme: ThemeId; decision: Decision | null; count: number }
    >(
      `SELECT theme, decision, count(*) AS count FROM alert INDEXED BY alert_closed
       WHERE ${LEADS} AND closed_at >= ? AND closed_at < ? GROUP BY theme, decision`,
    )
    .all(tenant, fromMs, toMs)
}

function sum(cells: readonly { readonly count: number }[]): number {
  return cells.reduce((total, { count }) => total + count, 0)
}

function answeredOf(severity: Severity, own: readonly Cell[]): AlertFigures['answered'][number] {
  const [acknowledged, closed] = [sorted(own, 'acknowledged'), sorted(own, 'closed')]
  return {
    severity,
    opened: sum(own),
    acknowledged: acknowledged.length,
    closed: closed.length,
    acknowledgedAfterMs: median(acknowledged),
    closedAfterMs: median(closed),
  }
}

function sorted(own: readonly Cell[], column: 'acknowledged' | 'closed'): Float64Array {
  const all = own.flatMap((one): readonly number[] => JSON.parse(`[${one[column] ?? ''}]`))
  return Float64Array.from(all).toSorted()
}

function median(all: Float64Array): number | undefined {
  return all[Math.floor((all.length - 1) / 2)]
}
