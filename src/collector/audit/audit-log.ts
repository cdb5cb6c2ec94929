/** Who looked at what and did what, as rows of a chain that is only ever added to. Subjects and addresses are hostile text. */
import type { Failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { makeChainWriter, verifyRows } from '../store/hash-chain.ts'
import { inTransaction } from '../store/in-transaction.ts'

/** In the past tense; they stand in rows for ever. */
export const AUDITED = [
  'alerts-listed',
  'alert-opened',
  'alert-acted-on',
  'theme-changed',
  'digest-read',
  'notices-changed',
  'check-kept',
  'decision-kept',
  'review-signed',
  'events-listed',
  'event-opened',
  'devices-listed',
  'device-opened',
  'policy-changed',
  'policy-proposed',
  'release-begun',
  'release-ended',
  'look-up-explained',
  'requests-listed',
  'exported',
  'audit-read',
  'signed-in',
  'signed-in-by-code',
  'sign-in-failed',
  'signed-out',
  'proof-given',
  'proof-failed',
  'refused',
  'account-invited',
  'invitation-taken',
  'password-changed',
  'roles-changed',
  'hidden-users-changed',
  'sessions-ended',
  'account-removed',
  'passkey-added',
  'passkey-removed',
  'provider-linked',
  'provider-unlinked',
] as const
export type Audited = (typeof AUDITED)[number]

export interface AuditRow {
  /** The account's e-mail address, or words for who has none. */
  readonly who: string
  readonly what: Audited
  readonly subject: string
  /** From where. */
  readonly address: string
}

export interface KeptAuditRow extends AuditRow {
  readonly sequence: number
  readonly at: number
}

export interface AuditLog {
  /** Durable when it returns. A repeat of the same within minutes, as open pages make, is one row. */
  readonly note: (row: AuditRow) => void
  /** Newest first, older than a sequence. */
  readonly read: (before: number, limit: number) => readonly KeptAuditRow[]
  /** How many rows there are, or where the chain is broken. */
  readonly verify: () => number | Failure<'broken-chain'>
}

const CHAIN = { table: 'audit', columns: ['at', 'who', 'what', 'subject', 'address'] } as const
const TEXT_MAX = 300
/** What open pages ask for again and again. */
const READS: ReadonlySet<Audited> = new Set([
  'alerts-listed',
  'alert-opened',
  'events-listed',
  'event-opened',
  'devices-listed',
  'device-opened',
  'look-up-explained',
  'requests-listed',
  'audit-read',
  'digest-read',
  'refused',
])

export function makeAuditLog(options: {
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Clock
  readonly limits: Pick<CollectorLimits, 'auditRepeatMs' | 'auditRepeatsMax'>
}): AuditLog {
  const { db, tenant, clock, limits } = options
  const add = makeChainWriter(db, CHAIN)
  const read = db.prepare<[string, number, number], KeptAuditRow>(
    `SELECT sequence, at, who, what, subject, address FROM audit
     WHERE tenant_id = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
  )
  const notedAt = new Map<string, number>()
  const isRepeat = (key: string): boolean => {
    const last = notedAt.get(key)
    return last !== undefined && clock.monotonicMs() - last < limits.auditRepeatMs
  }
  const remember = (key: string): void => {
    notedAt.delete(key)
    // The stalest stands first; what is forgotten is noted once more.
    for (const stalest of notedAt.keys()) {
      if (notedAt.size < limits.auditRepeatsMax) break
      notedAt.delete(stalest)
    }
    notedAt.set(key, clock.monotonicMs())
  }
  return {
    note: ({ who, what, ...rest }) => {
      const [subject, address] = [rest.subject, rest.address].map((one) => one.slice(0, TEXT_MAX))
      const texts = [who.slice(0, TEXT_MAX), what, subject ?? '', address ?? '']
      const key = JSON.stringify(texts)
      if (READS.has(what) && isRepeat(key)) return
      inTransaction(db, () => add(tenant, [clock.wallMs(), ...texts]))
      if (READS.has(what)) remember(key)
    },
    read: (before, limit) => read.all(tenant, before, limit),
    verify: () => verifyRows(db, CHAIN, tenant),
  }
}
