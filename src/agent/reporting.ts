import type { Registry } from 'prom-client'
import { fitSetup } from '#domain/setup-item.ts'
import type { Log } from '#platform/log.ts'
import { readFamilies } from '#platform/metrics.ts'
import { checkRunning, type SetupParts } from './setup/setup-facts.ts'
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
export function startReporting(
  parts: ReportParts & SetupParts,
  registry: Registry,
  log: Log,
): Reporting {
  let pending: NodeJS.Timeout | undefined
  const report = (): void => {
    pending = undefined
    readFamilies(registry).then(
      (metrics) => {
        const setup = fitSetup(checkRunning(parts))
        parts.outbox.postStatus(makeStatusReport(parts, { metrics, setup }))
      },
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
