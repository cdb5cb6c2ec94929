import { alertItem } from '#console/present/alert-item.ts'
import type { TodayView } from '#console/report-views.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import type { AlertState } from '../alerts/alert.ts'
import type { CountedAlert } from '../alerts/alert-list.ts'
import { factsOf } from './alert-facts.ts'
import { elsewhere } from './alerts-page.ts'
import { LISTED } from './alerts-query.ts'
import { boxesOf, type PageContext, proofOf, wordingOf } from './page-context.ts'
import { cannotText, coverageFacts, drillFact, listsFact } from './report-facts.ts'

const SHOWN_MAX = 10
const ABOVE_LOW = SEVERITIES.filter((severity) => severity !== 'low')
/** Somebody has it in hand. */
const IN_HAND: readonly AlertState[] = ['acknowledged', 'in-review', 'actioned']

/** Whether anybody is needed now, and what shows that the system works; or only the part that changes. */
export async function todayPage(context: PageContext, isPart: boolean): Promise<TodayView> {
  const { store, reports, tenant, watch } = context
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const fresh = alertsIn(context, ['new'])
  const inHand = alertsIn(context, IN_HAND)
  const coverage = reports.coverage(tenant, wording.nowMs)
  const told = boxes.flatMap(({ appliance }) => watch.lastHeard(appliance)?.report ?? [])
  const items = (alerts: readonly CountedAlert[]) =>
    alerts.slice(0, SHOWN_MAX).map((one) => alertItem(factsOf(one), wording))
  return {
    view: isPart ? 'today-part' : 'today',
    region: {
      now: items(fresh.alerts),
      nowCount: fresh.total,
      waiting: items(inHand.alerts),
      waitingCount: inHand.total,
      lowCount: lowCount(context),
      elsewhere: elsewhere(context),
      due: dueOf(context),
      proof: await proofOf(context, boxes, await store.gaps(tenant), wording),
      facts: [
        drillFact(reports.drill(), wording),
        ...coverageFacts(coverage, wording),
        listsFact(told, wording.nowMs),
      ],
      cannotNotice: cannotText(coverage),
    },
  }
}

/** Above Low, the gravest first. */
function alertsIn(
  { alertReads, tenant }: PageContext,
  states: readonly AlertState[],
): { readonly alerts: readonly CountedAlert[]; readonly total: number } {
  const page = { limit: SHOWN_MAX, offset: 0 }
  return alertReads.list(tenant, { queues: LISTED, severities: ABOVE_LOW, states }, page)
}

function lowCount({ alertReads, tenant }: PageContext): number {
  return alertReads
    .openCounts(tenant)
    .filter(({ queue, severity }) => LISTED.includes(queue) && severity === 'low')
    .reduce((sum, { count }) => sum + count, 0)
}

/** What nobody is told of by a message, but has to be done one day. */
function dueOf({ themeReads, tenant }: PageContext): TodayView['region']['due'] {
  const proposed = themeReads.demotions(tenant).filter(({ state }) => state === 'proposed').length
  if (proposed === 0) return []
  const text =
    proposed === 1
      ? 'One theme is proposed to be told one severity lower: accept or refuse'
      : `${proposed} themes are proposed to be told one severity lower: accept or refuse`
  return [{ text, href: '/themes' }]
}
