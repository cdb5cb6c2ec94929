/** Alerts, those who are told of them, and the counters of both: the desk and the ladder share their transactions. */
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { judge } from '#safeguarding/judge.ts'
import type { Accounts } from './accounts/accounts.ts'
import { makeAlertDesk } from './alerts/alert-desk.ts'
import { type AlertReads, makeAlertReads } from './alerts/alert-reads.ts'
import { startAlertDesk } from './alerts/start-alert-desk.ts'
import { makeThemeReads, type ThemeReads } from './alerts/theme-reads.ts'
import type { CollectorLimits } from './config/collector-limits.ts'
import type { CollectorOptions } from './config/collector-options.ts'
import type { FleetReadings } from './fleet/fleet-readings.ts'
import type { AlertRouteDeps } from './http/alert-routes.ts'
import type { LiveHub } from './http/live-hub.ts'
import { type CollectorMetrics, makeCollectorMetrics } from './metrics/collector-metrics.ts'
import type { Escalations } from './notify/escalations.ts'
import { makeEscalations } from './notify/ladder/ladder.ts'
import { type Notify, startNotify } from './notify/notify.ts'
import type { CountWeek } from './notify/occasions/occasions.ts'
import { readAlertFigures } from './reports/alert-figures.ts'
import { readCoverage } from './reports/coverage.ts'
import { digestCounts } from './reports/digest-counts.ts'
import { makeReportReads, type ReportReads } from './reports/report-reads.ts'
import type { Sessions } from './sign-in/sessions.ts'

interface AlertingParts {
  readonly db: Sqlite
  readonly tenant: string
  readonly hub: LiveHub
  readonly readings: FleetReadings
  readonly sessions: Sessions
  readonly accounts: Pick<Accounts, 'all'>
  readonly release: string
  readonly limits: CollectorLimits
  readonly clock: Clock
  readonly log: Log
}

export interface Alerting {
  readonly metrics: CollectorMetrics
  readonly notify: Notify
  readonly reads: AlertReads
  readonly themeReads: ThemeReads
  readonly reports: ReportReads
  readonly alerts: AlertRouteDeps
  readonly close: () => Promise<void>
}

/** Starts judging and telling. Throws as `startNotify` does. */
export function startAlerting(options: CollectorOptions, parts: AlertingParts): Alerting {
  const { db, tenant, hub, readings, sessions, accounts, release: version, limits } = parts
  const { clock, log } = parts
  const { peopleFile, stateDir, heads = [], isSimulated = false } = options
  const settings = { limits: limits.alerts, heads, isSimulated }
  const escalations: Escalations = {
    ...makeEscalations(db),
    assigned: (given) => notify.assigned(given),
  }
  const desk = makeAlertDesk(db, { judge, escalations, settings })
  const reads = makeAlertReads(db, () => notify.personsOf('head'), limits.alerts)
  const metrics = makeCollectorMetrics({
    missingEvents: readings.missingEvents,
    states: readings.states,
    sessions: sessions.count,
    liveClients: hub.size,
    alerts: () => ({ ...desk.counters(), open: reads.openCounts(tenant) }),
    notify: () => notify.readings(),
    version,
  })
  const countWeek: CountWeek = (fromMs, toMs) =>
    digestCounts(readAlertFigures(db, { tenant, fromMs, toMs }), readCoverage(db, tenant, toMs))
  const assignees = (): readonly string[] =>
    accounts.all().flatMap(({ roles, email }) => (roles.includes('pastoral') ? [email] : []))
  const told = { db, tenant, stateDir, peopleFile, countWeek, assignees, clock, log }
  const notify = startNotify({ ...told, metrics: metrics.notify })
  const { publish } = hub
  const { lookEveryMs } = limits.alerts
  const running = startAlertDesk({ desk, clock, log, lookEveryMs, metrics, publish })
  return {
    metrics,
    notify,
    reads,
    themeReads: makeThemeReads(db, limits.alerts),
    reports: makeReportReads(db, notify),
    alerts: { desk, reads, wake: running.wake, tenant, clock, limits: limits.alerts },
    close: () => {
      running.stop()
      return notify.close()
    },
  }
}
