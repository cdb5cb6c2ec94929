import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { isLocked } from '#rules/categories.ts'
import { asksForTcp } from '#rules/decide.ts'
import { nameFromWire } from '#rules/domain-name.ts'
import type { RuleEntry } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import type { BlockVerdict, LocalDataVerdict, RewriteVerdict, Verdict } from '#rules/verdict.ts'
import { typeName } from '#wire/constants.ts'
import { type ActivePolicy, matchName } from './active-policy.ts'
import { targetBlock, targetNow } from './answer-by-alias.ts'
import { LOCKED_TEXT } from './block-error.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { ExplainRequest, Explanation } from './control/control-api.ts'
import { decideQuestion } from './decide-question.ts'
import {
  explainAnswer,
  OVER_TCP,
  sayBlock,
  sayChecking,
  sayEch,
  sayEmpty,
  sayLocalUse,
  sayVerdict,
  sayWithheld,
} from './explain-answer.ts'
import { findAnswer, type Question, readQuestion, type StageSay } from './explain-question.ts'
import { sayRules } from './explain-rules.ts'
import { type AskedTime, consoleRulesOn, sayDecider, sayTime } from './explain-time.ts'
import { askingOnce, makeTrial, type TrialParts, type Try } from './explain-trial.ts'
import type { Client } from './identity/client.ts'
import type { Identity } from './identity/identity.ts'
import { sayIdentity } from './identity/say-identity.ts'
import type { Asker, Rehearsed } from './rehearse/rehearsal.ts'
import { sayAnswer } from './say-answer.ts'
import { localUseOf } from './special-use.ts'

/** Who asks where nobody is named. */
const LOCAL = '127.0.0.1'

export interface ExplainParts extends AskedTime, TrialParts {
  readonly cache: AnswerCache
  readonly clientOfGroup: (group: string) => Client | undefined
  /** What the school calls the network of an address. */
  readonly networkName: (address: string) => string | undefined
  readonly identityOf: (key: string) => Identity
}

/**
 * Walks the stages in their order with a question that nobody asked: nothing is recorded or counted, nothing is put
 * into the cache. Asks the upstreams where a real query would. The answer itself is that of the stages, tried with this question.
 */
export async function explain(
  request: ExplainRequest,
  given: ExplainParts,
): Promise<Explanation | Failure<'bad-request'>> {
  const parts = { ...given, ask: askingOnce(given.ask) }
  const question = readQuestion(request)
  if (isFailure(question)) return question
  const client = findClient(request, parts)
  if (!client && request.group !== undefined)
    return failure('bad-request', 'no such group; groups are named in the configuration')
  const stages: StageSay[] = [
    { stage: 'refuse-malformed', say: `a well-formed question: ${question.text}` },
  ]
  const { text } = question
  const done = (group: string, verdict: string, reason: string): Explanation => {
    const [asked = '', type = ''] = text.split(' ')
    const time = sayTime(parts.config, parts.wallMs)
    return { name: asked, type, group, time, stages, verdict, reason }
  }
  if (!client) {
    const say = 'the address is neither in a configured network nor local: REFUSED'
    stages.push({ stage: 'identify-client', say })
    return done('none', 'refused', say)
  }
  stages.push({ stage: 'identify-client', say: sayClient(client, request, parts) })
  const asker = askerOf(request, client)
  const attempt = makeTrial(question, asker, parts)
  const tried = await attempt()
  const { verdict, say, reason } = decideName(question, client, parts)
  if (verdict.reason === 'locked' || tried.verdict?.reason === 'locked')
    return explainLocked(question.type, client, parts)
  if (tried.result === 'refused')
    return done(client.group, 'refused', 'questions of this type are not served: REFUSED')
  stages.push({ stage: 'decide-by-policy', say })
  const passed = { question, client, verdict, reason, stages }
  const told = await explainDecided({ ...passed, attempt, tried }, parts)
  if (told === 'locked') return explainLocked(question.type, client, parts)
  const answered = sayAnswer(tried.bytes)
  stages.push({ stage: 'answer', say: answered })
  return done(client.group, told.verdict, withFault(told.reason, tried, answered))
}

/** A name may pass and yet not be answered. */
function withFault(reason: string, { result }: Rehearsed, answered: string): string {
  return result === 'failed' ? `${reason}; answered ${answered}` : reason
}

function askerOf({ client, group }: ExplainRequest, found: Client): Asker {
  return group === undefined
    ? { kind: 'client', address: client ?? LOCAL }
    : { kind: 'group', group: found.group }
}

interface Decided extends Passed {
  readonly attempt: Try
  /** What came of the question as it is. */
  readonly tried: Rehearsed
}

interface Told {
  readonly verdict: string
  readonly reason: string
}

/** The stages from the decision on. */
async function explainDecided(decided: Decided, parts: ExplainParts): Promise<Told | 'locked'> {
  const { question, client, verdict, reason, stages } = decided
  if (verdict.kind === 'block') {
    const told = `${reason}; ${sayBlock(verdict, client, parts.policy, question)}`
    return { verdict: 'block', reason: told }
  }
  if (verdict.kind === 'rewrite') return explainRewrite(decided, verdict, parts)
  stages.push({ stage: 'rewrite-name', say: 'not rewritten' })
  return explainSources(decided, parts)
}

