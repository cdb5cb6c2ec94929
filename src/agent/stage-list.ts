/**
 * The way of one query, from bytes to answer.
 *
 * A listener takes a `Query` from its pool, points it at the bytes it received and calls the pipeline. Each stage below
 * either answers or hands on; the first that answers ends it, and on the way back `inspect-answer`, `record-event` and
 * `observe` see what was answered. Hits and blocks come back at once, in the same call; only `forward` makes the
 * listener wait. The listener writes the answer for its transport and takes the query back.
 *
 * Every transport runs this one list: there is no second place where policy is applied.
 */
import type { Clock } from '#platform/clock.ts'
import type { PolicySlot } from './active-policy.ts'
import type { AnswerMemory } from './cache/answer-memory.ts'
import type { Renew } from './cache/renewal.ts'
import type { ClientRates } from './limits/client-rates.ts'
import type { Resolve, Stage } from './stage.ts'
import { makeAnswerFromCache } from './stages/answer-from-cache.ts'
import { makeAnswerListData } from './stages/answer-list-data.ts'
import { makeAnswerLocal } from './stages/answer-local.ts'
import { makeDecideByPolicy } from './stages/decide-by-policy.ts'
import { type CookieParts, makeExchangeCookies } from './stages/exchange-cookies.ts'
import { makeIdentifyClient } from './stages/identify-client.ts'
import { makeInspectAnswer } from './stages/inspect-answer.ts'
import { makeLimitClients } from './stages/limit-clients.ts'
import { type CountQuery, makeObserve } from './stages/observe.ts'
import { makeRecordEvent, type RecordEventOptions } from './stages/record-event.ts'
import { makeRefuseMalformed } from './stages/refuse-malformed.ts'
import { makeRewriteName } from './stages/rewrite-name.ts'
import { makeWithholdEch } from './stages/withhold-ech.ts'

/** What the stages need, in whatever thread. */
export interface StageParts extends RecordEventOptions {
  readonly policy: PolicySlot
  readonly cache: AnswerMemory
  /** Asks for newer answers before the old ones' time is over; absent: nobody does. */
  readonly renew?: Renew
  readonly count: CountQuery
  readonly clock: Clock
  readonly cookies: CookieParts
  readonly rates: Pick<ClientRates, 'take'>
}

export interface NamedStage {
  readonly name: string
  readonly stage: Stage
}

/** The stages in order, outermost first; all of them answer in the same call. */
export function makeStages(parts: StageParts): readonly NamedStage[] {
  const { policy, cache, clock, count, renew } = parts
  return [
    // Outermost: whatever happens further in, the query is counted once.
    { name: 'observe', stage: makeObserve(count, clock) },
    // Before anything looks at a field: what comes after may rely on a well-formed question of class IN.
    { name: 'refuse-malformed', stage: makeRefuseMalformed() },
    // Before the limits, from which a client that shows its cookie is free.
    { name: 'exchange-cookies', stage: makeExchangeCookies(parts.cookies, clock) },
    // Before everything that costs more: a flood ends here.
    { name: 'limit-clients', stage: makeLimitClients(parts.rates, policy, clock) },
    // Around all that can block, so that a block by name and a block by CNAME are recorded alike.
    { name: 'record-event', stage: makeRecordEvent(parts) },
    // Before the decision, which depends on who asks; also keeps strangers from using any memory.
    { name: 'identify-client', stage: makeIdentifyClient(policy) },
    // Before every source of answers: nothing a client sends, and nothing cached, comes before policy.
    { name: 'decide-by-policy', stage: makeDecideByPolicy(policy, cache) },
    // After the decision, which says what is rewritten; before the cache, which holds true answers only.
    { name: 'rewrite-name', stage: makeRewriteName(policy) },
    // Before the cache and the upstreams: these names must not leave the site.
    { name: 'answer-local', stage: makeAnswerLocal(policy) },
    // After the names that no list may have a say in; before the cache, which holds true answers only.
    { name: 'answer-list-data', stage: makeAnswerListData(policy) },
    // Around the inspection, which must see the whole answer; what one group may not have, another may.
    { name: 'withhold-ech', stage: makeWithholdEch(policy) },
    // Around the cache, so that the verdict on every name and address behind an answer is taken again on each hit.
    { name: 'inspect-answer', stage: makeInspectAnswer(policy) },
    // Last before the network: everything above costs no packet.
    { name: 'answer-from-cache', stage: makeAnswerFromCache(cache, clock, renew) },
  ]
}

/** Nests stages so that the first is the outermost. */
export function compose(stages: readonly NamedStage[], last: Resolve): Resolve {
  return stages.reduceRight((next, { stage }) => stage(next), last)
}
