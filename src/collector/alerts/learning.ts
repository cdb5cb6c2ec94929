/**
 * What closing alerts teaches: how often a theme's alerts were a concern. A theme that hardly ever is may be proposed to be
 * told one severity lower; a person accepts or refuses. Of illegal material, suicide and self-harm it is never proposed.
 */
import { alertProblems } from '#console/words/alert-problems.ts'
import { fill } from '#console/words/fill.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { NEVER_DEMOTED } from '#safeguarding/judge.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { AlertRecord } from './alert-record.ts'
import { type Decision, isFalsePositive } from './decision.ts'
import { makeWrongSites } from './wrong-sites.ts'

/** The themes for which silence can never be learned. */
export function canBeDemoted(theme: ThemeId): boolean {
  return !NEVER_DEMOTED.includes(theme)
}

/** How right the alerts of one theme were that were closed in one week. */
export interface ThemePrecision {
  readonly theme: ThemeId
  /** Its Monday, 00:00 UTC, in milliseconds since the epoch. */
  readonly week: number
  readonly labels: number
  readonly concerns: number
  readonly noConcerns: number
  readonly falsePositives: number
  /** Some of it was made by a simulator: say so wherever the figure stands. */
  readonly isSimulated: boolean
}

export interface Demotion {
  readonly tenant: string
  readonly theme: ThemeId
  readonly state: 'proposed' | 'accepted' | 'refused'
  readonly proposedAt: number
  readonly labels: number
  readonly concerns: number
  readonly isSimulated: boolean
  readonly decidedAt: number | undefined
  readonly who: string | undefined
  readonly reason: string | undefined
}

type Row = Omit<Demotion, 'isSimulated' | 'decidedAt' | 'who' | 'reason'> & {
  readonly isSimulated: number
  readonly decidedAt: number | null
  readonly who: string | null
  readonly reason: string | null
}

export interface Learning {
  /** Keeps what an alert was closed as, where it was no trial; closed again, only the last counts. Returns a proposal that this gives rise to. */
  readonly label: (closed: AlertRecord, decision: Decision, nowMs: number) => Demotion | undefined
  /** It was opened again: nothing is known of it. */
  readonly unlabel: (tenant: string, alert: string) => void
  readonly isDemoted: (tenant: string, theme: ThemeId) => boolean
  readonly demotions: (tenant: string) => readonly Demotion[]
  /** Accepts or refuses a proposal, or refuses one that was accepted before. */
  readonly decide: (
    tenant: string,
    theme: ThemeId,
    decided: {
      readonly state: 'accepted' | 'refused'
      readonly who: string
      readonly reason: string
      readonly nowMs: number
    },
  ) => Demotion | Failure<'no-proposal'>
}

const COLUMNS = `tenant_id AS tenant, theme, state, proposed_at AS proposedAt, labels, concerns, is_simulated AS isSimulated,
  decided_at AS decidedAt, who, reason`

export function makeLearning(
  db: Sqlite,
  limits: Pick<AlertLimits, 'demoteLabelsMin' | 'demoteBelowRatio'>,
): Learning {
  const label = db.prepare<[string, string, string, string, number, number]>(
    `INSERT INTO alert_label VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, alert_id) DO UPDATE SET
       decision = excluded.decision, at = excluded.at`,
  )
  const unlabel = db.prepare<[string, string]>(
    'DELETE FROM alert_label WHERE tenant_id = ? AND alert_id = ?',
  )
  const read = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM alert_demotion WHERE tenant_id = ? AND theme = ?`,
  )
  const list = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM alert_demotion WHERE tenant_id = ? ORDER BY theme LIMIT ?`,
  )
  const decide = db.prepare<[string, number, string, string, string, string]>(
    `UPDATE alert_demotion SET state = ?, decided_at = ?, who = ?, reason = ? WHERE tenant_id = ? AND theme = ?`,
  )
  const known = (tenant: string, theme: ThemeId): Demotion | undefined => {
    const row = read.get(tenant, theme)
    return row && readDemotion(row)
  }

  const proposal = makeProposal(db, limits, known)
  const wrongSites = makeWrongSites(db)

  return {
    label: (closed, decision, nowMs) => {
      const { tenant, id, theme, isSimulated, isTrial } = closed
      if (isTrial) return undefined
      label.run(tenant, id, theme, decision, nowMs, Number(isSimulated))
      wrongSites.keep(closed, decision, nowMs)
      return proposal(tenant, theme, nowMs)
    },
    unlabel: (tenant, alert) => {
      unlabel.run(tenant, alert)
      wrongSites.drop(tenant, alert)
    },
    isDemoted: (tenant, theme) => read.get(tenant, theme)?.state === 'accepted',
    demotions: (tenant) => list.all(tenant, THEMES.length).map(readDemotion),
    decide: (tenant, theme, { state, who, reason, nowMs }) => {
      const before = known(tenant, theme)
      const isOpen =
        before?.state === 'proposed' || (before?.state === 'accepted' && state === 'refused')
      if (!isOpen)
        return failure('no-proposal', fill(alertProblems.theme.nothingProposed, { theme }))
      decide.run(state, nowMs, who, reason, tenant, theme)
      return known(tenant, theme) ?? before
    },
  }
}

