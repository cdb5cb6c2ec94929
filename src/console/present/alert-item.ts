import { alertFacts as words } from '../words/alert-facts.ts'
import { common } from '../words/common.ts'
import { countOf } from '../words/count-of.ts'
import { counts } from '../words/counts.ts'
import { fill } from '../words/fill.ts'
import { capital, stateWords } from './alert-words.ts'
import { defang } from './defang.ts'
import { plainText } from './plain-text.ts'
import type { ShownTime } from './plain-time.ts'
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
  readonly isTrial: boolean
  readonly hasLegalHold: boolean
  readonly pupils: number
  /** The theme's title, and whether the law forbids looking further. */
  readonly themeTitle: string
  readonly isIllegal: boolean
  readonly events: number
  readonly assignedTo: string | undefined
  readonly awaiting: string | undefined
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
  /** Empty: nobody. */
  readonly assignedTo: string
  readonly isAwaiting: boolean
  readonly isLate: boolean
  readonly isSimulated: boolean
  readonly isTrial: boolean
  readonly isIllegal: boolean
}

export interface AlertStep {
  readonly label: string
  readonly text: string
  readonly when: ShownTime
}

/** Puts an alert into words. */
export function alertItem(alert: AlertFacts, { time, nowMs }: Wording): AlertItem {
  const { themeTitle } = alert
  return {
    id: alert.id,
    href: `/alerts/${encodeURIComponent(alert.id)}`,
    severity: severityBadge(alert.severity),
    theme: capital(themeTitle),
    who: whoText(alert),
    group: plainText(alert.group, 80),
    when: time.at(alert.lastAt, nowMs),
    events: countOf(alert.events, counts.events),
    state: stateWords(alert.state),
    assignedTo: plainText(alert.assignedTo ?? '', 60),
    isAwaiting: alert.awaiting !== undefined,
    isLate: alert.isLate,
    isSimulated: alert.isSimulated,
    isTrial: alert.isTrial,
    isIllegal: alert.isIllegal,
  }
}

function whoText({ subject, pupils }: AlertFacts): string {
  switch (subject.kind) {
    case 'person':
      return plainText(subject.user, 80)
    case 'device':
      return fill(words.device, { name: plainText(subject.name ?? subject.id, 80) })
    case 'school':
      return countOf(pupils, words.pupils)
    case 'erased':
      return words.notKept
    default:
      return subject satisfies never
  }
}

/** That it is a test; the page says so above all facts. */
export function trialFacts({
  isTrial,
}: Pick<AlertFacts, 'isTrial'>): readonly { readonly key: string; readonly value: string }[] {
  return isTrial ? [{ key: words.test, value: words.testText }] : []
}

/** The facts of the page, in the order in which a lead asks for them. */
export function alertFacts(
  alert: AlertFacts,
  { time, nowMs }: Wording,
): readonly { readonly key: string; readonly value: string }[] {
  const at = (ms: number): string => time.at(ms, nowMs).text
  const { subject, site } = alert
  return [
    { key: words.about, value: whoText(alert) },
    ...(subject.kind === 'device' ? [{ key: words.person, value: words.personUnsure }] : []),
    ...(site === undefined || alert.isIllegal ? [] : [{ key: words.site, value: defang(site) }]),
    ...(alert.group === '' ? [] : [{ key: common.group, value: plainText(alert.group, 80) }]),
    { key: words.firstLookup, value: at(alert.firstAt) },
    { key: words.lastLookup, value: at(alert.lastAt) },
    {
      key: words.opened,
      value: alert.isLate
        ? fill(words.openedLate, { time: at(alert.openedAt) })
        : at(alert.openedAt),
    },
    { key: common.state, value: stateWords(alert.state) },
    ...(alert.hasLegalHold ? [{ key: words.legalHold, value: words.legalHoldText }] : []),
  ]
}
