/** What a person reviews: the words that alerts, notifications, pages and simulation share. */
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'

/** Whose it is to review: pupils' alerts are the DSL's, staff's the head's alone, the head's own the chair's, malware IT's. */
export const QUEUES = ['safeguarding', 'head', 'chair', 'it'] as const
export type Queue = (typeof QUEUES)[number]

export const ALERT_STATES = ['new', 'acknowledged', 'in-review', 'actioned', 'closed'] as const
export type AlertState = (typeof ALERT_STATES)[number]
export const OPEN_STATES: readonly AlertState[] = ['new', 'acknowledged', 'in-review', 'actioned']

/** Whom it is about: a person only where the appliance was sure enough; else the device; `school` for clusters. */
export type Subject =
  | { readonly kind: 'person'; readonly user: string }
  | { readonly kind: 'device'; readonly id: string; readonly name?: string }
  | { readonly kind: 'school' }
  /** The link to whom it was about was erased, as retention demands. */
  | { readonly kind: 'erased' }

export interface Alert {
  readonly id: string
  readonly tenant: string
  readonly queue: Queue
  readonly theme: ThemeId
  readonly severity: Severity
  readonly state: AlertState
  readonly subject: Subject
  /** Milliseconds since the epoch, by the appliance's clock; `openedAt` by the collector's. */
  readonly firstAt: number
  readonly lastAt: number
  readonly openedAt: number
  /** It came long after it happened: the box was offline. */
  readonly isLate: boolean
}
