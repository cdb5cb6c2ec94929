import type { Sqlite } from '#platform/sqlite.ts'
import { type CheckResult, findingsOf } from './check-words.ts'
import type { CheckFacts, FollowUpFacts, Kept } from './evidence-entry.ts'

/** Anything left out is not asked for; times by the collector's clock, the end excluded. */
export interface CheckFilter {
  readonly result?: CheckResult
  readonly group?: string
  readonly tried?: string
  /** Only those that did not show what was expected, and of which something is left to do. */
  readonly isOpen?: true
  readonly fromMs?: number
  readonly toMs?: number
}

export interface KeptCheck extends Kept<CheckFacts> {
  /** Nothing is left to do of it. */
  readonly isSettled: boolean
}

export interface CheckReads {
  /** Newest first, older than a sequence. */
  readonly list: (
    filter: CheckFilter,
    page: { readonly before: number; readonly limit: number },
  ) => readonly KeptCheck[]
  readonly one: (id: string) => KeptCheck | undefined
  /** Oldest first. */
  readonly followUps: (id: string, limit: number) => readonly Kept<FollowUpFacts>[]
  /** By what was tried and what it came to; of a span where given. */
  readonly counts: (span?: {
    readonly fromMs: number
    readonly toMs: number
  }) => readonly CheckCount[]
  readonly groups: (limit: number) => readonly string[]
}

export interface CheckCount {
  readonly tried: string
  readonly finding: CheckFacts['finding']
  readonly isSettled: boolean
  readonly count: number
  readonly lastAt: number
}

interface Row {
  readonly sequence: number
  readonly id: string
  readonly at: number
  readonly who: string
  readonly facts: string
  readonly isSettled: number
}

const SETTLED = `EXISTS (SELECT 1 FROM evidence AS later WHERE later.tenant_id = evidence.tenant_id
  AND later.subject = evidence.subject AND later.kind = 'check-followed-up' AND json_extract(later.facts, '$.isSettled'))`
const PASSED = findingsOf('passed')
  .map((finding) => `'${finding}'`)
  .join(', ')
const COLUMNS = `sequence, subject AS id, at, who, facts, ${SETTLED} AS isSettled`
const CHECKS = "FROM evidence WHERE tenant_id = @tenant AND kind = 'check-made'"
const COUNTS_MAX = 1000

export function makeCheckReads(db: Sqlite, tenant: string): CheckReads {
  const one = db.prepare<[{ tenant: string; id: string }], Row>(
    `SELECT ${COLUMNS} ${CHECKS} AND subject = @id`,
  )
  const list = db.prepare<[Asked], Row>(
    `SELECT ${COLUMNS} ${CHECKS} AND sequence < @before AND at >= @fromMs AND at < @toMs
       AND (@group IS NULL OR json_extract(facts, '$.group') = @group)
       AND (@tried IS NULL OR json_extract(facts, '$.tried') = @tried)
       AND (@findings IS NULL OR json_extract(facts, '$.finding') IN (SELECT value FROM json_each(@findings)))
       AND (@isOpen = 0 OR NOT (json_extract(facts, '$.finding') IN (${PASSED}) OR ${SETTLED}))
     ORDER BY sequence DESC LIMIT @limit`,
  )
  const followUps = db.prepare<[string, string, number], Omit<Row, 'isSettled'>>(
    `SELECT sequence, subject AS id, at, who, facts FROM evidence
     WHERE tenant_id = ? AND subject = ? AND kind = 'check-followed-up' ORDER BY sequence LIMIT ?`,
  )
  const counts = db.prepare<
    [{ tenant: string; fromMs: number; toMs: number }],
    Omit<CheckCount, 'isSettled'> & { readonly isSettled: number }
  >(
    `SELECT tried, finding, isSettled, count(*) AS count, max(at) AS lastAt FROM (
       SELECT json_extract(facts, '$.tried') AS tried, json_extract(facts, '$.finding') AS finding, at,
         ${SETTLED} AS isSettled ${CHECKS} AND at >= @fromMs AND at < @toMs)
     GROUP BY tried, finding, isSettled ORDER BY tried, finding LIMIT ${COUNTS_MAX}`,
  )
  const groups = db.prepare<[{ tenant: string; limit: number }], { name: string }>(
    `SELECT DISTINCT json_extract(facts, '$.group') AS name ${CHECKS} ORDER BY name LIMIT @limit`,
  )
  return {
    list: (filter, page) => list.all(askedOf(tenant, filter, page)).map(readCheck),
    one: (id) => {
      const row = one.get({ tenant, id })
      return row && readCheck(row)
    },
    followUps: (id, limit) =>
      followUps.all(tenant, id, limit).map((row) => {
        const facts: FollowUpFacts = JSON.parse(row.facts)
        return { ...row, facts }
      }),
    counts: (span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }) =>
      counts.all({ tenant, ...span }).map((row) => ({ ...row, isSettled: row.isSettled === 1 })),
    groups: (limit) => groups.all({ tenant, limit }).map(({ name }) => name),
  }
}

interface Asked {
  readonly tenant: string
  readonly before: number
  readonly limit: number
  readonly fromMs: number
  readonly toMs: number
  readonly group: string | null
  readonly tried: string | null
  readonly findings: string | null
  readonly isOpen: number
}

function askedOf(
  tenant: string,
  { result, group, tried, isOpen, fromMs, toMs }: CheckFilter,
  page: { readonly before: number; readonly limit: number },
): Asked {
  return {
    tenant,
    ...page,
    fromMs: fromMs ?? 0,
    toMs: toMs ?? Number.MAX_SAFE_INTEGER,
    group: group ?? null,
    tried: tried ?? null,
    findings: result === undefined ? null : JSON.stringify(findingsOf(result)),
    isOpen: Number(isOpen ?? false),
  }
}

function readCheck(row: Row): KeptCheck {
  const facts: CheckFacts = JSON.parse(row.facts)
  return { ...row, facts, isSettled: row.isSettled === 1 }
}
