import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { NotifyReadings } from './notify-metrics.ts'
import type { DrillState } from './occasions/drill-state.ts'
import type { NotifySettings } from './settings/notify-settings.ts'

interface ReadingParts {
  readonly settings: () => NotifySettings | undefined
  readonly drill: () => DrillState | undefined
  readonly clock: Clock
}

/** How telling people stands, read from the store when somebody asks. */
export function makeNotifyReadings(
  db: Sqlite,
  tenant: string,
  { settings, drill, clock }: ReadingParts,
): () => NotifyReadings {
  const waiting = db.prepare<[string, number], { total: number; oldest: number | null }>(
    `SELECT count(*) AS total, min(n.due_at) AS oldest FROM delivery d JOIN notice n ON n.tenant_id = d.tenant_id AND n.id = d.notice
     WHERE d.tenant_id = ? AND d.state = 'waiting' AND n.due_at <= ?`,
  )
  const ladders = db.prepare<[string], { state: string; total: number }>(
    `SELECT state, count(*) AS total FROM escalation WHERE tenant_id = ? AND state IN ('climbing', 'nobody', 'ended') GROUP BY state`,
  )
  return () => {
    const nowMs = clock.wallMs()
    const { total = 0, oldest = null } = waiting.get(tenant, nowMs) ?? {}
    const states = new Map(ladders.all(tenant).map((row) => [row.state, row.total]))
    return {
      people: settings()?.people.length ?? 0,
      waiting: total,
      oldestWaitingSeconds: oldest === null ? 0 : Math.max(0, (nowMs - oldest) / 1000),
      climbing: states.get('climbing') ?? 0,
      ended: states.get('ended') ?? 0,
      nobody: states.get('nobody') ?? 0,
      unconfirmed:
        drill()?.people.filter(({ confirmedAtMs }) => confirmedAtMs === undefined).length ?? 0,
    }
  }
}