async function explainRewrite(
  { question, client, reason, stages, attempt, tried }: Decided,
  verdict: RewriteVerdict,
  { policy, ask }: ExplainParts,
): Promise<Told> {
  const { name, type } = question
  const lead = { client, verdict, target: verdict.target, type }
  const block =
    targetBlock(lead, policy) ?? (tried.verdict?.kind === 'block' ? tried.verdict : undefined)
  const target = targetNow(lead, policy)
  if (block) {
    const told = `leads to ${target}: ${sayVerdict(block)}`
    stages.push({ stage: 'rewrite-name', say: told })
    return { verdict: 'block', reason: `${told}; ${sayBlock(block, client, policy)}` }
  }
  // What no client can have, none can check.
  const checking = tried.result === 'failed' ? tried : await attempt(true)
  const checks = await sayChecking({ verdict, engine: name, checking, tried }, ask)
  stages.push({ stage: 'rewrite-name', say: `leads to ${target}${sayEmpty(type)}${checks}` })
  return { verdict: 'rewrite', reason }
}

/** Of what is locked nothing is said but that, to nobody: neither which name, list or category, nor the way to it. */
function explainLocked(type: number, { group }: Client, parts: ExplainParts): Explanation {
  const time = sayTime(parts.config, parts.wallMs)
  const stages = [{ stage: 'decide-by-policy', say: LOCKED_TEXT }]
  const name = '(name withheld)'
  return { name, type: typeName(type), group, time, stages, verdict: 'block', reason: LOCKED_TEXT }
}

interface Passed {
  readonly question: Question
  readonly client: Client
  /** That lets the name pass. */
  readonly verdict: Verdict
  readonly reason: string
  readonly stages: StageSay[]
}

/** The stages behind the decision: where the answer comes from, and what it leads to. */
async function explainSources(
  { question, client, verdict, reason, stages }: Passed,
  parts: ExplainParts,
): Promise<Told | 'locked'> {
  const { name, type } = question
  const use = localUseOf(Buffer.from(name), name.length, type, parts.policy)
  stages.push({ stage: 'answer-local', say: sayLocalUse(use) })
  if (use !== 'none') return { verdict: verdict.kind, reason: `answered here: ${use}` }
  if (verdict.kind === 'local-data') {
    const { block, say: data } = lookAtData(verdict, type, client, parts.policy)
    if (block?.reason === 'locked') return 'locked'
    stages.push({ stage: 'answer-list-data', say: data })
    return block ? { verdict: 'block', reason: data } : { verdict: 'local-data', reason }
  }
  stages.push({ stage: 'answer-list-data', say: 'no list has data for it' })
  const withheld = sayWithheld(type, client.group, parts.policy)
  if (withheld !== undefined) {
    stages.push({ stage: 'withhold-ech', say: withheld })
    return { verdict: verdict.kind, reason }
  }
  const answer = await findAnswer(question, parts)
  const inspected = isFailure(answer.stored)
    ? { block: undefined, say: 'no answer to inspect' }
    : explainAnswer({ stored: answer.stored, verdict, client, name, type }, parts.policy)
  const { block } = inspected
  if (block?.reason === 'locked') return 'locked'
  stages.push({
    stage: 'withhold-ech',
    say: sayEch(answer.stored, client.group, parts.policy),
  })
  stages.push({ stage: 'inspect-answer', say: inspected.say })
  stages.push(...answer.stages)
  return block
    ? {
        verdict: 'block',
        reason: `${inspected.say}; ${sayBlock(block, client, parts.policy)}`,
      }
    : { verdict: verdict.kind, reason }
}

function findClient(
  request: ExplainRequest,
  { policy, clientOfGroup }: ExplainParts,
): Client | undefined {
  if (request.group !== undefined) return clientOfGroup(request.group)
  return policy.clients.find(request.client ?? LOCAL)
}

function sayClient(
  client: Client,
  { group }: ExplainRequest,
  { networkName, identityOf }: ExplainParts,
): string {
  const name = networkName(client.address)
  if (group !== undefined) return `group ${client.group}, as asked`
  const network = name === undefined ? '' : ` (${name})`
  const how = {
    identity: `by who it is${network}`,
    network: `by its network${network}`,
    'local-default': 'a local address in no network, so the strictest',
  }[client.source]
  const who = sayIdentity(identityOf(client.key), client)
  return `client ${client.address} is in group ${client.group}: ${how}${who}`
}

function decideName(
  { name, type }: Question,
  client: Client,
  parts: ExplainParts,
): { verdict: Verdict; say: string; reason: string } {
  const { policy } = parts
  const matches = new Matches()
  matchName(policy, name, 0, matches, type)
  const verdict = decideQuestion(client.view, matches, Buffer.from(name), name.length, policy.own)
  const traced = policy.rules.trace(name, 0, type)
  const asked = { name: nameFromWire(name, 0), traced }
  const reason = `${sayVerdict(verdict)}${sayDecider(verdict, asked, client.group, parts)}`
  const told = traced.filter(({ entry }) => !isLockedRule(entry))
  const found = sayRules(told, client, policy, consoleRulesOn(asked.name, client.group, parts))
  const isOverTcp = asksForTcp(client.view, matches.entries, matches.count, verdict)
  const say = `${found} => ${reason}${isOverTcp ? OVER_TCP : ''}`
  return { verdict, say, reason }
}

function isLockedRule({ effect }: RuleEntry): boolean {
  return effect.kind === 'categorise' && isLocked(effect.category)
}

/** What a list has for the name; an alias leads only where the client may go by itself. */
function lookAtData(
  verdict: LocalDataVerdict,
  type: number,
  client: Client,
  policy: ActivePolicy,
): { block: BlockVerdict | undefined; say: string } {
  const { target, data } = verdict
  if (target === undefined) {
    const types = [...data.keys()].map(typeName).join(', ')
    return { block: undefined, say: `records of ${types}; other types are empty` }
  }
  const block = targetBlock({ client, verdict, target, type }, policy)
  const verb = block ? `: ${sayVerdict(block)}` : ''
  return { block, say: `an alias of ${target}${verb}` }
}
