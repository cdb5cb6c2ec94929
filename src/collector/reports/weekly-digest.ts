/**
 * What the safeguarding lead is told on Monday. `counts` may stand in a mail, for it points at nobody; `people` is for the
 * page alone, behind a sign-in.
 */
import type { Sqlite } from '#platform/sqlite.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Subject } from '../alerts/alert.ts'
import { GRAVITY } from '../alerts/alert-list.ts'
import { ALERT_IS_SHOWN, valueOfHidden } from '../alerts/alert-scope.ts'
import { type AlertFigures, readAlertFigures, type Span } from './alert-figures.ts'
import { type Coverage, readCoverage } from './coverage.ts'
import { type OverBlocked, readOverBlocked } from './over-blocked.ts'

export interface Digest {
  readonly span: Span
  readonly counts: {
    readonly alerts: AlertFigures
    readonly coverage: Coverage
    /** Policies that boxes put into force, and that they refused. */
    readonly policyChanges: number
    /** Themes of which it is proposed that they be told one severity lower. */
    readonly demotionsProposed: number
    /** How many names `overBlocked` has. */
    readonly overBlocked: number
  }
  readonly people: {
    /** Open alerts that need somebody, the gravest first. */
    readonly toReview: readonly PersonToReview[]
    /** Those whose alerts took the most events in the span. */
    readonly repeated: readonly PersonToReview[]
  }
  /** Where ways round the filter were noticed: devices by group (hostile text), the most first. */
  readonly circumvention: readonly { readonly group: string; readonly devices: number }[]
  readonly overBlocked: readonly OverBlocked[]
}

export interface PersonToReview {
  readonly alert: string
  /** `A. P.`, or empty where nobody is named. Hostile text. */
  readonly initials: string
  readonly theme: ThemeId
  readonly severity: Severity
  readonly events: number
}

const PEOPLE_MAX = 5
const GROUPS_MAX = 5
const NAMES_MAX = 10

/** Of any span; a week by custom. `hiddenUsers`, in lower case, are not among the people. */
export function readDigest(
  db: Sqlite,
  span: Span,
  nowMs: number,
  hiddenUsers: ReadonlySet<string> = new Set(),
): Digest {
  const { tenant, fromMs, toMs } = span
  const overBlocked = readOverBlocked(db, span, NAMES_MAX)
  const count = (sql: string, ...values: readonly (string | number)[]): number =>
    db.prepare<(string | number)[], { count: number }>(sql).get(...values)?.count ?? 0
  return {
    span,
    counts: {
      alerts: readAlertFigures(db, span),
      coverage: readCoverage(db, tenant, nowMs),
      policyChanges: count(
        `SELECT count(*) AS count FROM event WHERE tenant_id = ? AND lane = 'operations'
           AND kind IN ('policy-applied', 'policy-refused') AND at >= ? AND at < ?`,
        tenant,
        fromMs,
        toMs,
      ),
      demotionsProposed: count(
        "SELECT count(*) AS count FROM alert_demotion WHERE tenant_id = ? AND state = 'proposed'",
        tenant,
      ),
      overBlocked: overBlocked.length,
    },
    people: {
      toReview: readToReview(db, { ...span, hiddenUsers }),
      repeated: readRepeated(db, { ...span, hiddenUsers }),
    },
    circumvention: db
      .prepare<[string, number, number, number], { group: string; devices: number }>(
        `SELECT group_name AS "group", count(DISTINCT subject_key) AS devices FROM alert_observation
         WHERE tenant_id = ? AND theme = 'circumvention' AND at >= ? AND at < ?
         GROUP BY group_name ORDER BY devices DESC, group_name LIMIT ?`,
      )
      .all(tenant, fromMs, toMs, GROUPS_MAX),
    overBlocked,
  }
}

type Asked = Span & { readonly hiddenUsers: ReadonlySet<string> }
type Person = Omit<PersonToReview, 'initials'> & { readonly subject: string }

const PERSON = 'alert.id AS alert, alert.theme AS theme, severity, alert.subject AS subject'
/** Of a trial of the filter nobody needs a review. */
const MAY_BE_NAMED = `alert.queue = 'safeguarding' AND alert.is_trial = 0
  AND json_extract(alert.subject, '$.kind') IN ('person', 'device') AND ${ALERT_IS_SHOWN}`

function readToReview(db: Sqlite, asked: Asked): PersonToReview[] {
  return readPeople(
    db,
    asked,
    `SELECT ${PERSON}, (SELECT count(*) FROM alert_event CROSS JOIN alert_observation USING (tenant_id, event_id)
         WHERE alert_event.tenant_id = alert.tenant_id AND alert_id = alert.id AND at >= @fromMs AND at < @toMs) AS events
       FROM alert INDEXED BY alert_open WHERE tenant_id = @tenant AND state <> 'closed' AND ${MAY_BE_NAMED}
       ORDER BY ${GRAVITY}, events DESC LIMIT @limit`,
  )
}

/** By way of what was observed in the span, which is little beside all alerts that there are. */
function readRepeated(db: Sqlite, asked: Asked): PersonToReview[] {
  return readPeople(
    db,
    asked,
    `SELECT ${PERSON}, events FROM
       (SELECT alert_id AS took, count(*) AS events FROM alert_observation
         CROSS JOIN alert_event ON alert_event.tenant_id = @tenant AND alert_event.event_id = alert_observation.event_id
         WHERE alert_observation.tenant_id = @tenant AND at >= @fromMs AND at < @toMs
         GROUP BY alert_id HAVING count(*) > 1)
       CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = took
       WHERE ${MAY_BE_NAMED} ORDER BY events DESC, last_at DESC LIMIT @limit`,
  )
}

function readPeople(
  db: Sqlite,
  { tenant, fromMs, toMs, hiddenUsers }: Asked,
  sql: string,
): PersonToReview[] {
  const hidden = valueOfHidden(hiddenUsers)
  return db
    .prepare<
      [{ tenant: string; fromMs: number; toMs: number; hidden: string | null; limit: number }],
      Person
    >(sql)
    .all({ tenant, fromMs, toMs, hidden, limit: PEOPLE_MAX })
    .map(({ subject, ...rest }) => ({ ...rest, initials: initialsOf(JSON.parse(subject)) }))
}

/** Of a user name such as `anna.person` or `Anna Person`: `A. P.`; a device and a school have none. */
export function initialsOf(subject: Subject): string {
  if (subject.kind !== 'person') return ''
  const local = subject.user.split('@', 1)[0] ?? ''
  return local
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .slice(0, 3)
    .map((part) => `${String.fromCodePoint(part.codePointAt(0) ?? 0).toUpperCase()}.`)
    .join(' ')
}