type Known = (tenant: string, theme: ThemeId) => Demotion | undefined

/** Proposes a theme when its labels since the last decision say so. */
function makeProposal(
  db: Sqlite,
  limits: Pick<AlertLimits, 'demoteLabelsMin' | 'demoteBelowRatio'>,
  known: Known,
): (tenant: string, theme: ThemeId, nowMs: number) => Demotion | undefined {
  const count = db.prepare<
    [string, string, number],
    { labels: number; concerns: number | null; simulated: number | null }
  >(
    `SELECT count(*) AS labels, sum(decision = 'concern') AS concerns, max(is_simulated) AS simulated
     FROM alert_label WHERE tenant_id = ? AND theme = ? AND at > ?`,
  )
  const propose = db.prepare<[string, string, number, number, number, number]>(
    `INSERT INTO alert_demotion VALUES (?, ?, 'proposed', ?, ?, ?, ?, NULL, NULL, NULL)
     ON CONFLICT (tenant_id, theme) DO UPDATE SET state = 'proposed', proposed_at = excluded.proposed_at,
       labels = excluded.labels, concerns = excluded.concerns, is_simulated = excluded.is_simulated,
       decided_at = NULL, who = NULL, reason = NULL`,
  )
  return (tenant, theme, nowMs) => {
    if (!canBeDemoted(theme)) return undefined
    const before = known(tenant, theme)
    if (before?.state === 'proposed' || before?.state === 'accepted') return undefined
    const { labels, concerns, simulated } = count.get(tenant, theme, before?.decidedAt ?? 0) ?? {
      labels: 0,
      concerns: 0,
      simulated: 0,
    }
    if (labels < limits.demoteLabelsMin) return undefined
    if ((concerns ?? 0) >= labels * limits.demoteBelowRatio) return undefined
    propose.run(tenant, theme, nowMs, labels, concerns ?? 0, simulated ?? 0)
    return known(tenant, theme)
  }
}

function readDemotion(row: Row): Demotion {
  return {
    ...row,
    isSimulated: row.isSimulated === 1,
    decidedAt: row.decidedAt ?? undefined,
    who: row.who ?? undefined,
    reason: row.reason ?? undefined,
  }
}

const DAY_MS = 86_400_000
export const WEEK_MS: number = 7 * DAY_MS
/** The epoch began on a Thursday. */
const FIRST_MONDAY_MS = 4 * DAY_MS

/** The Monday, 00:00 UTC, of the week of an instant. */
export function weekOf(ms: number): number {
  return Math.floor((ms - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS
}

/** The same of a column, in SQL. */
export function weekOfColumn(column: string): string {
  return `(${column} - ${FIRST_MONDAY_MS}) / ${WEEK_MS} * ${WEEK_MS} + ${FIRST_MONDAY_MS}`
}

/** By theme and week of closing, oldest first. */
export function readPrecision(
  db: Sqlite,
  tenant: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): readonly ThemePrecision[] {
  const rows = db
    .prepare<[string, number, number], LabelCount>(
      // In the order of its index, so that nothing has to be sorted.
      `SELECT theme, decision, ${weekOfColumn('at')} AS week, count(*) AS count, max(is_simulated) AS isSimulated
       FROM alert_label INDEXED BY alert_label_closed WHERE tenant_id = ? AND at >= ? AND at < ? GROUP BY theme, decision, week`,
    )
    .all(tenant, fromMs, toMs)
  return [...Map.groupBy(rows, ({ theme, week }) => `${week} ${theme}`).values()]
    .flatMap((own) => own.slice(0, 1).map(({ theme, week }) => precisionOf(theme, week, own)))
    .toSorted((a, b) => a.week - b.week)
}

interface LabelCount {
  readonly theme: ThemeId
  readonly decision: Decision
  readonly week: number
  readonly count: number
  readonly isSimulated: number
}

function precisionOf(theme: ThemeId, week: number, own: readonly LabelCount[]): ThemePrecision {
  const count = (counts: (decision: Decision) => boolean): number =>
    own.reduce((sum, one) => sum + (counts(one.decision) ? one.count : 0), 0)
  return {
    theme,
    week,
    labels: count(() => true),
    concerns: count((decision) => decision === 'concern'),
    noConcerns: count((decision) => decision === 'no-concern'),
    falsePositives: count(isFalsePositive),
    isSimulated: own.some((one) => one.isSimulated === 1),
  }
}
