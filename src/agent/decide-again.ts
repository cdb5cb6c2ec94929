/** A policy that has changed while a query was on its way. */
import type { Verdict } from '#rules/verdict.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import { type ActivePolicy, matchName } from './active-policy.ts'
import { answerBlocked } from './answer-blocked.ts'
import { decideQuestion } from './decide-question.ts'
import type { Client } from './identity/client.ts'
import { answerLocally } from './local-answer.ts'
import { type Answer, type Query, UNDECIDED } from './query.ts'

const CHANGED = extendedError(EDE.NOT_READY, 'the policy has just changed: ask again')

/** Who asks, by the views in force: views and rules belong together. */
export function clientNow(query: Query, current: ActivePolicy): Client | undefined {
  return query.generation === current.generation
    ? query.client
    : query.client && current.clients.of(query)
}

/** The verdict on the name asked, taken again where the policy has changed since. */
export function verdictNow(query: Query, client: Client, current: ActivePolicy): Verdict {
  const { matches, view, generation } = query
  const before = query.verdict ?? client.view.fallback
  if (generation === UNDECIDED || generation === current.generation) return before
  matches.clear()
  matchName(current, view.name, 0, matches, view.type)
  const verdict = decideQuestion(client.view, matches, view.name, view.nameLength, current.own)
  return isPlain(before) && isPlain(verdict) ? before : verdict
}

/** The answer in place of one that leads to another name, where the policy that led there is not in force any more; else undefined. */
export function changedLead(query: Query, led: Verdict, current: ActivePolicy): Answer | undefined {
  const { generation } = query
  if (generation === UNDECIDED || generation === current.generation) return undefined
  const client = clientNow(query, current)
  if (!client) return refuseChanged(query)
  const verdict = verdictNow(query, client, current)
  if (verdict.kind === 'block') return answerBlocked(query, verdict, current)
  const isSame = verdict.kind === led.kind && targetOf(verdict) === targetOf(led)
  return isSame ? undefined : refuseChanged(query)
}

/** A change that an answer cannot follow; the client asks again. */
export function refuseChanged(query: Query): Answer {
  return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error: CHANGED })
}

function targetOf(verdict: Verdict): string | undefined {
  return verdict.kind === 'rewrite' || verdict.kind === 'local-data' ? verdict.target : undefined
}

function isPlain({ kind }: Verdict): boolean {
  return kind === 'allow' || kind === 'monitor'
}
