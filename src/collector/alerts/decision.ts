/** What a person may find when an alert was reviewed. */

/** `false-positive:` says what it was instead. */
export const DECISIONS = [
  'concern',
  'no-concern',
  'false-positive:wrong-category',
  'false-positive:background',
  'false-positive:shared-device',
  'false-positive:curriculum',
] as const
export type Decision = (typeof DECISIONS)[number]

const known: ReadonlySet<string> = new Set(DECISIONS)

export function isDecision(text: string): text is Decision {
  return known.has(text)
}

export function isFalsePositive(decision: Decision | undefined): boolean {
  return decision?.startsWith('false-positive:') ?? false
}
