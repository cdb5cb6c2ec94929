import type { EventBody } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { InboxEvent } from './alert-inbox.ts'
import { type AlertKey, type JudgedEvent, type Observed, observe } from './observation-of.ts'
import type { SiteKey } from './observation-table.ts'
import { type AlertChange, absorb, isHeld, openAlert } from './raise-alert.ts'
import { type SettleDeps, settleSubject } from './settle-subject.ts'
import type { SnoozeTable } from './snooze-table.ts'
import { dayOf, findTrends } from './trend.ts'

export interface TakeDeps extends SettleDeps {
  readonly snoozes: SnoozeTable
  /** Told of an event for which no theme is known. */
  readonly noteUnjudged: () => void
}

/** Takes events from the store into judgement: each subject that they touch is settled once. In the desk's transaction. */
export function makeTakeEvents(
  db: Sqlite,
  deps: TakeDeps,
): (events: readonly InboxEvent[], nowMs: number) => AlertChange[] {
  const readEvent = db.prepare<
    [string, string],
    Omit<JudgedEvent, 'body'> & { readonly body: string }
  >(
    `SELECT event.tenant_id AS tenant, appliance, event.id AS id, event.revision AS revision, received_at AS receivedAt, body
     FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id AND event_revision.revision = event.revision
     WHERE event.tenant_id = ? AND event.id = ?`,
  )
  const heads = new Set(deps.settings.heads.map((head) => head.toLowerCase()))

  const keep = ({ tenant, event }: InboxEvent): Observed | undefined => {
    const row = readEvent.get(tenant, event)
    if (row === undefined) return undefined
    const body: EventBody = JSON.parse(row.body)
    const observed = observe({ ...row, body }, heads)
    if (observed === undefined) {
      deps.noteUnjudged()
      return undefined
    }
    const { theme, group, facts } = observed
    const isSnoozed = deps.snoozes.covers({ tenant, theme, group }, facts.at)
    return deps.observations.keep(observed, isSnoozed) ? observed : undefined
  }

  return (events, nowMs) => {
    const news = events.map(keep).filter((one) => one !== undefined)
    const subjects = earliestOf(news, (one) => one.facts.at, keyText)
    const changes = subjects.map((one) =>
      settleSubject(deps, one, one.facts.at, { nowMs, isLook: false, isDue: false }),
    )
    const sites = earliestOf(
      news.filter(({ isTrend }) => isTrend),
      ({ facts }) => dayOf(facts.at),
      (one) => JSON.stringify([one.tenant, one.facts.site, one.theme, dayOf(one.facts.at)]),
    )
    const trends = sites.flatMap(({ tenant, theme, facts }) =>
      settleSite(deps, { tenant, theme, site: facts.site }, { day: dayOf(facts.at), nowMs }),
    )
    return [...changes, ...trends].filter((one) => one !== undefined)
  }
}

function settleSite(
  deps: TakeDeps,
  site: SiteKey,
  { day, nowMs }: { readonly day: number; readonly nowMs: number },
): readonly (AlertChange | undefined)[] {
  const { limits } = deps.settings
  return findTrends({ ...deps, limits }, site, day).map((raised) => {
    const current = deps.alerts.current(raised.key)
    const takes =
      current !== undefined && (current.state !== 'closed' || isHeld(current, nowMs, limits.holdMs))
    return takes ? absorb(deps, current, raised, nowMs) : openAlert(deps, raised, nowMs)
  })
}

/** One of each key: the one with the smallest number. */
function earliestOf(
  all: readonly Observed[],
  number: (one: Observed) => number,
  key: (one: Observed) => string,
): readonly Observed[] {
  const found = new Map<string, Observed>()
  for (const one of all) {
    const before = found.get(key(one))
    if (before === undefined || number(one) < number(before)) found.set(key(one), one)
  }
  return [...found.values()]
}

function keyText({ tenant, subjectKey, theme, queue }: AlertKey): string {
  return JSON.stringify([tenant, subjectKey, theme, queue])
}
