import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerTruncated } from '../answer-truncated.ts'
import { bringUpToDate, entryAsksForTcp, inspectEntry } from '../inspection.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/**
 * Looks at every name and address that an answer leads to (CNAME, DNAME, SVCB, HTTPS, A, AAAA, address hints), fresh or
 * cached, with the asking group's eyes: one cached answer serves all groups, so the verdict is taken again each time.
 * Fails closed.
 */
export function makeInspectAnswer(policy: PolicySlot): Stage {
  return (next) => (query) => whenAnswered(next(query), (answer) => inspect(query, answer, policy))
}

function inspect(query: Query, answer: Answer, { current }: PolicySlot): Answer {
  const { entry } = answer
  const { verdict } = query
  // Views and rules belong together: whoever waited for an upstream while they changed gets the new ones.
  const client = query.client && current.clients.find(query.clientAddress)
  if (!entry || !client || !verdict) return answer
  bringUpToDate(entry, current, query)
  const inspected = { entry, client, verdict, name: query.view.name }
  const found = inspectEntry(inspected, current)
  if (found) return answerBlocked(query, found, current)
  return query.transport === 'udp' && entryAsksForTcp(inspected) ? answerTruncated(query) : answer
}
