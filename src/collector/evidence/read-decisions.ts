import type { Sqlite } from '#platform/sqlite.ts'
import type { AmendmentFacts, DecisionFacts, Kept } from './evidence-entry.ts'

/** A decision as it stands, with all that was added to it. */
export interface KeptDecision extends Kept<DecisionFacts> {
  /** Oldest first. */
  readonly amendments: readonly Kept<AmendmentFacts>[]
  /** The day of its next review, `YYYY-MM-DD`; undefined once it ended. */
  readonly reviewOn: string | undefined
}

export interface DecisionReads {
  /** Newest first. */
  readonly list: (limit: number) => readonly KeptDecision[]
  readonly one: (id: string) => KeptDecision | undefined
}

type Row = Omit<Kept<unknown>, 'facts'> & { readonly facts: string }

const COLUMNS = 'sequence, subject AS id, at, who, facts'
const AMENDMENTS_MAX = 100

export function makeDecisionReads(db: Sqlite, tenant: string): DecisionReads {
  const list = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM evidence WHERE tenant_id = ? AND kind = 'decision-made' ORDER BY sequence DESC LIMIT ?`,
  )
  const one = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM evidence WHERE tenant_id = ? AND kind = 'decision-made' AND subject = ?`,
  )
  const amendments = db.prepare<[string, string, number], Row>(
    `SELECT ${COLUMNS} FROM evidence WHERE tenant_id = ? AND subject = ? AND kind = 'decision-amended'
     ORDER BY sequence DESC LIMIT ?`,
  )
  const withAll = (row: Row): KeptDecision => {
    const facts: DecisionFacts = JSON.parse(row.facts)
    const later = amendments
      .all(tenant, row.id, AMENDMENTS_MAX)
      .toReversed()
      .map((added): Kept<AmendmentFacts> => ({ ...added, facts: JSON.parse(added.facts) }))
    return { ...row, facts, amendments: later, reviewOn: reviewOf(facts, later) }
  }
  return {
    list: (limit) => list.all(tenant, limit).map(withAll),
    one: (id) => {
      const row = one.get(tenant, id)
      return row && withAll(row)
    },
  }
}

function reviewOf(
  facts: DecisionFacts,
  amendments: readonly Kept<AmendmentFacts>[],
): string | undefined {
  const last = amendments.at(-1)
  if (last === undefined) return facts.reviewOn
  return last.facts.outcome === 'ended' ? undefined : last.facts.reviewOn
}

/** Whether its review is due, on a day given as `YYYY-MM-DD`. */
export function isDue({ reviewOn }: Pick<KeptDecision, 'reviewOn'>, today: string): boolean {
  return reviewOn !== undefined && reviewOn <= today
}
