import { severityBadge } from '#console/present/severity-badge.ts'
import type { View } from '#console/views.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import type { PageContext } from './page-context.ts'

const WEEK_MS = 7 * 86_400_000

/** Numbers alone, for governors: nothing in them names anybody or says what was looked up. */
export async function figuresPage(context: PageContext): Promise<View> {
  const { alertReads, store, tenant, clock } = context
  const open = alertReads.openCounts(tenant)
  const events = await store.severityCounts(tenant, clock.wallMs() - WEEK_MS)
  return {
    view: 'figures',
    rows: SEVERITIES.map((severity) => ({
      severity: severityBadge(severity).text,
      open: open
        .filter((one) => one.severity === severity)
        .reduce((sum, { count }) => sum + count, 0),
      events: events.get(severity) ?? 0,
    })),
  }
}
