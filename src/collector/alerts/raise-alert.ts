/** How an alert begins and grows: opened, risen, seen again. All of it inside the desk's transaction. */
import { alertHistory } from '#console/words/alert-history.ts'
import { fill } from '#console/words/fill.ts'
import { newRandomId } from '#platform/random.ts'
import type { Judgement } from '#safeguarding/judge.ts'
import { isGraver, lowered, type Severity } from '#safeguarding/severity.ts'
import type { AlertRaised, Escalations } from '../notify/escalations.ts'
import type { Subject } from './alert.ts'
import { BY_ITSELF, type Change, type HistoryRow } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'
import type { AlertSettings } from './alert-settings.ts'
import type { AlertTable } from './alert-table.ts'
import type { AlertKey } from './observation-of.ts'
import type { KeptObservation } from './observation-table.ts'
import { isTrialKey } from './subject-of.ts'

/** What the desk did to an alert. */
export interface AlertChange {
  readonly tenant: string
  readonly alert: string
  /** `absorbed`: it took further events and is as grave as it was. */
  readonly change: Change | 'absorbed'
  readonly queue: AlertRecord['queue']
  readonly theme: AlertRecord['theme']
  readonly severity: Severity
  readonly isTrial: boolean
}

export interface RaiseDeps {
  readonly alerts: AlertTable
  readonly escalations: Escalations | undefined
  readonly settings: AlertSettings
  readonly addHistory: (row: HistoryRow) => void
  /** Whether a person accepted that this theme is told one severity lower. */
  readonly isDemoted: (tenant: string, theme: AlertRecord['theme']) => boolean
}

/** What is raised, or absorbed. */
export interface Raised {
  readonly key: AlertKey
  readonly subject: Subject
  /** Events that are new to it, oldest first; those that it has already are let pass. */
  readonly rows: readonly KeptObservation[]
  /** Of the last lookup, by the appliance's clock. */
  readonly lastAt: number
  readonly judgement: Judgement
  /** Of a trend only. */
  readonly trend?: { readonly site: string; readonly pupils: number }
}

/** Opens an alert and tells the ladder. */
export function openAlert(deps: RaiseDeps, raised: Raised, nowMs: number): AlertChange {
  const { alerts, settings } = deps
  const { key, rows, judgement, trend, lastAt } = raised
  const { tenant, queue, theme } = key
  const severity = severityOf(deps, key, judgement)
  const record: AlertRecord = {
    ...NOT_YET,
    tenant,
    id: newRandomId(),
    queue,
    theme,
    severity,
    state: 'new',
    subject: raised.subject,
    group: trend === undefined ? (rows.at(-1)?.group ?? '') : '',
    firstAt: Math.min(lastAt, ...rows.map(({ at }) => at)),
    lastAt,
    openedAt: nowMs,
    toldAt: nowMs,
    isLate: nowMs - lastAt > settings.limits.lateAfterMs,
    isSimulated: settings.isSimulated,
    isTrial: isTrialKey(key.subjectKey),
    pupils: trend?.pupils ?? 0,
    reasons: reasonsOf(raised),
  }
  alerts.write(record)
  alerts.makeCurrent(key, record.id)
  for (const { event } of rows) alerts.link(record, event, nowMs)
  deps.addHistory({
    tenant,
    alert: record.id,
    at: nowMs,
    who: BY_ITSELF,
    change: 'opened',
    why: fill(alertHistory.judged, { severity }),
    facts: { queue, theme, severity, rules: judgement.rules, isLate: record.isLate },
  })
  tell(deps, record, 'opened')
  return changeOf(record, 'opened')
}

/**
 * Gives further events to the alert that is open, or was closed within the hold. `judgement` is the gravest of what is new;
 * undefined where that alone is worth nobody's while.
 */
export function absorb(
  deps: RaiseDeps,
  current: AlertRecord,
  more: Omit<Raised, 'judgement'> & { readonly judgement: Judgement | undefined },
  nowMs: number,
): AlertChange | undefined {
  const { alerts } = deps
  const fresh = more.rows.filter(({ event }) => alerts.link(current, event, nowMs))
  const grown: AlertRecord = {
    ...current,
    firstAt: Math.min(current.firstAt, ...fresh.map(({ at }) => at)),
    lastAt: Math.max(current.lastAt, more.lastAt),
    pupils: Math.max(current.pupils, more.trend?.pupils ?? 0),
  }
  const { judgement } = more
  if (judgement !== undefined) {
    const severity = severityOf(deps, more.key, judgement)
    if (isGraver(severity, current.severity))
      return rise(deps, { ...grown, severity, reasons: reasonsOf({ ...more, judgement }) }, nowMs)
    if (fresh.length > 0) return seeAgain(deps, grown, nowMs)
  }
  alerts.write(grown)
  return fresh.length > 0 ? changeOf(grown, 'absorbed') : undefined
}

