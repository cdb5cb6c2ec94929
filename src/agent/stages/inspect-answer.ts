import { decideHop } from '#rules/decide.ts'
import type { Matches } from '#rules/matches.ts'
import { lengthOf } from '#wire/name.ts'
import { type ActivePolicy, matchName, type PolicySlot } from '../active-policy.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { answerBlocked } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/**
 * Looks at every name that an answer leads to (CNAME, DNAME, SVCB, HTTPS), fresh or cached, with the asking group's
 * eyes: one cached answer serves all groups, so the verdict is taken again each time. Fails closed.
 */
export function makeInspectAnswer(policy: PolicySlot): Stage {
  return (next) => (query) => whenAnswered(next(query), (answer) => inspect(query, answer, policy))
}

function inspect(query: Query, answer: Answer, policy: PolicySlot): Answer {
  const { entry } = answer
  const { verdict } = query
  // Views and rules belong together: whoever waited for an upstream while they changed gets the new ones.
  const client = query.client && policy.current.clients.find(query.clientAddress)
  if (!entry || !client || !verdict || entry.stored.hopNames.length === 0) return answer
  const { generation, block } = policy.current
  if (entry.generation !== generation) {
    entry.hopEntries = matchHops(policy.current, entry, query.matches)
    entry.generation = generation
  }
  for (const hop of entry.hopEntries) {
    const found = decideHop(client.view, hop, 0, hop.length, verdict)
    if (found?.kind === 'block') return answerBlocked(query, found, block)
  }
  return answer
}

/** The rules on each name in turn: rules on one name of the chain say nothing of another. */
function matchHops(
  policy: ActivePolicy,
  entry: CacheEntry,
  matches: Matches,
): readonly Uint16Array[] {
  const { hopNames } = entry.stored
  const found: Uint16Array[] = []
  for (let at = 0; at < hopNames.length; at += lengthOf(hopNames, at)) {
    matches.clear()
    matchName(policy, hopNames, at, matches)
    if (matches.count > 0) found.push(matches.entries.slice(0, matches.count))
  }
  return found
}
