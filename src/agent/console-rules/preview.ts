import type { PreviewTold } from '#domain/console-rules.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { shortTurns } from '#platform/short-turns.ts'
import { decide } from '#rules/decide.ts'
import { type DomainName, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { TYPE } from '#wire/constants.ts'
import { type ActivePolicy, matchName } from '../active-policy.ts'
import { readClientKey } from '../identity/assignment.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { QueryLog } from '../queries/query-log.ts'
import type { FoundQuery } from '../queries/query-store.ts'
import type { ConsoleRule } from './console-rule.ts'

/** Looked back so far, or as far as the log of look-ups goes. */
const DAYS = 7
const DAY_MS = 86_400_000
/** Names whose rules change that are looked for, and rows of the log of each. */
const NAMES_MAX = 20
const ROWS_MAX = 20_000

export interface PreviewParts {
  readonly keeper: Pick<PolicyKeeper, 'policyAt' | 'consoleRules'>
  readonly queries: Pick<QueryLog, 'find'>
  readonly clock: Clock
}

/**
 * What a draft would have changed of the last days: each look-up under a name whose rules change is decided by what is in force and by
 * the draft, as of now. Only numbers leave. Yields to queries; never rejects.
 */
export async function previewRules(
  draft: readonly ConsoleRule[],
  { keeper, queries, clock }: PreviewParts,
): Promise<PreviewTold | Failure> {
  const nowMs = clock.wallMs()
  const [now, then] = [keeper.policyAt(nowMs), keeper.policyAt(nowMs, draft)]
  const changed = changedNames(keeper.consoleRules, draft)
  const counts = new Map<string, number>()
  const turns = shortTurns(clock)
  let isWhole = changed.length <= NAMES_MAX
  for (const name of changed.slice(0, NAMES_MAX)) {
    const from = nowMs - DAYS * DAY_MS
    const rows = await queries.find({ name, from, to: nowMs + 1, limit: ROWS_MAX })
    if (isFailure(rows)) return rows
    isWhole &&= rows.length < ROWS_MAX
    for (const row of rows) {
      if (turns.isOver()) await turns.next()
      const group = changedGroup(row, now, then)
      if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + row.count)
    }
  }
  const changes = [...counts]
    .map(([group, lookups]) => ({ group, lookups }))
    .toSorted((a, b) => b.lookups - a.lookups)
  return { changes, days: DAYS, isWhole }
}

/** The group of whoever asked, where the two policies decide otherwise; who it was then is who has the address now. */
function changedGroup(
  { client, name: text }: FoundQuery,
  now: ActivePolicy,
  then: ActivePolicy,
): string | undefined {
  const name = parseDomainName(text)
  if (isRuleFailure(name)) return undefined
  const { address } = readClientKey(client)
  const found = then.clients.find(address)
  if (!found || kindBy(now, address, name) === kindBy(then, address, name)) return undefined
  return found.group
}

function kindBy(policy: ActivePolicy, address: string, name: DomainName): string | undefined {
  const view = policy.clients.find(address)?.view
  if (!view) return undefined
  const matches = new Matches()
  matchName(policy, nameToWire(name), 0, matches, TYPE.A)
  return decide(view, matches).kind
}

/** Names that a rule comes or goes for, without those below another of them. */
function changedNames(
  before: readonly ConsoleRule[],
  after: readonly ConsoleRule[],
): readonly DomainName[] {
  const [old, fresh] = [before, after].map(
    (rules) => new Map(rules.map((rule) => [markOf(rule), rule.name])),
  )
  const names = new Set(
    [...(old ?? []), ...(fresh ?? [])].flatMap(([mark, name]) =>
      old?.has(mark) && fresh?.has(mark) ? [] : [name],
    ),
  )
  return [...names].filter((name) => ![...names].some((other) => name.endsWith(`.${other}`)))
}

/** What of a rule decides. */
function markOf({ action, name, groups, until }: ConsoleRule): string {
  return JSON.stringify([action, name, groups, until])
}
