/** What people do to alerts. Every refusal says what is missing; what is done stands in the history, all in one transaction. */
import { alertHistory } from '#console/words/alert-history.ts'
import { alertProblems as words } from '#console/words/alert-problems.ts'
import { fill } from '#console/words/fill.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { AlertCommand } from './alert-command.ts'
import { BY_ITSELF, type HistoryRow } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'
import { isFalsePositive } from './decision.ts'
import type { Learning } from './learning.ts'
import { type MergeDeps, mergeAlert, splitAlert } from './merge-split.ts'
import { AGAIN, tell } from './raise-alert.ts'
import {
  lacksOf,
  mayBeGiven,
  mayCloseAtOnce,
  REQUIREMENTS,
  TRANSITIONS,
  wordsAtOnce,
} from './transitions.ts'

/** Which alert, and what. */
export type Asked = AlertCommand & { readonly tenant: string; readonly alert: string }
export type ActFailure = 'unknown-alert' | 'not-now' | 'missing' | 'too-long' | 'cannot-merge'

export interface ActDeps extends MergeDeps {
  readonly learning: Learning
}

/** Call inside a transaction, which a failure must undo. */
export function act(
  deps: ActDeps,
  asked: Asked,
  who: string,
  nowMs: number,
): AlertRecord | Failure<ActFailure> {
  const record = deps.alerts.read(asked.tenant, asked.alert)
  if (record === undefined) return failure('unknown-alert', words.noAlert)
  const refusal =
    refuseTexts(asked, who, deps.settings.limits.textMax) ?? refuseState(asked, record)
  if (refusal !== undefined) return refusal
  const changed = changedBy(record, asked)
  const lacking = missingOf(changed, asked)
  if (lacking !== undefined) return lacking
  const { change, to, settles } = TRANSITIONS[asked.kind]
  const row: HistoryRow = {
    tenant: record.tenant,
    alert: record.id,
    at: nowMs,
    who,
    change,
    why: whyOf(asked),
    facts: {
      from: record.state,
      to: to ?? record.state,
      ...(changed.decision === undefined ? {} : { decision: changed.decision }),
      ...(asked.kind === 'merge' ? { into: asked.into } : {}),
      ...(asked.kind === 'split' ? { events: asked.events.length } : {}),
    },
  }
  const next = { ...changed, state: to ?? record.state, ...timesOf(asked, nowMs) }
  deps.alerts.write(next)
  deps.addHistory(row)
  if (settles) deps.escalations?.settle(record.tenant, record.id, nowMs)
  const followed = follow(deps, asked, next, { who, nowMs })
  return isFailure(followed) ? followed : (deps.alerts.read(asked.tenant, asked.alert) ?? next)
}

/** What else a command brings about. */
function follow(
  deps: ActDeps,
  asked: Asked,
  record: AlertRecord,
  by: { readonly who: string; readonly nowMs: number },
): Failure<ActFailure> | undefined {
  const { tenant, id } = record
  if (asked.kind === 'close') return learn(deps, record, by.nowMs)
  if (asked.kind === 'assign') return tellAssigned(deps, record, by.nowMs)
  if (asked.kind === 'merge') return mergeAlert(deps, record, { into: asked.into, ...by })
  if (asked.kind === 'split')
    return splitAlert(deps, record, { events: asked.events, why: asked.why, ...by })
  if (asked.kind !== 'reopen') return undefined
  deps.learning.unlabel(tenant, id)
  deps.observations.discount(tenant, id, false)
  tell(deps, record, 'reopened')
  return undefined
}

function tellAssigned(
  { escalations }: ActDeps,
  { id, assignedTo, severity }: AlertRecord,
  atMs: number,
): undefined {
  if (assignedTo !== undefined) escalations?.assigned({ alert: id, to: assignedTo, severity, atMs })
}

function learn(deps: ActDeps, record: AlertRecord, nowMs: number): undefined {
  const { tenant, id, decision } = record
  if (decision === undefined) return
  if (isFalsePositive(decision)) deps.observations.discount(tenant, id, true)
  const proposed = deps.learning.label(record, decision, nowMs)
  if (proposed === undefined) return
  const { theme, labels, concerns, isSimulated } = proposed
  deps.addHistory({
    tenant,
    alert: `theme:${theme}`,
    at: nowMs,
    who: BY_ITSELF,
    change: 'demotion-proposed',
    why: fill(alertHistory.concerns, { concerns, labels }),
    facts: { theme, labels, concerns, isSimulated },
  })
}

