import type { AuditView } from '#console/account-views.ts'
import { csvText } from '#console/present/csv-text.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plural } from '#console/present/plain-time.ts'
import type { View } from '#console/views.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Audited } from '../audit/audit-log.ts'
import { CHANGE_WORDS } from './command-words.ts'
import type { PageContext } from './page-context.ts'

const WORDS: Readonly<Record<Audited, string>> = {
  'alerts-listed': 'Listed alerts',
  'alert-opened': 'Opened an alert',
  'alert-acted-on': 'Acted on an alert',
  'theme-changed': 'Changed how a theme is told',
  'digest-read': 'Read the weekly digest',
  'notices-changed': 'Changed which browser is told',
  'check-kept': 'Kept a check of the filter',
  'decision-kept': 'Wrote down a decision',
  'review-signed': 'Signed a yearly review',
  'events-listed': 'Listed or searched events',
  'event-opened': 'Opened an event',
  'devices-listed': 'Listed or searched devices',
  'device-opened': 'Opened a device',
  'policy-changed': 'Changed what is allowed or blocked',
  'policy-proposed': 'Proposed what to allow or block',
  'release-begun': 'Opened something for a lesson',
  'release-ended': 'Ended what was open for a lesson',
  'look-up-explained': 'Asked why a name is blocked',
  'requests-listed': 'Listed requests to unblock',
  exported: 'Took a file',
  'audit-read': 'Read the audit',
  'signed-in': 'Signed in',
  'signed-in-by-code': 'Signed in by one-time code',
  'sign-in-failed': 'Failed to sign in',
  'signed-out': 'Signed out',
  'proof-given': 'Showed a secret again',
  'proof-failed': 'Failed to show a secret again',
  refused: 'Was refused',
  'account-invited': 'Made a link for an account',
  'invitation-taken': 'Took an account',
  'password-changed': 'Changed the password',
  'roles-changed': 'Changed roles',
  'hidden-users-changed': 'Changed who is hidden from an account',
  'sessions-ended': 'Ended sessions',
  'account-removed': 'Removed an account',
  'passkey-added': 'Added a passkey',
  'passkey-removed': 'Removed a passkey',
  'provider-linked': 'Linked the school’s sign-in',
  'provider-unlinked': 'Unlinked the school’s sign-in',
}

/** What part of the record is asked for, and whether its chain is to be walked. */
export interface AuditAsked {
  /** Rows older than this sequence. */
  readonly before: number
  readonly isChecked: boolean
}

/** Who looked at what and did what, newest first. */
export function auditPage(context: PageContext, { before, isChecked }: AuditAsked): View {
  const { audit, limits, time, clock } = context
  const nowMs = clock.wallMs()
  const rows = audit.read(before, limits.auditPageSize + 1)
  return pageOf('audit', rows, {
    limit: limits.auditPageSize,
    check: isChecked ? checkText(audit.verify()) : undefined,
    show: ({ at, who, what, subject, address }) => ({
      when: time.at(at, nowMs),
      who: plainText(who, 200),
      what: WORDS[what],
      subject: plainText(subject, 300),
      address: plainText(address, 64),
    }),
  })
}

/** What was done to alerts, newest first; it names no pupil. */
export function alertChangesPage(context: PageContext, { before, isChecked }: AuditAsked): View {
  const { alertReads, tenant, limits, time, clock } = context
  const nowMs = clock.wallMs()
  const rows = alertReads.allHistory(tenant, before, limits.auditPageSize + 1)
  return pageOf('alert-changes', rows, {
    limit: limits.auditPageSize,
    check: isChecked ? checkText(alertReads.verifyHistory(tenant)) : undefined,
    show: ({ at, who, change, alert, why }) => ({
      when: time.at(at, nowMs),
      who: plainText(who, 200),
      what: CHANGE_WORDS[change],
      subject: plainText(`${alert}${why === '' ? '' : `: ${why}`}`, 300),
      address: '',
    }),
  })
}

/** All of it that fits into one file, newest first. */
export function auditCsv({ audit, limits }: PageContext): string {
  const rows = audit
    .read(Number.MAX_SAFE_INTEGER, limits.exportRowsMax)
    .map(({ sequence, at, who, what, subject, address }) => [
      String(sequence),
      new Date(at).toISOString(),
      plainText(who, 300),
      WORDS[what],
      plainText(subject, 300),
      plainText(address, 64),
    ])
  return csvText([['Number', 'When', 'Who', 'What', 'Of what', 'From where'], ...rows])
}

function checkText(found: number | Failure): AuditView['check'] {
  return isFailure(found)
    ? { isWhole: false, text: `The record was tampered with: ${found.detail}.` }
    : { isWhole: true, text: `Checked: ${plural(found, 'row')}, none changed, none missing.` }
}

const PATHS = { audit: '/audit', 'alert-changes': '/audit/alerts' } as const

function pageOf<T extends { readonly sequence: number }>(
  view: keyof typeof PATHS,
  rows: readonly T[],
  {
    limit,
    check,
    show,
  }: {
    readonly limit: number
    readonly check: AuditView['check']
    readonly show: (row: T) => AuditView['rows'][number]
  },
): AuditView {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = rows.length > limit && last !== undefined
  return {
    view,
    check,
    checkHref: `${PATHS[view]}?check=yes`,
    rows: shown.map(show),
    olderHref: hasMore ? `${PATHS[view]}?before=${last.sequence}` : undefined,
  }
}
