import { decide, decideHop } from '#rules/decide.ts'
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import { Matches } from '#rules/matches.ts'
import type { BlockVerdict, Verdict } from '#rules/verdict.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import { encodeRewrite } from '#wire/rewrite-answer.ts'
import { type ActivePolicy, matchName, type PolicySlot } from './active-policy.ts'
import { answerBlocked } from './answer-blocked.ts'
import { changedLead } from './decide-again.ts'
import type { Client } from './identity/client.ts'
import { innerQuery } from './inner-query.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'
import { type MaybePromise, type Resolve, whenAnswered } from './stage.ts'

/** Short, so that a change of policy or of the target's addresses is soon seen. */
const ALIAS_TTL_SECONDS = 300

/** A name that answers for another. */
export interface Alias {
  readonly verdict: Verdict
  readonly target: DomainName
  /** Said when the target cannot be resolved. */
  readonly fault: string
}

/** Answers with an alias and the target's addresses; other types are empty, so that no record hints at the true ones. */
export function answerByAlias(
  query: Query,
  alias: Alias,
  next: Resolve,
  policy: PolicySlot,
): MaybePromise<Answer> {
  const { view, client } = query
  const { type } = view
  if (!client) return query.answer.setNone()
  const lead = { ...alias, client, type }
  const blocked = targetBlock(lead, policy.current)
  if (blocked) return answerBlocked(query, blocked, policy.current)
  const led = targetNow(lead, policy.current)
  if (type === TYPE.CNAME) return encode(query, { ...alias, target: led }, undefined)
  if (type !== TYPE.A && type !== TYPE.AAAA)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: ALIAS_TTL_SECONDS,
    })
  const name = nameToWire(led)
  const target = innerQuery(query, { name, type, isDnssecOk: false, isCheckingDisabled: false })
  target.verdict = alias.verdict
  return whenAnswered(next(target), target, (_, answer) => {
    const changed = changedLead(query, alias.verdict, policy.current)
    if (changed) return changed
    return target.verdict?.kind === 'block'
      ? answerBlocked(query, target.verdict, policy.current)
      : encode(query, { ...alias, target: led }, answer)
  })
}

/** What is asked of the target of an alias. */
export interface Lead extends Omit<Alias, 'fault'> {
  readonly client: Client
  readonly type: number
}

/**
 * The block that keeps a client from a target; undefined where it may go there. A safe name that the shipped sets vouch for is
 * kept from nobody but by the law.
 */
export function targetBlock(lead: Lead, policy: ActivePolicy): BlockVerdict | undefined {
  const { client, verdict } = lead
  const { entries, count } = matchTarget(lead, policy)
  const found = decideHop(client.view, entries, 0, count, verdict)
  if (found?.kind !== 'block') return undefined
  return verdict.reason === 'safe-search' && found.reason !== 'locked' ? undefined : found
}

/** Where a target leads in its turn: a search engine leads to its safe name whoever names it. */
export function targetNow(lead: Lead, policy: ActivePolicy): DomainName {
  if (lead.verdict.reason === 'safe-search') return lead.target
  const onward = decide(lead.client.view, matchTarget(lead, policy))
  return onward.kind === 'rewrite' ? onward.target : lead.target
}

function matchTarget({ target, type }: Lead, policy: ActivePolicy): Matches {
  const matches = new Matches()
  matchName(policy, nameToWire(target), 0, matches, type)
  return matches
}

function encode(query: Query, alias: Alias, answer: Answer | undefined): Answer {
  if (answer?.kind === 'pending') return query.answer.setPending()
  if (answer && !isAnswered(answer.entry?.stored.rcode))
    return answerUnreachable(query, alias.fault)
  const bytes = encodeRewrite(query.view, {
    target: alias.target,
    addresses: answer?.entry?.stored,
    ttlSecondsMax: ALIAS_TTL_SECONDS,
    age: answer?.age ?? 0,
  })
  query.result = 'rewritten'
  return query.answer.setWritten(bytes.length, bytes)
}

/** Whether an upstream has said that the name is there, or that it is not. */
export function isAnswered(rcode: number | undefined): boolean {
  return rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN
}

/** SERVFAIL with the reason: never the name as it is. */
export function answerUnreachable(query: Query, text: string): Answer {
  return answerLocally(query, 'failed', {
    rcode: RCODE.SERVFAIL,
    error: extendedError(EDE.NO_REACHABLE_AUTHORITY, text),
  })
}
