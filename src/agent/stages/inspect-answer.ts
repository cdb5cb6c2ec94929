import { decide } from '#rules/decide.ts'
import type { Verdict } from '#rules/verdict.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import { type ActivePolicy, matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerTruncated } from '../answer-truncated.ts'
import type { Client } from '../identity/client.ts'
import { bringUpToDate, entryAsksForTcp, inspectEntry } from '../inspection.ts'
import { answerLocally } from '../local-answer.ts'
import { type Answer, type Query, UNDECIDED } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

const CHANGED = extendedError(EDE.NOT_READY, 'the policy has just changed: ask again')

/**
 * Looks at every name and address that an answer leads to (CNAME, DNAME, SVCB, HTTPS, A, AAAA, address hints), fresh or
 * cached, with the asking group's eyes: one cached answer serves all groups, so the verdict is taken again each time.
 * Fails closed.
 */
export function makeInspectAnswer(policy: PolicySlot): Stage {
  const inspectFor = (query: Query, answer: Answer): Answer => inspect(query, answer, policy)
  return (next) => (query) => whenAnswered(next(query), query, inspectFor)
}

function inspect(query: Query, answer: Answer, { current }: PolicySlot): Answer {
  const { entry } = answer
  if (!entry || !query.verdict) return answer
  // Views and rules belong together: whoever waited for an upstream while they changed gets the new ones.
  const client =
    query.generation === current.generation
      ? query.client
      : query.client && current.clients.find(query.clientAddress)
  if (!client) return refuseChanged(query)
  const verdict = verdictNow(query, client, current)
  if (verdict.kind === 'block') return answerBlocked(query, verdict, current)
  if (verdict.kind !== query.verdict.kind) return refuseChanged(query)
  bringUpToDate(entry, current, query)
  const inspected = { entry, client, verdict, name: query.view.name }
  const found = inspectEntry(inspected, current)
  if (found) return answerBlocked(query, found, current)
  return query.transport === 'udp' && entryAsksForTcp(inspected) ? answerTruncated(query) : answer
}

/** The verdict on the name asked, taken again where the policy has changed since. */
function verdictNow(query: Query, client: Client, current: ActivePolicy): Verdict {
  const { matches, view, generation } = query
  const before = query.verdict ?? client.view.fallback
  if (generation === UNDECIDED || generation === current.generation) return before
  matches.clear()
  matchName(current, view.name, 0, matches, view.type)
  const verdict = decide(client.view, matches)
  return isPlain(before) && isPlain(verdict) ? before : verdict
}

function isPlain({ kind }: Verdict): boolean {
  return kind === 'allow' || kind === 'monitor'
}

/** A change that this answer cannot follow; the client asks again. */
function refuseChanged(query: Query): Answer {
  return answerLocally(query, 'failed', {
    rcode: RCODE.SERVFAIL,
    error: CHANGED,
  })
}
