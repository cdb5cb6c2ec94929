import type { EventBody, LinkChanged } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Span } from './alert-figures.ts'
import { type HalfTermReport, readHalfTermReport } from './half-term-report.ts'
import { readOverBlocked } from './over-blocked.ts'
import { type RequestCounts, readOverBlocks } from './over-blocks.ts'

/** What a school looks at once a year: counts alone, and no name. */
export interface Review extends HalfTermReport {
  /** Alerts that are of made-up names alone: somebody tried the filter. */
  readonly testAlerts: number
  readonly overBlocks: {
    /** Names that somebody asked to have opened, what became of that, and of how many names an alert proved that the list was wrong. */
    readonly names: number
    readonly requests: RequestCounts
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
      requests: readOverBlocks(db, span).all,
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

/** Each lasts until the next change of the same box; of what lies across an end of the span, only what lies in it counts. */
function readOutages(
  db: Sqlite,
  { tenant, fromMs, toMs }: Span,
  nowMs: number,
): readonly Outages[] {
  const changes = [
    // What each box was before: one line may have been down when the span began.
    ...readLinkChanges(
      db,
      `max(event.at) AS at FROM ${LINK_CHANGES} AND event.at < @fromMs GROUP BY appliance`,
      { tenant, fromMs, toMs },
    ),
    ...readLinkChanges(
      db,
      `event.at AS at FROM ${LINK_CHANGES} AND event.at >= @fromMs AND event.at < @toMs
       ORDER BY event.at LIMIT ${LINK_CHANGES_MAX}`,
      { tenant, fromMs, toMs },
    ),
  ].toSorted((a, b) => (a.appliance < b.appliance ? -1 : a.appliance > b.appliance ? 1 : 0))
  const spans = changes.flatMap(({ appliance, body }, index) => {
    if (body.to !== 'down') return []
    const next = changes[index + 1]
    const endMs = next?.appliance === appliance ? next.body.since : Math.min(toMs, nowMs)
    const ms = Math.min(endMs, toMs) - Math.max(body.since, fromMs)
    return ms > 0 || endMs > fromMs ? [{ appliance, ms: Math.max(0, ms) }] : []
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

const LINK_CHANGES = `event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
    AND event_revision.event_id = event.id AND event_revision.revision = event.revision
  WHERE event.tenant_id = @tenant AND lane = 'operations' AND kind = 'link-changed'`

function readLinkChanges(
  db: Sqlite,
  sql: string,
  span: Span,
): readonly { readonly appliance: string; readonly body: LinkChanged }[] {
  return db
    .prepare<[Span], { appliance: string; text: string }>(`SELECT appliance, body AS text, ${sql}`)
    .all(span)
    .flatMap(({ appliance, text }) => {
      const body: EventBody = JSON.parse(text)
      return isLinkChanged(body) ? [{ appliance, body }] : []
    })
}

function isLinkChanged(body: EventBody): body is LinkChanged {
  return body.kind === 'link-changed'
}
