import { alertItem } from '#console/present/alert-item.ts'
import type { TodayView } from '#console/report-views.ts'
import { countOf } from '#console/words/count-of.ts'
import { today as words } from '#console/words/today.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { isLead, queuesOf, scopeOf, seesInPart } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { type AlertState, OPEN_STATES } from '../alerts/alert.ts'
import type { CountedAlert } from '../alerts/alert-list.ts'
import { isDue } from '../evidence/read-decisions.ts'
import { factsOf } from './alert-facts.ts'
import { elsewhere } from './alerts-page.ts'
import { isLeft } from './checks-page.ts'
import { boxesOf, type PageContext, proofOf, wordingOf } from './page-context.ts'
import { cannotOf, coverageFacts, drillFact, listsFact } from './report-facts.ts'

const SHOWN_MAX = 10
const ABOVE_LOW = SEVERITIES.filter((severity) => severity !== 'low')
/** Somebody has it in hand. */
const IN_HAND: readonly AlertState[] = ['acknowledged', 'in-review', 'actioned']

/** Whether the viewer is needed now, and what shows that the system works; or only the part that changes. */
export async function todayPage(
  context: PageContext,
  viewer: Viewer,
  isPart: boolean,
): Promise<TodayView> {
  const { store, reports, tenant, watch } = context
  const boxes = boxesOf(context)
  const wording = wordingOf(context, boxes)
  const fresh = alertsIn(context, viewer, { states: ['new'] })
  const inHand = alertsIn(context, viewer, { states: IN_HAND })
  const low = alertsIn(context, viewer, { states: OPEN_STATES, severities: ['low'] })
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
      lowCount: low.total,
      isAssignee: viewer.rights.has('pastoral') && queuesOf(viewer).length === 0,
      isPartial: seesInPart(viewer),
      elsewhere: elsewhere(context, viewer),
      due: isLead(viewer) ? dueOf(context) : [],
      proof: await proofOf(context, boxes, await store.gaps(tenant), wording),
      facts: [
        drillFact(reports.drill(), wording),
        ...coverageFacts(coverage, wording),
        listsFact(told, wording.nowMs),
      ],
      cannotNotice: cannotOf(coverage),
    },
  }
}

/** Of those that the viewer may see, above Low unless told otherwise, the gravest first. */
function alertsIn(
  { alertReads, tenant }: PageContext,
  viewer: Viewer,
  {
    states,
    severities = ABOVE_LOW,
  }: { readonly states: readonly AlertState[]; readonly severities?: readonly string[] },
): { readonly alerts: readonly CountedAlert[]; readonly total: number } {
  const page = { limit: SHOWN_MAX, offset: 0 }
  return alertReads.list(tenant, { scope: scopeOf(viewer), severities, states }, page)
}

/** What nobody is told of by a message, but has to be done one day. */
function dueOf(context: PageContext): TodayView['region']['due'] {
  return [...demotionsDue(context), ...evidenceDue(context)]
}

function demotionsDue({ themeReads, tenant }: PageContext): TodayView['region']['due'] {
  const proposed = themeReads.demotions(tenant).filter(({ state }) => state === 'proposed').length
  if (proposed === 0) return []
  return [{ text: countOf(proposed, words.demotions), href: '/themes#judged' }]
}

function evidenceDue({ evidence, limits, time, clock }: PageContext): TodayView['region']['due'] {
  const today = time.dayText(clock.wallMs())
  const due = evidence.decisions
    .list(limits.evidence.decisionsShownMax)
    .filter((one) => isDue(one, today)).length
  const left = evidence.checks
    .counts()
    .filter(isLeft)
    .reduce((sum, { count }) => sum + count, 0)
  return [
    ...(due === 0 ? [] : [{ text: countOf(due, words.decisions), href: '/decisions?state=due' }]),
    ...(left === 0 ? [] : [{ text: countOf(left, words.checks), href: '/checks?result=open' }]),
  ]
}
