import type { AlertsRegion } from '#console/alert-views.ts'
import {
  type AlertDetail,
  type AlertFacts,
  type AlertStep,
  alertFacts,
  alertItem,
} from '#console/present/alert-item.ts'
import { eventItem } from '#console/present/event-item.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import type { View } from '#console/views.ts'
import { themeTitle } from '#rules/themes.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { assignedOnly, isHidden, queuesOf, seesInPart } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Queue } from '../alerts/alert.ts'
import type { Change, KeptHistoryRow } from '../alerts/alert-history.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISIONS, type Decision } from '../alerts/decision.ts'
import { mayCloseAtOnce, TRANSITIONS } from '../alerts/transitions.ts'
import { isVisible, visibleAlert } from '../alerts/visible-alert.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'

/** Staff's: of them others are told only how many there are. */
const OF_STAFF: readonly Queue[] = ['head', 'chair']

const RULE_TEXTS: ReadonlyMap<string, string> = new Map([
  ...SHIPPED_WEIGHTS.rules.map(({ id, says }) => [id, says] as const),
  ['school-trend', 'several pupils at one site that the school has just met'],
])

/** The open alerts that the viewer may see, or only the part that changes. */
export function alertsPage(context: PageContext, viewer: Viewer, isPart: boolean): View {
  const { alertReads, tenant, limits } = context
  const wording = wordingOf(context, boxesOf(context))
  const queues = queuesOf(viewer)
  const of = { queues, assignedTo: assignedOnly(viewer), isHead: viewer.rights.has('head') }
  const open = alertReads.open(tenant, of, limits.alerts.listMax + 1)
  const isLead = queues.includes('safeguarding')
  const elsewhere = alertReads
    .openCounts(tenant)
    .filter(({ queue }) => isLead && OF_STAFF.includes(queue) && !queues.includes(queue))
    .reduce((sum, { count }) => sum + count, 0)
  const region: AlertsRegion = {
    alerts: open
      .slice(0, limits.alerts.listMax)
      .filter((one) => isVisible(alertReads, viewer, one))
      .map((one) => alertItem(factsOf(one), wording)),
    isPartial: seesInPart(viewer),
    isCut: open.length > limits.alerts.listMax,
    elsewhere,
    fragmentHref: '/alerts?fragment=rows',
  }
  return { view: isPart ? 'alerts-rows' : 'alerts', region }
}

/** One alert with its events, its history and its forms; undefined when there is none that the viewer may see. */
export function alertPage(
  context: PageContext,
  viewer: Viewer,
  asked: { readonly id: string; readonly isPart: boolean; readonly problem?: string },
): View | undefined {
  const { alertReads, tenant, limits, accounts } = context
  const { id, isPart, problem } = asked
  const record = visibleAlert(alertReads, viewer, { tenant, id })
  if (record === undefined) return undefined
  const wording = wordingOf(context, boxesOf(context))
  const facts = factsOf(record)
  const isLow = mayCloseAtOnce(record.severity)
  const isMerged = record.mergedInto !== undefined
  const events = alertReads
    .events(tenant, id, limits.pageSize)
    .filter(({ body: { client } }) => client.user === undefined || !isHidden(viewer, client.user))
  const history = alertReads.history(tenant, id, limits.alerts.historyShownMax)
  return {
    view: isPart ? 'alert-detail' : 'alert',
    problem,
    detail: {
      item: alertItem(facts, wording),
      facts: alertFacts(facts, wording),
      reasons: record.reasons.rules.map(ruleText),
      events: events.map((event) => eventItem(event, wording)),
      history: history.map((row) => stepOf(row, wording)).toReversed(),
      canAcknowledge: !isMerged && TRANSITIONS.acknowledge.from.includes(record.state),
      canClose:
        !isMerged &&
        (TRANSITIONS.close.from.includes(record.state) || (isLow && record.state === 'new')),
      isLow,
      assignees: canAssign(record, viewer) ? assignees(accounts, record.assignedTo) : [],
      assignedTo: plainText(record.assignedTo ?? '', 200),
      decisions: [
        { value: '', text: 'Choose', selected: true },
        ...DECISIONS.map((value) => ({ value, text: DECISION_WORDS[value], selected: false })),
      ],
    },
  }
}

function canAssign({ queue, state, mergedInto }: AlertRecord, { rights }: Viewer): boolean {
  const isLead = rights.has('dsl') || rights.has('deputy')
  const isOpen = mergedInto === undefined && TRANSITIONS.assign.from.includes(state)
  return isLead && isOpen && queue === 'safeguarding'
}

/** Pastoral staff, who see an alert only once it is theirs. */
function assignees(accounts: Accounts, chosen: string | undefined): AlertDetail['assignees'] {
  const pastoral = accounts.all().filter(({ roles }) => roles.includes('pastoral'))
  if (pastoral.length === 0) return []
  return [
    { value: '', text: 'Choose', selected: chosen === undefined },
    ...pastoral.map(({ name, email }) => ({
      value: email,
      text: plainText(`${name} (${email})`, 120),
      selected: email === chosen,
    })),
  ]
}

/** In words; a rule of other weights than ours is shown by its id. */
function ruleText(rule: string): string {
  return RULE_TEXTS.get(rule) ?? plainText(rule, 80)
}

function factsOf(record: AlertRecord & { readonly events: number }): AlertFacts {
  const { theme, reasons } = record
  return {
    ...record,
    themeTitle: themeTitle(theme),
    isIllegal: theme === 'illegal',
    site: reasons.site,
  }
}

function stepOf({ change, who, why, at }: KeptHistoryRow, { time, nowMs }: Wording): AlertStep {
  const by = `${plainText(who, 80)}${why === '' ? '' : `: ${plainText(why, 300)}`}`
  return { label: CHANGE_WORDS[change], text: by, when: time.at(at, nowMs) }
}

const DECISION_WORDS: Readonly<Record<Decision, string>> = {
  concern: 'A concern',
  'no-concern': 'No concern',
  'false-positive:wrong-category': 'False: the site is not of this kind',
  'false-positive:background': 'False: an app or an advert, nobody chose it',
  'false-positive:shared-device': 'False: the device is shared, it is not known who',
  'false-positive:curriculum': 'False: it was for a lesson',
}

export const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  opened: 'Opened',
  risen: 'Became graver',
  'seen-again': 'Seen again',
  acknowledged: 'Acknowledged',
  'review-begun': 'Review begun',
  decided: 'Decided',
  acted: 'Acted on',
  closed: 'Closed',
  reopened: 'Opened again',
  assigned: 'Assigned',
  'information-awaited': 'Waiting for information',
  'information-came': 'Information came',
  escalated: 'Escalated',
  merged: 'Merged',
  split: 'Split',
  held: 'Legal hold',
  'hold-released': 'Legal hold ended',
  snoozed: 'Set aside',
  'demotion-proposed': 'Demotion proposed',
  'demotion-accepted': 'Demotion accepted',
  'demotion-refused': 'Demotion refused',
  'person-erased': 'Link to the person erased',
  deleted: 'Deleted',
}
