import type { Registry } from 'prom-client'
import type { Log } from '#platform/log.ts'
import { readFamilies } from '#platform/metrics.ts'
import { makeStatusReport, type ReportParts } from './status-report.ts'

/** The collector calls an appliance silent after 90 s. */
const REPORT_EVERY_MS = 30_000
/** Changes within this time share a report. */
const SOON_MS = 250

export interface Reporting {
  /** Reports before the next turn, because something changed. */
  readonly soon: () => void
  readonly stop: () => void
}

/** Tells the collector how the appliance is: now, at each turn, and soon after a change. */
export function startReporting(parts: ReportParts, registry: Registry, log: Log): Reporting {
  let pending: NodeJS.Timeout | undefined
  const report = (): void => {
    pending = undefined
    readFamilies(registry).then(
      (metrics) => parts.outbox.postStatus(makeStatusReport(parts, metrics)),
      (error: unknown) => log.warn({ err: error }, 'no status report'),
    )
  }
  const soon = (): void => {
    pending ??= setTimeout(report, SOON_MS)
  }
  soon()
  const timer = setInterval(report, REPORT_EVERY_MS)
  return {
    soon,
    stop: () => {
      clearInterval(timer)
      clearTimeout(pending)
    },
  }
}