/** Whether the hold on notifications is in force; a clock that was set far back or forth ends it. */
export function isHeld({ toldAt }: AlertRecord, nowMs: number, holdMs: number): boolean {
  return Math.abs(nowMs - toldAt) < holdMs
}

function rise(deps: RaiseDeps, record: AlertRecord, nowMs: number): AlertChange {
  const wasClosed = record.state === 'closed'
  const risen: AlertRecord = { ...record, ...AGAIN, toldAt: nowMs }
  deps.alerts.write(risen)
  deps.addHistory({
    tenant: risen.tenant,
    alert: risen.id,
    at: nowMs,
    who: BY_ITSELF,
    change: 'risen',
    why: fill(wasClosed ? alertHistory.judgedAgain : alertHistory.judged, {
      severity: risen.severity,
    }),
    facts: { severity: risen.severity, rules: risen.reasons.rules, wasClosed },
  })
  tell(deps, risen, 'risen')
  return changeOf(risen, 'risen')
}

function seeAgain(deps: RaiseDeps, record: AlertRecord, nowMs: number): AlertChange {
  const { alerts, settings } = deps
  if (record.state === 'closed') {
    alerts.write({ ...record, seenAgainAt: nowMs })
    return changeOf(record, 'absorbed')
  }
  if (record.state === 'new' || isHeld(record, nowMs, settings.limits.holdMs)) {
    alerts.write(record)
    return changeOf(record, 'absorbed')
  }
  return tellAgain(deps, record, nowMs)
}

/** Somebody has dealt with it, the hold is over, and there was more: it is new again. */
export function tellAgain(deps: RaiseDeps, record: AlertRecord, nowMs: number): AlertChange {
  const again: AlertRecord = { ...record, ...AGAIN, toldAt: nowMs }
  deps.alerts.write(again)
  deps.addHistory({
    tenant: again.tenant,
    alert: again.id,
    at: nowMs,
    who: BY_ITSELF,
    change: 'seen-again',
    why: record.state === 'closed' ? alertHistory.seenAgainClosed : alertHistory.seenAgain,
    facts: { severity: again.severity },
  })
  tell(deps, again, 'reopened')
  return changeOf(again, 'seen-again')
}

export function changeOf(record: AlertRecord, change: AlertChange['change']): AlertChange {
  const { tenant, id, queue, theme, severity, isTrial } = record
  return { tenant, alert: id, change, queue, theme, severity, isTrial }
}

/** Ways round the filter are for the weekly digest: nobody is told of one. */
export function tell(
  { escalations }: Pick<RaiseDeps, 'escalations'>,
  record: AlertRecord,
  cause: AlertRaised['cause'],
): void {
  if (record.theme === 'circumvention') return
  const { tenant, id, queue, severity, isTrial, toldAt } = record
  escalations?.raise({ tenant, alert: id, queue, severity, isTrial, atMs: toldAt, cause })
}

export const NOT_YET = {
  acknowledgedAt: undefined,
  closedAt: undefined,
  seenAgainAt: undefined,
  hasLegalHold: false,
  assignedTo: undefined,
  awaiting: undefined,
  escalatedTo: undefined,
  mergedInto: undefined,
  decision: undefined,
  reason: undefined,
  action: undefined,
  outcome: undefined,
  caseReference: undefined,
} as const

/** What a person found before stands in the history; what is found now must be found anew. */
export const AGAIN = {
  state: 'new',
  acknowledgedAt: undefined,
  closedAt: undefined,
  seenAgainAt: undefined,
  decision: undefined,
  reason: undefined,
  action: undefined,
  outcome: undefined,
} as const

function severityOf(
  { isDemoted }: RaiseDeps,
  { tenant, theme }: AlertKey,
  { severity }: Judgement,
): Severity {
  return isDemoted(tenant, theme) ? lowered(severity) : severity
}

function reasonsOf({ judgement, trend }: Raised): AlertRecord['reasons'] {
  const { rules, parts, score } = judgement
  return { rules, parts, score, ...(trend === undefined ? {} : { site: trend.site }) }
}
