import { alertProblems as words } from '#console/words/alert-problems.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { newRandomId } from '#platform/random.ts'
import { isGraver } from '#safeguarding/severity.ts'
import type { HistoryRow } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'
import type { KeptObservation, ObservationTable } from './observation-table.ts'
import { type RaiseDeps, tell } from './raise-alert.ts'

export interface MergeDeps extends RaiseDeps {
  readonly observations: ObservationTable
}

interface By {
  readonly who: string
  readonly nowMs: number
}

/** Gives all events of `record` to another alert, with what will come of its subjects. */
export function mergeAlert(
  deps: MergeDeps,
  record: AlertRecord,
  { into, who, nowMs }: By & { readonly into: string },
): Failure<'cannot-merge'> | undefined {
  const { alerts, settings } = deps
  const other = alerts.read(record.tenant, into)
  const problem = whyNotMerge(record, other)
  if (problem !== undefined || other === undefined)
    return failure('cannot-merge', problem ?? words.noAlert)
  for (const event of alerts.eventsOf(
    record.tenant,
    record.id,
    settings.limits.eventsPerAlertMax,
  )) {
    alerts.link(other, event, nowMs)
    alerts.unlink(record, event)
  }
  for (const key of alerts.keysOf(record.tenant, record.id)) alerts.makeCurrent(key, other.id)
  const rises = isGraver(record.severity, other.severity)
  const merged: AlertRecord = {
    ...other,
    severity: rises ? record.severity : other.severity,
    firstAt: Math.min(other.firstAt, record.firstAt),
    lastAt: Math.max(other.lastAt, record.lastAt),
    toldAt: rises && other.state === 'new' ? nowMs : other.toldAt,
  }
  alerts.write(merged)
  deps.addHistory({ ...rowOf(merged, 'merged', { who, nowMs }), facts: { from: record.id } })
  if (rises && merged.state === 'new') tell(deps, merged, 'risen')
  return undefined
}

/** Why one alert cannot be merged into another; undefined where it can. */
export function whyNotMerge(
  record: AlertRecord,
  other: AlertRecord | undefined,
): string | undefined {
  if (other === undefined || other.id === record.id) return words.noOtherAlert
  if (other.state === 'closed') return words.merge.otherClosed
  if (other.queue !== record.queue) return words.merge.otherQueue
  if (other.isTrial !== record.isTrial) return words.merge.trial
  if (other.pupils > 0 || record.pupils > 0) return words.merge.school
  const illegal = [other, record].filter(({ theme }) => theme === 'illegal').length
  return illegal === 1 ? words.merge.illegal : undefined
}

/** Makes an alert of its own of some of the events; whoever does so has seen it, so it begins as acknowledged. */
export function splitAlert(
  deps: MergeDeps,
  record: AlertRecord,
  asked: By & { readonly events: readonly string[]; readonly why: string },
): Failure<'missing'> | undefined {
  const { alerts, observations, settings } = deps
  const { tenant, id } = record
  const own = alerts.eventsOf(tenant, id, settings.limits.eventsPerAlertMax)
  const moved = own.filter((event) => asked.events.includes(event))
  const kept = own.filter((event) => !asked.events.includes(event))
  if (moved.length === 0 || kept.length === 0) return failure('missing', words.splitAll)
  const read = (events: readonly string[]) =>
    events.flatMap((event) => observations.read(tenant, event) ?? [])
  const [gone, stay] = [read(moved), read(kept)]
  const apart: AlertRecord = {
    ...record,
    ...spanOf(record, gone),
    id: newRandomId(),
    state: 'acknowledged',
    acknowledgedAt: asked.nowMs,
    openedAt: asked.nowMs,
    subject: gone[0]?.subject ?? record.subject,
  }
  alerts.write(apart)
  alerts.write({ ...record, ...spanOf(record, stay) })
  for (const event of moved) {
    alerts.link(apart, event, asked.nowMs)
    alerts.unlink(record, event)
  }
  // A subject whose events all went takes with it what will come.
  const left = new Set(stay.map(({ key }) => key.subjectKey))
  for (const key of alerts.keysOf(tenant, id))
    if (!left.has(key.subjectKey) && gone.some((one) => one.key.subjectKey === key.subjectKey))
      alerts.makeCurrent(key, apart.id)
  deps.addHistory({ ...rowOf(apart, 'split', asked), why: asked.why, facts: { from: id } })
  return undefined
}

function spanOf(
  record: AlertRecord,
  rows: readonly KeptObservation[],
): Pick<AlertRecord, 'firstAt' | 'lastAt'> {
  if (rows.length === 0) return record
  return {
    firstAt: Math.min(...rows.map(({ at }) => at)),
    lastAt: Math.max(...rows.map(({ lastAt }) => lastAt)),
  }
}

function rowOf(record: AlertRecord, change: 'merged' | 'split', { who, nowMs }: By): HistoryRow {
  return { tenant: record.tenant, alert: record.id, at: nowMs, who, change, why: '', facts: {} }
}
