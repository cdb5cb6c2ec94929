import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { localText, parseLocalTime } from '#rules/local-time.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { Zone } from '#rules/zone.ts'
import type { Outbox } from '../outbox/outbox-contract.ts'
import type { QueryLog } from './query-log.ts'
import type { FoundQuery, QueryFilter } from './query-store.ts'

/** Looked through where nobody says since when. */
const DEFAULT_SPAN_MS = 86_400_000

/** What somebody at the box wants to see of the log. */
export interface QueriesRequest {
  readonly who: string
  readonly reason: string
  /** An address, a MAC or a client's key; and a name with all below it. One of the two is needed. */
  readonly client?: string
  readonly name?: string
  /** On the school's clocks, `2026-03-02T10:05`; left out: a day before `to`, and now. */
  readonly from?: string
  readonly to?: string
  readonly limit: number
}

/** A row with its time on the school's clocks; client and name are hostile text. */
export interface ShownQuery extends FoundQuery {
  readonly time: string
}

export interface ReadQueriesParts {
  readonly queries: Pick<QueryLog, 'find'>
  readonly outbox: Pick<Outbox, 'noteRevealed'>
  readonly clock: Clock
  readonly zone: Zone
}

/** Reads the log for a person, once it is durable, and will reach the collector, who read how much and why. */
export async function readQueries(
  request: QueriesRequest,
  { queries, outbox, clock, zone }: ReadQueriesParts,
): Promise<{ readonly rows: readonly ShownQuery[] } | Failure> {
  const filter = filterOf(request, zone, clock.wallMs())
  if (isFailure(filter)) return filter
  const found = await queries.find(filter)
  if (isFailure(found)) return found
  const { who, reason } = request
  const body = { kind: 'events-revealed', of: 'queries', who, reason, count: found.length } as const
  const unnoted = await outbox.noteRevealed(body)
  if (unnoted) return unnoted
  return { rows: found.map((row) => ({ ...row, time: localText(zone, row.at) })) }
}

function filterOf(
  { client, name, from, to, limit }: QueriesRequest,
  zone: Zone,
  nowMs: number,
): QueryFilter | Failure<'bad-request'> {
  if (client === undefined && name === undefined)
    return failure('bad-request', 'say whose lookups, or of which name')
  const parsed = name === undefined ? undefined : parseDomainName(name)
  if (parsed !== undefined && isRuleFailure(parsed)) return failure('bad-request', parsed.detail)
  const toMs = to === undefined ? nowMs + 1 : parseLocalTime(zone, to)
  const fromMs = from === undefined ? (toMs ?? 0) - DEFAULT_SPAN_MS : parseLocalTime(zone, from)
  if (toMs === undefined || fromMs === undefined)
    return failure('bad-request', 'no such time; try 2026-03-02T10:05')
  return {
    from: fromMs,
    to: toMs,
    limit,
    ...(client !== undefined && { client: client.toLowerCase() }),
    ...(parsed !== undefined && { name: parsed }),
  }
}
