/** Counts over alerts; nothing in them names or points at anybody. Spans include their begin and exclude their end. */
import type { Sqlite } from '#platform/sqlite.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Decision } from '../alerts/decision.ts'

export interface Span {
  readonly tenant: string
  /** Milliseconds since the epoch, collector's clock. */
  readonly fromMs: number
  readonly toMs: number
}

export interface AlertFigures {
  /** Alerts for the safeguarding lead that were opened. */
  readonly opened: readonly {
    readonly theme: ThemeId
    readonly severity: Severity
    readonly count: number
  }[]
  readonly decisions: readonly {
    readonly theme: ThemeId
    readonly decision: Decision
    readonly count: number
  }[]
  /** Now, whenever opened. */
  readonly unacknowledged: readonly { readonly severity: Severity; readonly count: number }[]
  readonly open: number
  /** How long people took, the middle of those of the span; absent where there was none. */
  readonly answered: readonly {
    readonly severity: Severity
    readonly acknowledgedAfterMs: number | undefined
    readonly closedAfterMs: number | undefined
  }[]
  /** Some of it was made by a simulator: say so wherever a figure stands. */
  readonly isSimulated: boolean
}

const LEADS = "tenant_id = ? AND queue = 'safeguarding'"
const OPENED = `${LEADS} AND opened_at >= ? AND opened_at < ?`

export function readAlertFigures(db: Sqlite, { tenant, fromMs, toMs }: Span): AlertFigures {
  const grouped = <T>(sql: string): T[] =>
    db.prepare<[string, number, number], T>(sql).all(tenant, fromMs, toMs)
  const now = <T>(sql: string): T[] => db.prepare<[string], T>(sql).all(tenant)
  const times = grouped<{
    readonly severity: Severity
    readonly acknowledged: number | null
    readonly closed: number | null
  }>(
    `SELECT severity, acknowledged_at - opened_at AS acknowledged, closed_at - opened_at AS closed FROM alert WHERE ${OPENED}`,
  )
  return {
    opened: grouped(
      `SELECT theme, severity, count(*) AS count FROM alert WHERE ${OPENED} GROUP BY theme, severity ORDER BY theme, severity`,
    ),
    decisions: grouped(
      `SELECT theme, decision, count(*) AS count FROM alert
       WHERE ${LEADS} AND closed_at >= ? AND closed_at < ? AND decision IS NOT NULL GROUP BY theme, decision ORDER BY theme, decision`,
    ),
    unacknowledged: now(
      `SELECT severity, count(*) AS count FROM alert WHERE ${LEADS} AND state = 'new' GROUP BY severity ORDER BY severity`,
    ),
    open:
      now<{ count: number }>(
        `SELECT count(*) AS count FROM alert WHERE ${LEADS} AND state <> 'closed'`,
      )[0]?.count ?? 0,
    answered: [...new Set(times.map(({ severity }) => severity))].map((severity) => {
      const own = times.filter((one) => one.severity === severity)
      return {
        severity,
        acknowledgedAfterMs: median(own.map((one) => one.acknowledged)),
        closedAfterMs: median(own.map((one) => one.closed)),
      }
    }),
    isSimulated:
      grouped(`SELECT 1 FROM alert WHERE ${OPENED} AND is_simulated = 1 LIMIT 1`).length > 0,
  }
}

function median(values: readonly (number | null)[]): number | undefined {
  const sorted = values.filter((one) => one !== null).toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
