/** What was raised in a run, with when it became how grave. */

import type { Queue, Subject } from '#collector/alerts/alert.ts'
import type { ThemeId } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'

export interface AlertSeen {
  readonly id: string
  readonly theme: ThemeId
  readonly queue: Queue
  readonly subject: Subject
  /** Of a trend at the school, which site; absent otherwise. */
  readonly site: string | undefined
  readonly openedMs: number
  /** When it first was at least so grave, the lightest first. */
  readonly rises: readonly Rise[]
  /** Which rules decided last. */
  readonly rules: readonly string[]
}

export interface Rise {
  readonly severity: Severity
  readonly atMs: number
}

/** The gravest that it ever was. */
export function gravest({ rises }: AlertSeen): Severity {
  return rises.at(-1)?.severity ?? 'low'
}

/** When it first was at least so grave; undefined if never. */
export function reachedMs({ rises }: AlertSeen, severity: Severity): number | undefined {
  return rises.find((one) => isAtLeast(one.severity, severity))?.atMs
}

export function isAtLeast(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) <= SEVERITIES.indexOf(other)
}

export function isAbove(one: Severity, other: Severity | 'none'): boolean {
  return other === 'none' || SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)
}

/** Alerts as they come; keeps each of a run, which are some thousands at most. */
export class AlertBook {
  readonly #alerts = new Map<string, AlertSeen>()

  note(now: Omit<AlertSeen, 'rises' | 'openedMs'>, severity: Severity, atMs: number): void {
    const before = this.#alerts.get(now.id)
    const rises = before?.rises ?? []
    const last = rises.at(-1)
    const isGraver = last === undefined || isAbove(severity, last.severity)
    this.#alerts.set(now.id, {
      ...now,
      openedMs: before?.openedMs ?? atMs,
      rises: isGraver ? [...rises, { severity, atMs }] : rises,
    })
  }

  all(): readonly AlertSeen[] {
    return [...this.#alerts.values()]
  }
}
