/** What a check came to, in words, and what to do about it. */
import type { Badge } from '#console/present/severity-badge.ts'
import { checkFindings } from '#console/words/check-findings.ts'
import type { CheckResult, Finding } from '../evidence/check-words.ts'
import { RESULT_WORDS } from '../evidence/check-words.ts'

interface FindingWords {
  readonly sentence: string
  /** What to do; empty where nothing. */
  readonly advice: string
}

export const FINDING_WORDS: Readonly<Record<Finding, FindingWords>> = checkFindings

const CLASSES: Readonly<Record<CheckResult, string>> = {
  failed: 'edge-badge edge-badge--critical',
  unclear: 'edge-badge edge-badge--medium',
  passed: 'edge-badge edge-badge--good',
}

export function resultBadge(result: CheckResult): Badge {
  return { text: RESULT_WORDS[result], classes: CLASSES[result] }
}
