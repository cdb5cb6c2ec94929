/** What a check may say, and what each finding comes to. */
import { check } from '#console/words/check.ts'

export const DEVICE_KINDS = ['laptop', 'tablet', 'desktop', 'phone', 'own', 'visitor'] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]
export const DEVICE_KIND_WORDS: Readonly<Record<DeviceKind, string>> = check.deviceKinds

/** `watched`: allowed for the group, and told. */
export const EXPECTED = ['blocked', 'watched', 'opens'] as const
export type Expected = (typeof EXPECTED)[number]
export const EXPECTED_WORDS: Readonly<Record<Expected, string>> = check.expected

export const SEEN = ['block-page', 'did-not-open', 'opened'] as const
export type Seen = (typeof SEEN)[number]
export const SEEN_WORDS: Readonly<Record<Seen, string>> = check.seen

export const FINDINGS = [
  'as-expected',
  'opened',
  'not-heard',
  'other-group',
  'only-watched',
  'blocked-needlessly',
  'did-not-open',
] as const
export type Finding = (typeof FINDINGS)[number]

export const CHECK_RESULTS = ['failed', 'unclear', 'passed'] as const
export type CheckResult = (typeof CHECK_RESULTS)[number]
export const RESULT_WORDS: Readonly<Record<CheckResult, string>> = check.results

export const RESULT_OF: Readonly<Record<Finding, CheckResult>> = {
  'as-expected': 'passed',
  opened: 'failed',
  'not-heard': 'unclear',
  'other-group': 'failed',
  'only-watched': 'failed',
  'blocked-needlessly': 'failed',
  'did-not-open': 'failed',
}

/** The findings that come to a result. */
export function findingsOf(result: CheckResult): readonly Finding[] {
  return FINDINGS.filter((finding) => RESULT_OF[finding] === result)
}
