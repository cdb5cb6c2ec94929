import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerTruncated } from '../answer-truncated.ts'
import { clientNow, refuseChanged, verdictNow } from '../decide-again.ts'
import { bringUpToDate, entryAsksForTcp, inspectEntry } from '../inspection.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

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
  const client = clientNow(query, current)
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