function refuseTexts(asked: Asked, who: string, textMax: number): Failure<ActFailure> | undefined {
  if (who.trim() === '') return failure('missing', words.whoMissing)
  const given = Object.values(asked).filter((value) => typeof value === 'string')
  if ([who, ...given].some((text) => text.length > textMax))
    return failure('too-long', fill(words.textTooLong, { max: textMax }))
  const needsWhy = ['why', 'reason', 'action', 'to', 'what', 'text'] as const
  if (asked.kind === 'close') return undefined
  for (const [name, value] of Object.entries(asked))
    if (needsWhy.some((one) => one === name) && typeof value === 'string' && value.trim() === '')
      return failure('missing', MISSING[asked.kind] ?? words.whyMissing)
  return undefined
}

const MISSING: Partial<Record<Asked['kind'], string>> = {
  decide: words.decisionReasonMissing,
  act: words.actionMissing,
  assign: words.assigneeMissing,
  'await-information': words.awaitedMissing,
  escalate: words.escalationMissing,
  note: words.noteMissing,
}

function refuseState(asked: Asked, record: AlertRecord): Failure<ActFailure> | undefined {
  if (record.mergedInto !== undefined) return failure('not-now', words.wasMerged)
  if (mayBeGiven(asked.kind, record)) return undefined
  const { from } = TRANSITIONS[asked.kind]
  const states = from.map((state) => fill(words.state, { state })).join(words.or)
  const values = { asked: asked.kind, states, state: record.state }
  return failure('not-now', fill(words.wrongState, values))
}

/** The record with what the command says filled in. */
function changedBy(record: AlertRecord, asked: Asked): AlertRecord {
  switch (asked.kind) {
    case 'decide':
      return { ...record, decision: asked.decision, reason: asked.reason }
    case 'act':
      return { ...record, action: asked.action }
    case 'close':
      return closed(record, asked)
    case 'assign':
      return { ...record, assignedTo: asked.to }
    case 'await-information':
      return { ...record, awaiting: asked.what }
    case 'information-came':
      return { ...record, awaiting: undefined }
    case 'escalate':
      return { ...record, escalatedTo: asked.to }
    case 'merge':
      // What it was is for the other to say: figures would count it as closed as that.
      return { ...record, mergedInto: asked.into, decision: undefined }
    case 'hold':
      return { ...record, hasLegalHold: true }
    case 'release-hold':
      return { ...record, hasLegalHold: false }
    case 'reopen':
      return { ...record, ...AGAIN }
    case 'acknowledge':
    case 'review':
    case 'split':
    case 'note':
      return record
    default:
      return asked satisfies never
  }
}

function closed(record: AlertRecord, asked: Extract<Asked, { kind: 'close' }>): AlertRecord {
  const said = {
    decision: asked.decision ?? record.decision,
    reason: written(asked.reason) ?? record.reason,
    action: written(asked.action) ?? record.action,
    outcome: written(asked.outcome) ?? record.outcome,
    caseReference: written(asked.caseReference) ?? record.caseReference,
  }
  if (!mayCloseAtOnce(record) || said.decision === 'concern') return { ...record, ...said }
  const ready = wordsAtOnce(record)
  const { reason = ready.reason, action = ready.action, outcome = ready.outcome } = said
  return { ...record, ...said, reason, action, outcome }
}

function written(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text
}

function missingOf(record: AlertRecord, { kind }: Asked): Failure<ActFailure> | undefined {
  const lacks = lacksOf(kind, record)
  if (lacks.length === 0) return undefined
  const what = lacks.map((need) => REQUIREMENTS[need]).join('; ')
  return failure('missing', fill(words.missing, { what }))
}

function timesOf({ kind }: Asked, nowMs: number): Partial<AlertRecord> {
  if (kind === 'acknowledge') return { acknowledgedAt: nowMs }
  if (kind === 'close' || kind === 'merge') return { closedAt: nowMs, seenAgainAt: undefined }
  return kind === 'reopen' ? { toldAt: nowMs } : {}
}

function whyOf(asked: Asked): string {
  switch (asked.kind) {
    case 'decide':
      return asked.reason
    case 'act':
      return asked.action
    case 'close':
      return [asked.reason, asked.action, asked.outcome]
        .filter((one) => written(one))
        .join(alertHistory.between)
    case 'assign':
      return fill(alertHistory.assigned, { to: asked.to })
    case 'await-information':
      return asked.what
    case 'escalate':
      return fill(alertHistory.escalated, { to: asked.to, why: asked.why })
    case 'note':
      return asked.text
    case 'reopen':
    case 'hold':
    case 'release-hold':
    case 'merge':
    case 'split':
      return asked.why
    case 'acknowledge':
    case 'review':
    case 'information-came':
      return ''
    default:
      return asked satisfies never
  }
}
