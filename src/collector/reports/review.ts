import type { EventBody, LinkChanged } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Span } from './alert-figures.ts'
import { type HalfTermReport, readHalfTermReport } from './half-term-report.ts'
import { readOverBlocked } from './over-blocked.ts'

/** What a school looks at once a year: counts alone, and no name. */
export interface Review extends HalfTermReport {
  /** Alerts that are of made-up names alone: somebody tried the filter. */
  readonly testAlerts: number
  readonly overBlocks: {
    /** Names that somebody asked to have opened, how often, and of how many an alert proved that the list was wrong. */
    readonly names: number
    readonly asked: number
    readonly wrongCategory: number
  }
  readonly changes: readonly {
    readonly kind: ChangeKind
    readonly count: number
    readonly lastAt: number
  }[]
  readonly outages: readonly Outages[]
}

/** Times in which a box had no line to the internet. */
export interface Outages {
  readonly appliance: string
  readonly count: number
  readonly totalMs: number
  readonly longestMs: number
}

export const CHANGE_KINDS = [
  'policy-applied',
  'policy-refused',
  'list-updated',
  'list-refused',
  'locked-bundle-changed',
  'release-granted',
  'agent-started',
  'events-dropped',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

const NAMES_MAX = 10_000
const LINK_CHANGES_MAX = 20_000

export function readReview(db: Sqlite, span: Span, nowMs: number): Review {
  const asked = readOverBlocked(db, span, NAMES_MAX)
  return {
    ...readHalfTermReport(db, span, nowMs),
    testAlerts: readTestAlerts(db, span),
    overBlocks: {
      names: asked.filter((one) => one.asked > 0).length,
      asked: asked.reduce((sum, one) => sum + one.asked, 0),
      wrongCategory: asked.filter((one) => one.wrongCategory > 0).length,
    },
    changes: readChanges(db, span),
    outages: readOutages(db, span, nowMs),
  }
}

function readTestAlerts(db: Sqlite, { tenant, fromMs, toMs }: Span): number {
  return (
    db
      .prepare<[string, number, number], { count: number }>(
        `SELECT count(*) AS count FROM alert INDEXED BY alert_trial
         WHERE tenant_id = ? AND queue = 'safeguarding' AND opened_at >= ? AND opened_at < ? AND is_trial = 1`,
      )
      .get(tenant, fromMs, toMs)?.count ?? 0
  )
}

function readChanges(db: Sqlite, { tenant, fromMs, toMs }: Span): Review['changes'] {
  const places = CHANGE_KINDS.map(() => '?').join(', ')
  return db
    .prepare<(string | number)[], { kind: ChangeKind; count: number; lastAt: number }>(
      `SELECT kind, count(*) AS count, max(at) AS lastAt FROM event WHERE tenant_id = ? AND lane = 'operations'
         AND at >= ? AND at < ? AND kind IN (${places}) GROUP BY kind`,
    )
    .all(tenant, fromMs, toMs, ...CHANGE_KINDS)
}

/** Each lasts until the next change of the same box; the last until the end of the span, or until now. */
function readOutages(
  db: Sqlite,
  { tenant, fromMs, toMs }: Span,
  nowMs: number,
): readonly Outages[] {
  const changes = db
    .prepare<[string, number, number, number], { appliance: string; text: string }>(
      `SELECT appliance, body AS text FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
         AND event_revision.event_id = event.id AND event_revision.revision = event.revision
       WHERE event.tenant_id = ? AND lane = 'operations' AND kind = 'link-changed' AND event.at >= ? AND event.at < ?
       ORDER BY appliance, event.at LIMIT ?`,
    )
    .all(tenant, fromMs, toMs, LINK_CHANGES_MAX)
    .flatMap(({ appliance, text }) => {
      const body: EventBody = JSON.parse(text)
      return isLinkChanged(body) ? [{ appliance, body }] : []
    })
  const spans = changes.flatMap(({ appliance, body }, index) => {
    if (body.to !== 'down') return []
    const next = changes[index + 1]
    const endMs = next?.appliance === appliance ? next.body.since : Math.min(toMs, nowMs)
    return [{ appliance, ms: Math.max(0, endMs - body.since) }]
  })
  return [...new Set(spans.map(({ appliance }) => appliance))].map((appliance) => {
    const own = spans.filter((one) => one.appliance === appliance).map(({ ms }) => ms)
    return {
      appliance,
      count: own.length,
      totalMs: own.reduce((sum, ms) => sum + ms, 0),
      longestMs: Math.max(...own),
    }
  })
}

function isLinkChanged(body: EventBody): body is LinkChanged {
  return body.kind === 'link-changed'
}
