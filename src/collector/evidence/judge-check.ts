import type { Expected, Finding, Seen } from './check-words.ts'

/** A box told of the test name while it was tried. */
export interface TestNotice {
  readonly group: string
  readonly isBlocked: boolean
}

/**
 * What a check came to. The person's eyes alone prove nothing of a made-up name, which opens nowhere: what boxes told
 * meanwhile decides, but for a page that opened where none should. Pure.
 */
export function judgeCheck({
  expected,
  seen,
  group,
  notices,
}: {
  readonly expected: Expected
  readonly seen: Seen
  readonly group: string
  readonly notices: readonly TestNotice[]
}): Finding {
  if (expected === 'opens') return seen === 'opened' ? 'as-expected' : 'did-not-open'
  if (seen === 'opened') return 'opened'
  if (notices.length === 0) return 'not-heard'
  const own = notices.filter((one) => one.group === group)
  if (own.length === 0) return 'other-group'
  const isBlocked = seen === 'block-page' || own.some((one) => one.isBlocked)
  if (expected === 'blocked') return isBlocked ? 'as-expected' : 'only-watched'
  return isBlocked ? 'blocked-needlessly' : 'as-expected'
}
