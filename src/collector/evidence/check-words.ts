/** What a check may say, and what each finding comes to. */

export const DEVICE_KINDS = ['laptop', 'tablet', 'desktop', 'phone', 'own', 'visitor'] as const
export type DeviceKind = (typeof DEVICE_KINDS)[number]
export const DEVICE_KIND_WORDS: Readonly<Record<DeviceKind, string>> = {
  laptop: 'School laptop or Chromebook',
  tablet: 'School tablet',
  desktop: 'School desktop computer',
  phone: 'School phone',
  own: 'Somebody’s own device',
  visitor: 'A visitor’s device',
}

/** `watched`: allowed for the group, and told. */
export const EXPECTED = ['blocked', 'watched', 'opens'] as const
export type Expected = (typeof EXPECTED)[number]
export const EXPECTED_WORDS: Readonly<Record<Expected, string>> = {
  blocked: 'Blocked',
  watched: 'Allowed for this group, and watched',
  opens: 'Opens',
}

export const SEEN = ['block-page', 'did-not-open', 'opened'] as const
export type Seen = (typeof SEEN)[number]
export const SEEN_WORDS: Readonly<Record<Seen, string>> = {
  'block-page': 'The school’s page that says it is blocked',
  'did-not-open': 'It did not open: an error of the browser',
  opened: 'A page opened',
}

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
export const RESULT_WORDS: Readonly<Record<CheckResult, string>> = {
  failed: 'Failed',
  unclear: 'Proves nothing',
  passed: 'As expected',
}

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
