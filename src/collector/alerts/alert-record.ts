import type { ScorePart } from '#domain/signal.ts'
import type { Alert } from './alert.ts'
import type { Decision } from './decision.ts'

/** Why an alert has its severity, as judged last. */
export interface AlertReasons {
  readonly rules: readonly string[]
  readonly parts: readonly ScorePart[]
  readonly score: number
  /** Of a trend at the school: the site (hostile text). */
  readonly site?: string
}

/** An alert with everything that is kept of it. Free text is of people and hostile all the same. */
export interface AlertRecord extends Alert {
  /** Of the newest event; hostile text. */
  readonly group: string
  /** When somebody was last to be told, collector's clock. */
  readonly toldAt: number
  readonly acknowledgedAt: number | undefined
  readonly closedAt: number | undefined
  /** Events came after it was closed, within the hold on notifications. */
  readonly seenAgainAt: number | undefined
  readonly isSimulated: boolean
  /** Every lookup of it was of a made-up name by which the filter is tried. */
  readonly isTrial: boolean
  readonly hasLegalHold: boolean
  /** Of a trend: how many pupils. */
  readonly pupils: number
  readonly reasons: AlertReasons
  readonly assignedTo: string | undefined
  readonly awaiting: string | undefined
  readonly escalatedTo: string | undefined
  readonly mergedInto: string | undefined
  readonly decision: Decision | undefined
  readonly reason: string | undefined
  readonly action: string | undefined
  readonly outcome: string | undefined
  readonly caseReference: string | undefined
}

/** The part that everybody may be given. */
export function alertOf(record: AlertRecord): Alert {
  const { id, tenant, queue, theme, severity, state, subject } = record
  const { firstAt, lastAt, openedAt, isLate } = record
  return { id, tenant, queue, theme, severity, state, subject, firstAt, lastAt, openedAt, isLate }
}
