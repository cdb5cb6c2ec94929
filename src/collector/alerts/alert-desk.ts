/**
 * From events to alerts. The way of an event: `alert-inbox` has it since the transaction that stored it, `observation-of`
 * says whose it is, `judge-subject` how grave its subject stands, `raise-alert` opens the alert or lets it grow and tells
 * the ladder; `act` is what people do. Each call is one transaction and is given the time, so that nothing here is
 * without the rest, and the same events make the same alerts in whatever order they come.
 */
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Judge } from '#safeguarding/judge.ts'
import type { Escalations } from '../notify/escalations.ts'
import { inTransaction } from '../store/in-transaction.ts'
import { type ActDeps, type ActFailure, type Asked, act } from './act.ts'
import { actOnTheme, type ThemeAsked, type ThemeDeps, type ThemeFailure } from './act-on-theme.ts'
import type { Alert } from './alert.ts'
import { makeHistoryWriter } from './alert-history.ts'
import { type AlertInbox, type InboxEvent, makeAlertInbox } from './alert-inbox.ts'
import { alertOf } from './alert-record.ts'
import type { AlertSettings } from './alert-settings.ts'
import { makeAlertTable } from './alert-table.ts'
import { makeLearning } from './learning.ts'
import { makeLookAgain } from './look-again.ts'
import { makeObservationTable } from './observation-table.ts'
import { makePendingTable } from './pending-table.ts'
import { type AlertChange, changeOf } from './raise-alert.ts'
import { makeRetention } from './retention.ts'
import { makeSnoozeTable } from './snooze-table.ts'
import { makeTakeEvents, type TakeDeps } from './take-events.ts'
import { TRANSITIONS } from './transitions.ts'

export interface AlertDeskOptions {
  readonly judge: Judge
  /** Absent: nobody is told but by the console. */
  readonly escalations?: Escalations
  readonly settings: AlertSettings
}

export interface AlertDeskCounters {
  /** Events that wait to be judged. */
  readonly waiting: number
  /** Attempts to judge an event that failed; it is tried again at each look. */
  readonly failed: number
  /** Judgements for which older observations were left out. */
  readonly cut: number
  /** Events for which no theme is known here. */
  readonly unjudged: number
}

/** Times are milliseconds since the epoch. Calls throw only when the store itself fails; nothing of them stands then. */
export interface AlertDesk {
  /** Judges what waits, up to a limit of events: call it again while something comes back. */
  takeInbox(nowMs: number): readonly AlertChange[]
  /** What time brings: windows and holds that end, events that failed before, retention. */
  look(nowMs: number): readonly AlertChange[]
  act(asked: Asked, who: string, nowMs: number): Alert | Failure<ActFailure>
  actOnTheme(asked: ThemeAsked, who: string, nowMs: number): Failure<ThemeFailure> | undefined
  /** What people did since the last call, for whoever shows it. */
  takeActs(): readonly AlertChange[]
  counters(): AlertDeskCounters
}

type Deps = TakeDeps & ActDeps & ThemeDeps

export function makeAlertDesk(db: Sqlite, options: AlertDeskOptions): AlertDesk {
  const counts = { failed: 0, cut: 0, unjudged: 0 }
  const inbox = makeAlertInbox(db)
  const deps = makeDeps(db, options, counts)
  const takeEvents = makeTakeEvents(db, deps)
  const lookAgain = makeLookAgain(deps)
  const retain = makeRetention(db, { ...deps, limits: options.settings.limits })
  const { limits } = options.settings
  let retainedAt: number | undefined
  let acts: AlertChange[] = []

  /** One by one, so that an event that cannot be judged holds up no other. */
  const takeSingly = (events: readonly InboxEvent[], nowMs: number): AlertChange[] =>
    events.flatMap((one) => {
      try {
        return inTransaction(db, () => takeFrom(inbox, takeEvents, [one], nowMs))
      } catch {
        counts.failed += 1
        inbox.putBack(one)
        return []
      }
    })

  const takeInbox = (nowMs: number): AlertChange[] => {
    const events = inbox.read(limits.inboxBatchMax)
    if (events.length === 0) return []
    try {
      return inTransaction(db, () => takeFrom(inbox, takeEvents, events, nowMs))
    } catch {
      return takeSingly(events, nowMs)
    }
  }

  const retainWhenDue = (nowMs: number): void => {
    if (retainedAt !== undefined && Math.abs(nowMs - retainedAt) < limits.retentionEveryMs) return
    const done = inTransaction(db, () => retain(nowMs))
    // While there is more to do, the next look goes on with it.
    retainedAt = done === 0 ? nowMs : undefined
  }

  return {
    takeInbox,
    look: (nowMs) => {
      const changes = inTransaction(db, () => lookAgain(nowMs))
      const retried = takeSingly(inbox.readFailed(limits.inboxBatchMax), nowMs)
      retainWhenDue(nowMs)
      return [...changes, ...retried]
    },
    act: (asked, who, nowMs) => {
      const done = inTransaction(db, () => act(deps, asked, who, nowMs))
      if (isFailure(done)) return done
      acts.push(changeOf(done, TRANSITIONS[asked.kind].change))
      return alertOf(done)
    },
    actOnTheme: (asked, who, nowMs) => inTransaction(db, () => actOnTheme(deps, asked, who, nowMs)),
    takeActs: () => {
      const taken = acts
      acts = []
      return taken
    },
    counters: () => ({ ...counts, waiting: inbox.waiting() }),
  }
}

function takeFrom(
  inbox: AlertInbox,
  takeEvents: (events: readonly InboxEvent[], nowMs: number) => AlertChange[],
  events: readonly InboxEvent[],
  nowMs: number,
): AlertChange[] {
  for (const one of events) inbox.drop(one)
  return takeEvents(events, nowMs)
}

function makeDeps(
  db: Sqlite,
  { judge, escalations, settings }: AlertDeskOptions,
  counts: { cut: number; unjudged: number },
): Deps {
  const learning = makeLearning(db, settings.limits)
  return {
    judge,
    escalations,
    settings,
    learning,
    alerts: makeAlertTable(db),
    observations: makeObservationTable(db),
    pendings: makePendingTable(db),
    snoozes: makeSnoozeTable(db),
    addHistory: makeHistoryWriter(db),
    isDemoted: learning.isDemoted,
    noteCut: () => {
      counts.cut += 1
    },
    noteUnjudged: () => {
      counts.unjudged += 1
    },
  }
}
