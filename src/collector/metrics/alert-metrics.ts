import { Counter, Gauge, type Registry } from 'prom-client'
import { THEMES } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import { QUEUES, type Queue } from '../alerts/alert.ts'
import type { AlertDeskCounters } from '../alerts/alert-desk.ts'
import type { AlertChange } from '../alerts/raise-alert.ts'

/** How the alert desk stands. */
export interface AlertGauges extends AlertDeskCounters {
  /** Open alerts. */
  readonly open: readonly {
    readonly severity: Severity
    readonly queue: Queue
    readonly count: number
  }[]
}

/** Counts what the desk does. Every label value is one of a fixed set. */
export function makeAlertCounters(registry: Registry): (change: AlertChange) => void {
  const registers = [registry]
  const opened = new Counter({
    name: 'edge_collector_alerts_opened_total',
    help: 'Alerts opened, by theme and severity, without trials of the filter.',
    labelNames: ['theme', 'severity'],
    registers,
  })
  const changes = new Counter({
    name: 'edge_collector_alert_changes_total',
    help: 'What happened to alerts, by queue; absorbed: further events without a graver severity.',
    labelNames: ['change', 'queue'],
    registers,
  })
  for (const { id: theme } of THEMES)
    for (const severity of SEVERITIES) opened.inc({ theme, severity }, 0)
  for (const change of ['opened', 'risen', 'closed'])
    for (const queue of QUEUES) changes.inc({ change, queue }, 0)
  return ({ change, theme, severity, queue, isTrial }) => {
    if (change === 'opened' && !isTrial) opened.inc({ theme, severity })
    changes.inc({ change, queue })
  }
}

/** What is read when somebody scrapes. */
export function registerAlertGauges(registry: Registry, read: () => AlertGauges): void {
  const registers = [registry]
  const gauge: Gauge<'severity' | 'queue'> = new Gauge({
    name: 'edge_collector_alerts_open',
    help: 'Alerts that are not closed, by severity and queue.',
    labelNames: ['severity', 'queue'],
    registers,
    collect: () => {
      for (const severity of SEVERITIES)
        for (const queue of QUEUES) gauge.set({ severity, queue }, 0)
      for (const { severity, queue, count } of read().open) gauge.set({ severity, queue }, count)
    },
  })
  const figures = [
    ['alert_inbox_waiting', 'Events that wait to be judged.', 'waiting'],
    ['alert_judgings_failed', 'Attempts to judge an event that failed since the start.', 'failed'],
    ['alert_look_backs_cut', 'Judgements that left out older events since the start.', 'cut'],
    ['alert_events_unjudged', 'Events of no theme that is known here since the start.', 'unjudged'],
  ] as const
  for (const [name, help, figure] of figures) {
    const one: Gauge = new Gauge({
      name: `edge_collector_${name}`,
      help,
      registers,
      collect: () => one.set(read()[figure]),
    })
  }
}
