import { defang } from './defang.ts'
import type { EventItem } from './event-item.ts'
import { plainText } from './plain-text.ts'
import { plural, type ShownTime } from './plain-time.ts'
import { type Badge, severityBadge } from './severity-badge.ts'
import type { Wording } from './wording.ts'

/** Whom an alert is about, as the collector keeps it. Text is hostile. */
type AlertSubject =
  | { readonly kind: 'person'; readonly user: string }
  | { readonly kind: 'device'; readonly id: string; readonly name?: string }
  | { readonly kind: 'school' | 'erased' }

/** What there is to show of an alert. */
export interface AlertFacts {
  readonly id: string
  readonly severity: string
  readonly state: string
  readonly subject: AlertSubject
  readonly group: string
  readonly firstAt: number
  readonly lastAt: number
  readonly openedAt: number
  readonly isLate: boolean
  readonly isSimulated: boolean
  readonly hasLegalHold: boolean
  readonly pupils: number
  /** The theme's title, and whether the law forbids looking further. */
  readonly themeTitle: string
  readonly isIllegal: boolean
  readonly events: number
  /** Of a trend: the site. */
  readonly site?: string | undefined
}

/** One alert as a row of the list; all strings are text, none is HTML. */
export interface AlertItem {
  readonly id: string
  readonly href: string
  readonly severity: Badge
  readonly theme: string
  readonly who: string
  readonly group: string
  readonly when: ShownTime
  readonly events: string
  readonly state: string
  readonly isLate: boolean
  readonly isSimulated: boolean
  readonly isIllegal: boolean
}

export interface AlertStep {
  readonly label: string
  readonly text: string
  readonly when: ShownTime
}

/** One alert with everything a person may know of it. */
export interface AlertDetail {
  readonly item: AlertItem
  readonly facts: readonly { readonly key: string; readonly value: string }[]
  /** Why it is as grave as it is, in words. */
  readonly reasons: readonly string[]
  readonly events: readonly EventItem[]
  /** Newest first. */
  readonly history: readonly AlertStep[]
  readonly canAcknowledge: boolean
  readonly canClose: boolean
  readonly isLow: boolean
  /** To whom it can be assigned; none where it cannot. */
  readonly assignees: readonly {
    readonly value: string
    readonly text: string
    readonly selected: boolean
  }[]
  readonly assignedTo: string
  /** As the component macros want it; none is chosen. */
  readonly decisions: readonly {
    readonly value: string
    readonly text: string
    readonly selected: boolean
  }[]
}

const STATES: Readonly<Record<string, string>> = {
  new: 'New',
  acknowledged: 'Acknowledged',
  'in-review': 'In review',
  actioned: 'Acted on',
  closed: 'Closed',
}

/** Puts an alert into words. */
export function alertItem(alert: AlertFacts, { time, nowMs }: Wording): AlertItem {
  const { themeTitle } = alert
  return {
    id: alert.id,
    href: `/alerts/${encodeURIComponent(alert.id)}`,
    severity: severityBadge(alert.severity),
    theme: themeTitle.charAt(0).toUpperCase() + themeTitle.slice(1),
    who: whoText(alert),
    group: plainText(alert.group, 80),
    when: time.at(alert.lastAt, nowMs),
    events: plural(alert.events, 'event'),
    state: STATES[alert.state] ?? plainText(alert.state, 20),
    isLate: alert.isLate,
    isSimulated: alert.isSimulated,
    isIllegal: alert.isIllegal,
  }
}

function whoText({ subject, pupils }: AlertFacts): string {
  switch (subject.kind) {
    case 'person':
      return plainText(subject.user, 80)
    case 'device':
      return `A device: ${plainText(subject.name ?? subject.id, 80)}`
    case 'school':
      return `${plural(pupils, 'pupil')} of the school`
    case 'erased':
      return 'No longer kept'
    default:
      return subject satisfies never
  }
}

/** The facts of the page, in the order in which a lead asks for them. */
export function alertFacts(
  alert: AlertFacts,
  { time, nowMs }: Wording,
): readonly { readonly key: string; readonly value: string }[] {
  const at = (ms: number): string => time.at(ms, nowMs).text
  const { subject, site } = alert
  return [
    { key: 'About', value: whoText(alert) },
    ...(subject.kind === 'device'
      ? [{ key: 'Person', value: 'Not sure enough to name anybody' }]
      : []),
    ...(site === undefined || alert.isIllegal
      ? []
      : [{ key: 'Address asked for', value: defang(site) }]),
    ...(alert.group === '' ? [] : [{ key: 'Group', value: plainText(alert.group, 80) }]),
    { key: 'First lookup', value: at(alert.firstAt) },
    { key: 'Last lookup', value: at(alert.lastAt) },
    {
      key: 'Opened',
      value: `${at(alert.openedAt)}${alert.isLate ? ', long after it happened' : ''}`,
    },
    { key: 'State', value: STATES[alert.state] ?? plainText(alert.state, 20) },
    ...(alert.hasLegalHold ? [{ key: 'Legal hold', value: 'Yes: nothing of it is erased' }] : []),
  ]
}
