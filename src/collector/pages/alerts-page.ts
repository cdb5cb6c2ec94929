import type { AlertsRegion } from '#console/alert-views.ts'
import { alertItem } from '#console/present/alert-item.ts'
import type { View } from '#console/views.ts'
import { alerts as words } from '#console/words/alerts.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts } from '#console/words/counts.ts'
import { fill } from '#console/words/fill.ts'
import { queuesOf, scopeOf, seesInPart } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Queue } from '../alerts/alert.ts'
import { factsOf } from './alert-facts.ts'
import { alertsFilterView } from './alerts-filter.ts'
import {
  type AlertsQuery,
  alertFilterOf,
  alertsHref,
  isNarrowedAlerts,
  readAlertsQuery,
} from './alerts-query.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { pageLinks } from './page-links.ts'

/** Staff's: of them others are told only how many there are. */
const OF_STAFF: readonly Queue[] = ['head', 'chair']

/** The list of alerts that the viewer may see, or only the part that changes. */
export function alertsPage(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
  isPart: boolean,
): View {
  const { alertReads, tenant, limits } = context
  const query = readAlertsQuery(asked)
  const region = alertsRegion(context, viewer, query)
  if (isPart) return { view: 'alerts-rows', region }
  const assignees = alertReads.assignees(tenant, scopeOf(viewer), limits.filterChoicesMax)
  return { view: 'alerts', region, filter: alertsFilterView(query, assignees) }
}

function alertsRegion(context: PageContext, viewer: Viewer, asked: AlertsQuery): AlertsRegion {
  const { alertReads, tenant, limits } = context
  const wording = wordingOf(context, boxesOf(context))
  const filter = alertFilterOf(asked, scopeOf(viewer))
  const limit = limits.pageSize
  const read = (page: number) =>
    alertReads.list(tenant, filter, { limit, offset: (page - 1) * limit })
  let found = read(asked.page)
  // The list may have become shorter than the page that was asked for.
  const page = Math.min(asked.page, Math.max(1, Math.ceil(found.total / limit)))
  if (page !== asked.page) found = read(page)
  const { alerts, total, isMore } = found
  const query = { ...asked, page }
  const low =
    query.severity === '' && page === 1
      ? alertReads.list(
          tenant,
          { ...filter, severities: ['low'] },
          { limit: limits.alerts.lowShownMax, offset: 0 },
        )
      : { alerts: [], total: 0 }
  const count = countOf(total, counts.alerts)
  return {
    alerts: alerts.map((one) => alertItem(factsOf(one), wording)),
    count: isMore ? fill(words.andMore, { alerts: count }) : count,
    isFiltered: isNarrowedAlerts(query),
    low: low.alerts.map((one) => alertItem(factsOf(one), wording)),
    lowCount: low.total,
    lowHref: alertsHref(query, { severity: 'low' }),
    isPartial: seesInPart(viewer),
    elsewhere: elsewhere(context, viewer),
    fragmentHref: alertsHref(query, { page, fragment: 'rows' }),
    ...pageLinks(page, Math.ceil(total / limit), (one) => alertsHref(query, { page: one })),
  }
}

/** Open alerts about staff that are not listed: only how many, and only for those who look after pupils. */
export function elsewhere({ alertReads, tenant }: PageContext, viewer: Viewer): number {
  const queues = queuesOf(viewer)
  if (!queues.includes('safeguarding')) return 0
  return alertReads
    .openCounts(tenant)
    .filter(({ queue }) => OF_STAFF.includes(queue) && !queues.includes(queue))
    .reduce((sum, { count }) => sum + count, 0)
}
