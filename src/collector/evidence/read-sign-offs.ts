import type { Sqlite } from '#platform/sqlite.ts'
import type { Kept, SignOffFacts } from './evidence-entry.ts'

/** Who signed a yearly review. */
export interface SignOffReads {
  /** Of the review of these days, newest first: it stands in place of those before it. */
  readonly of: (days: ReviewDays) => readonly Kept<SignOffFacts>[]
}

/** `YYYY-MM-DD`, inclusive both. */
export interface ReviewDays {
  readonly fromDay: string
  readonly toDay: string
}

const SIGN_OFFS_MAX = 50

export function makeSignOffReads(db: Sqlite, tenant: string): SignOffReads {
  const read = db.prepare<
    [string, string, number],
    Omit<Kept<unknown>, 'facts'> & { readonly facts: string }
  >(
    `SELECT sequence, subject AS id, at, who, facts FROM evidence
     WHERE tenant_id = ? AND subject = ? AND kind = 'review-signed' ORDER BY sequence DESC LIMIT ?`,
  )
  return {
    of: (days) =>
      read
        .all(tenant, reviewSubject(days), SIGN_OFFS_MAX)
        .map((row): Kept<SignOffFacts> => ({ ...row, facts: JSON.parse(row.facts) })),
  }
}

/** By which rows of one review are found. */
export function reviewSubject({ fromDay, toDay }: ReviewDays): string {
  return `review-${fromDay}-${toDay}`
}
