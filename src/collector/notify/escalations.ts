/** Between alerts and notifications: called inside the transaction that changes the alert, so neither is without the other. */

import type { Severity } from '#safeguarding/severity.ts'
import type { Queue } from '../alerts/alert.ts'

export interface AlertRaised {
  readonly tenant: string
  readonly alert: string
  readonly queue: Queue
  readonly severity: Severity
  /** Of a trial of the filter: the first of the ladder is told once, in school hours, and nobody after. */
  readonly isTrial: boolean
  /** Milliseconds since the epoch, collector's clock. */
  readonly atMs: number
  /** `opened`, or its severity rose, or it was opened again. */
  readonly cause: 'opened' | 'risen' | 'reopened'
}

/** Somebody was given an alert to look into. */
export interface AlertAssigned {
  readonly alert: string
  /** The e-mail address of an account. */
  readonly to: string
  readonly severity: Severity
  readonly atMs: number
}

export interface Escalations {
  /** Begins the ladder, or begins it anew where severity rose. Severities that interrupt nobody only join the digest. */
  raise(raised: AlertRaised): void
  /** Somebody acknowledged or closed it: the ladder ends. */
  settle(tenant: string, alert: string, atMs: number): void
  /** Tells them, once, whatever became of the ladder. */
  assigned(given: AlertAssigned): void
}
