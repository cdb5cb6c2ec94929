/** One kind of check for one group, or for the box as a whole. */
export interface CheckResult {
  readonly check: string
  readonly group?: string
  /** How a network was tried: over a socket from an address, or in the process alone. */
  readonly way?: string
  readonly passed: number
  /** In words, each by itself. */
  readonly failed: readonly string[]
  /** What could not be checked, and why. */
  readonly unknown: readonly string[]
}

export interface SelftestReport {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly tookMs: number
  readonly passed: number
  readonly failed: number
  readonly unknown: number
  readonly checks: readonly CheckResult[]
}

/** What came of one thing that was tried. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string }

export const PASSED: Outcome = { kind: 'passed' }
export const failed = (text: string): Outcome => ({ kind: 'failed', text })
export const unknown = (text: string): Outcome => ({ kind: 'unknown', text })

/** Sums outcomes up. */
export function checkResult(
  check: string,
  group: string | undefined,
  outcomes: readonly Outcome[],
): CheckResult {
  return {
    check,
    ...(group === undefined ? {} : { group }),
    passed: outcomes.filter(({ kind }) => kind === 'passed').length,
    failed: outcomes.flatMap((one) => (one.kind === 'failed' ? [one.text] : [])),
    unknown: outcomes.flatMap((one) => (one.kind === 'unknown' ? [one.text] : [])),
  }
}

/** What a check was summed up from. */
export function outcomesOf({
  passed,
  failed: bad,
  unknown: open,
}: CheckResult): readonly Outcome[] {
  return [...Array.from({ length: passed }, () => PASSED), ...bad.map(failed), ...open.map(unknown)]
}
