import type { Verdict } from '#rules/verdict.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'
import type { PolicySlot } from '../active-policy.ts'
import { containFaults } from '../contain-faults.ts'
import { UNLIMITED } from '../limits/unlimited.ts'
import { TCP_BYTES_MAX, writeAnswer } from '../listen/write-answer.ts'
import { makeLast, type PipelineParts } from '../pipeline.ts'
import { Query, type QueryResult } from '../query.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import { compose, makeStages } from '../stage-list.ts'
import type { AskUpstream } from '../stages/forward.ts'
import { asGroup } from './as-group.ts'

/** Whom a question is asked for: a client by its address, or a whole group. */
export type Asker =
  | { readonly kind: 'client'; readonly address: string }
  | { readonly kind: 'group'; readonly group: string }

/** A question that nobody asked; the name in wire form, lower case. */
export interface RehearsedQuestion {
  readonly asker: Asker
  readonly name: Uint8Array
  readonly type: number
  /** As a client asks that checks signatures; not so unless told. */
  readonly isDnssecOk?: boolean
}

/** What the pipeline made of it. */
export interface Rehearsed {
  /** The group that decided; undefined for an address that is nobody's client. */
  readonly group: string | undefined
  readonly verdict: Verdict | undefined
  readonly result: QueryResult
  /** What would have become an event. */
  readonly recorded: readonly BlockedLookup[]
  /** The answer as it would go out. */
  readonly bytes: Buffer
}

export type RehearsalParts = Pick<
  PipelineParts,
  'policy' | 'cache' | 'clock' | 'inFlightMax' | 'hashName' | 'onFault'
> & { readonly ask: AskUpstream }

export type Rehearse = (question: RehearsedQuestion) => Promise<Rehearsed>

/** Any address will do: the policy of a group has one network, and everybody is in it. */
const ANYBODY = '127.0.0.1'

/**
 * Asks questions through the very stages that clients' queries go through, and keeps the outcome to itself: nothing is
 * counted, and what would have been recorded is handed back instead. So the block page and the self-test can never say
 * other than what DNS does. Upstreams are asked and the cache is filled as by any query. Never rejects.
 */
export function makeRehearsal(parts: RehearsalParts): Rehearse {
  const last = makeLast({ ...parts, ...UNLIMITED })
  const groups = new Map<string, PolicySlot>()
  const slotOf = (asker: Asker): PolicySlot => {
    if (asker.kind === 'client') return parts.policy
    const slot = groups.get(asker.group) ?? asGroup(parts.policy, asker.group)
    groups.set(asker.group, slot)
    return slot
  }
  return async ({ asker, ...asked }) => {
    const recorded: BlockedLookup[] = []
    // Made anew for each question, for a stage that waits must still know whose record it is.
    const stages = makeStages({
      ...parts,
      ...UNLIMITED,
      policy: slotOf(asker),
      count: () => undefined,
      record: (lookup) => recorded.push(lookup),
    })
    const query = newQuery(asker.kind === 'client' ? asker.address : ANYBODY, asked)
    const answer = await containFaults(compose(stages, last), parts.onFault)(query)
    const { client, verdict, result } = query
    const bytes = Buffer.from(writeAnswer(query, answer, TCP_BYTES_MAX))
    return { group: client?.group, verdict, result, recorded, bytes }
  }
}

function newQuery(
  address: string,
  { name, type, isDnssecOk = false }: Omit<RehearsedQuestion, 'asker'>,
): Query {
  const query = new Query()
  query.begin('tcp', address)
  query.view.bytes = writeUpstreamQuery({ name, type, isDnssecOk, isCheckingDisabled: false }, 0)
  query.view.start = 0
  query.view.length = query.view.bytes.length
  return query
}
