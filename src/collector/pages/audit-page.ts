import type { AuditView } from '#console/account-views.ts'
import { csvText } from '#console/present/csv-text.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { audit as words } from '#console/words/audit.ts'
import { countOf } from '#console/words/count-of.ts'
import { fill } from '#console/words/fill.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import { CHANGE_WORDS } from './command-words.ts'
import type { PageContext } from './page-context.ts'

const ID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g
const SENT = /^POST (?=\/)/
/** Enough to tell alerts apart on a page. */
const ID_SHOWN = 8

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
      what: words.done[what],
      subject: shownSubject(plainText(subject, 300)),
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
      subject: fill(why === '' ? words.ofAlert : words.ofAlertWhy, {
        alert: alert.slice(0, ID_SHOWN),
        why: plainText(why, 300),
      }),
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
      words.done[what],
      plainText(subject, 300),
      plainText(address, 64),
    ])
  return csvText([
    [words.number, words.when, words.who, words.what, words.subject, words.fromWhere],
    ...rows,
  ])
}

/** As people read it: what was done says that a form was sent. The file has it in full. */
function shownSubject(text: string): string {
  return text.replaceAll(ID, '$1…').replace(SENT, '')
}

function checkText(found: number | Failure): AuditView['check'] {
  return isFailure(found)
    ? { isWhole: false, text: fill(words.tampered, { why: found.detail }) }
    : { isWhole: true, text: countOf(found, words.whole) }
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
