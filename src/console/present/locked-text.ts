import type { StatusReport } from '#domain/ingest.ts'
import { type LockedStatus, lockedSentence } from '#domain/locked-status.ts'
import { capital } from './alert-words.ts'
import { plainText } from './plain-text.ts'

const CHARS_MAX = 600

/** What a box reports of the lists that the law locks; one that says nothing is too old to have any. */
export function lockedOf({ locked }: StatusReport): LockedStatus {
  return locked ?? { kind: 'none' }
}

/** The same in words, as a sentence of a page. */
export function lockedText(report: StatusReport, nowMs: number): string {
  return capital(plainText(lockedSentence(lockedOf(report), nowMs), CHARS_MAX))
}
