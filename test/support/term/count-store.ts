/** The figures of a term counted anew, row by row, with nothing of what the product counts by. */
import type { Sqlite } from '#platform/sqlite.ts'

interface AlertRow {
  readonly theme: string
  readonly severity: string
  readonly state: string
  readonly decision: string | null
  readonly openedAt: number
  readonly acknowledgedAt: number | null
  readonly closedAt: number | null
  readonly mergedInto: string | null
}

interface Days {
  readonly fromMs: number
  readonly toMs: number
}

const DAY_MS = 86_400_000

interface Took {
  readonly count: number
  /** In milliseconds; undefined where nobody did. */
  readonly middle: number | undefined
}

interface AlertCounts {
  readonly opened: number
  readonly closed: number
  readonly concerns: number
  readonly merged: number
  readonly open: number
  readonly unseen: number
  /** Opened, closed, a concern, no concern, false. */
  readonly themes: Readonly<Record<string, readonly number[]>>
  readonly severities: Readonly<
    Record<string, { readonly opened: number; readonly looked: Took; readonly closed: Took }>
  >
}

/** Alerts of the safeguarding lead. */
export function countAlerts(db: Sqlite, { fromMs, toMs }: Days): AlertCounts {
  const all = db
    .prepare<[], AlertRow>(
      `SELECT theme, severity, state, decision, opened_at AS openedAt, acknowledged_at AS acknowledgedAt,
         closed_at AS closedAt, merged_into AS mergedInto FROM alert WHERE queue = 'safeguarding' AND is_trial = 0`,
    )
    .all()
  const isIn = (ms: number | null): boolean => ms !== null && ms >= fromMs && ms < toMs
  const opened = all.filter((one) => isIn(one.openedAt))
  const ended = all.filter((one) => isIn(one.closedAt))
  const closed = ended.filter((one) => one.mergedInto === null)
  const middle = (rows: readonly AlertRow[], of: 'acknowledgedAt' | 'closedAt'): Took => {
    const took = rows
      .flatMap((row) => (row[of] === null ? [] : [row[of] - row.openedAt]))
      .toSorted((a, b) => a - b)
    return { count: took.length, middle: took[Math.floor((took.length - 1) / 2)] }
  }
  return {
    opened: opened.length,
    closed: closed.length,
    concerns: closed.filter(({ decision }) => decision === 'concern').length,
    merged: ended.length - closed.length,
    open: all.filter(({ state }) => state !== 'closed').length,
    unseen: all.filter(({ state }) => state === 'new').length,
    themes: Object.fromEntries(
      [...new Set([...opened, ...closed].map(({ theme }) => theme))].map((theme) => {
        const own = closed.filter((one) => one.theme === theme)
        const of = (isOf: (decision: string) => boolean): number =>
          own.filter(({ decision }) => isOf(decision ?? '')).length
        return [
          theme,
          [
            opened.filter((one) => one.theme === theme).length,
            own.length,
            of((decision) => decision === 'concern'),
            of((decision) => decision === 'no-concern'),
            of((decision) => decision.startsWith('false-positive')),
          ],
        ]
      }),
    ),
    severities: Object.fromEntries(
      [...Map.groupBy(opened, ({ severity }) => severity)].map(([severity, own]) => [
        severity,
        {
          opened: own.length,
          looked: middle(own, 'acknowledgedAt'),
          closed: middle(own, 'closedAt'),
        },
      ]),
    ),
  }
}

interface Evidence {
  readonly kind: string
  readonly subject: string
  readonly facts: {
    readonly finding: string
    readonly isSettled: boolean
    readonly reviewOn: string
    readonly outcome: string
  }
}

/** Checks and decisions; `today` as `YYYY-MM-DD`. All of the book is of the term. */
export function countEvidence(
  db: Sqlite,
  today: string,
): Readonly<Record<'checks' | 'unexpected' | 'left' | 'decisions' | 'due', number>> {
  const rows = db
    .prepare<[], { kind: string; subject: string; text: string }>(
      'SELECT kind, subject, facts AS text FROM evidence ORDER BY sequence',
    )
    .all()
    .map(({ text, ...row }): Evidence => ({ ...row, facts: JSON.parse(text) }))
  const checks = rows.filter(({ kind }) => kind === 'check-made')
  const wrong = checks.filter(({ facts }) => facts.finding !== 'as-expected')
  const reviews = new Map<string, string>()
  for (const { kind, subject, facts } of rows) {
    if (kind === 'decision-made') reviews.set(subject, facts.reviewOn)
    if (kind !== 'decision-amended') continue
    if (facts.outcome === 'ended') reviews.delete(subject)
    else reviews.set(subject, facts.reviewOn)
  }
  return {
    checks: checks.length,
    unexpected: wrong.length,
    left: wrong.filter(
      ({ subject }) =>
        !rows.some(
          (row) =>
            row.kind === 'check-followed-up' && row.subject === subject && row.facts.isSettled,
        ),
    ).length,
    decisions: reviews.size,
    due: [...reviews.values()].filter((day) => day <= today).length,
  }
}

interface Told {
  readonly id: string
  readonly appliance: string
  readonly kind: string
  readonly at: number
  readonly body: {
    readonly to: string
    readonly since: number
    readonly request: string
    readonly count: number
    readonly name: string
  }
}

interface BoxCounts {
  readonly silent: readonly number[]
  readonly outages: number
  readonly longestOutageMs: number
  readonly requests: number
  readonly asked: number
  readonly sites: number
  readonly granted: number
  readonly refused: number
  readonly policies: number
}

/** What boxes told, of newest revisions. In winter a day of the school is one of UTC. */
export function countBoxes(db: Sqlite, { fromMs, toMs }: Days): BoxCounts {
  const told = db
    .prepare<[], Omit<Told, 'body'> & { text: string }>(
      `SELECT event.id, appliance, kind, event.at, body AS text FROM event
       JOIN event_revision ON event_id = id AND event_revision.revision = event.revision ORDER BY event.at`,
    )
    .all()
    .map(({ text, ...row }): Told => ({ ...row, body: JSON.parse(text) }))
    .filter(({ at }) => at >= fromMs && at < toMs)
  const dayOf = (ms: number): number => Math.floor(ms / DAY_MS)
  const days = dayOf(toMs) - dayOf(fromMs)
  const samples = Map.groupBy(
    told.filter(({ kind }) => kind === 'link-sampled'),
    ({ appliance }) => appliance,
  )
  const silent = [...samples.values()].map(
    (own) => days - new Set(own.map(({ at }) => dayOf(at))).size,
  )
  const changes = told.filter(({ kind }) => kind === 'link-changed')
  const outagesMs = changes.flatMap(({ body }, index) =>
    body.to === 'down' ? [(changes[index + 1]?.body.since ?? 0) - body.since] : [],
  )
  const requests = told.filter(({ kind }) => kind === 'unblock-requested')
  const answered = new Map(
    db
      .prepare<[], { request: string; granted: number }>(
        'SELECT request, granted FROM unblock_decision',
      )
      .all()
      .map(({ request, granted }) => [request, granted]),
  )
  return {
    silent,
    outages: outagesMs.length,
    longestOutageMs: Math.max(...outagesMs),
    requests: requests.length,
    asked: requests.reduce((sum, { body }) => sum + body.count, 0),
    sites: new Set(requests.map(({ body }) => body.name)).size,
    granted: requests.filter(({ body }) => answered.get(body.request) === 1).length,
    refused: requests.filter(({ body }) => answered.get(body.request) === 0).length,
    policies: told.filter(({ kind }) => kind === 'policy-applied').length,
  }
}
