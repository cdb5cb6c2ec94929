import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { isLocked } from '#rules/categories.ts'
import { asksForTcp } from '#rules/decide.ts'
import { nameFromWire, nameToWire, parseDomainName } from '#rules/domain-name.ts'
import type { RuleEntry } from '#rules/list.ts'
import { Matches } from '#rules/matches.ts'
import type { BlockVerdict, LocalDataVerdict, Verdict } from '#rules/verdict.ts'
import { parseType, typeName } from '#wire/constants.ts'
import { QueryView } from '#wire/query-view.ts'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'
import { type ActivePolicy, matchName } from './active-policy.ts'
import { targetBlock } from './answer-by-alias.ts'
import { LOCKED_TEXT } from './block-error.ts'
import type { AnswerCache } from './cache/answer-cache.ts'
import type { ExplainRequest, Explanation } from './control/control-api.ts'
import { decideQuestion } from './decide-question.ts'
import {
  explainAnswer,
  OVER_TCP,
  sayBlock,
  sayEch,
  sayRewrite,
  sayVerdict,
} from './explain-answer.ts'
import { sayRules } from './explain-rules.ts'
import { type AskedTime, sayDecider, sayTime } from './explain-time.ts'
import type { Client } from './identity/client.ts'
import { specialUseOf } from './special-use.ts'
import type { AskUpstream } from './stages/forward.ts'

/** What one stage of the pipeline has to say of the query. */
type StageSay = Explanation['stages'][number]

export interface ExplainParts extends AskedTime {
  readonly policy: ActivePolicy
  readonly cache: AnswerCache
  readonly ask: AskUpstream
  readonly clock: Clock
  readonly clientOfGroup: (group: string) => Client | undefined
  /** What the school calls the network of an address. */
  readonly networkName: (address: string) => string | undefined
}

/**
 * Walks the stages in their order with a question that nobody asked: nothing is recorded or counted, nothing is put
 * into the cache. Asks the upstreams where a real query would.
 */
export async function explain(
  request: ExplainRequest,
  parts: ExplainParts,
): Promise<Explanation | Failure<'bad-request'>> {
  const question = readQuestion(request)
  if (isFailure(question)) return question
  const client = findClient(request, parts)
  if (!client && request.group !== undefined)
    return failure('bad-request', 'no such group; groups are named in the configuration')
  const stages: StageSay[] = [
    { stage: 'refuse-malformed', say: `a well-formed question: ${question.text}` },
  ]
  const { name, text } = question
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
  const { verdict, say, reason } = decideName(question, client, parts)
  if (verdict.reason === 'locked') return explainLocked(question.type, client, parts)
  stages.push({ stage: 'decide-by-policy', say })
  if (verdict.kind === 'block')
    return done(
      client.group,
      'block',
      `${reason}; ${sayBlock(verdict, client, parts.policy, question)}`,
    )
  if (verdict.kind === 'rewrite') {
    const { type } = question
    const { target } = verdict
    const away = targetBlock({ client, verdict, target, type }, parts.policy)
    if (away?.reason === 'locked') return explainLocked(type, client, parts)
    if (away) {
      const told = `the redirect leads to ${verdict.target}: ${sayVerdict(away)}`
      stages.push({ stage: 'rewrite-name', say: told })
      return done(client.group, 'block', `${told}; ${sayBlock(away, client, parts.policy)}`)
    }
    stages.push({ stage: 'rewrite-name', say: await sayRewrite(verdict, name, parts.ask) })
    return done(client.group, 'rewrite', reason)
  }
  stages.push({ stage: 'rewrite-name', say: 'not rewritten' })
  const told = await explainSources({ question, client, verdict, reason, stages }, parts)
  if (told === 'locked') return explainLocked(question.type, client, parts)
  return done(client.group, told.verdict, told.reason)
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
): Promise<{ readonly verdict: string; readonly reason: string } | 'locked'> {
  const { name, type } = question
  const use = specialUseOf(Buffer.from(name), name.length)
  stages.push({
    stage: 'answer-local',
    say: use === 'none' ? 'an ordinary name' : `special use: ${use}`,
  })
  if (use !== 'none') return { verdict: verdict.kind, reason: `answered here: ${use}` }
  if (verdict.kind === 'local-data') {
    const { block, say: data } = lookAtData(verdict, type, client, parts.policy)
    if (block?.reason === 'locked') return 'locked'
    stages.push({ stage: 'answer-list-data', say: data })
    return block ? { verdict: 'block', reason: data } : { verdict: 'local-data', reason }
  }
  stages.push({ stage: 'answer-list-data', say: 'no list has data for it' })
  const answer = await findAnswer(question, parts)
  const inspected = isFailure(answer.stored)
    ? { block: undefined, say: 'no answer to inspect' }
    : explainAnswer({ stored: answer.stored, verdict, client, name, type }, parts.policy)
  const { block } = inspected
  if (block?.reason === 'locked') return 'locked'
  stages.push({
    stage: 'withhold-ech',
    say: sayEch(type, answer.stored, client.group, parts.policy),
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

interface Question {
  readonly name: Uint8Array
  readonly type: number
  readonly text: string
}

function readQuestion({ name, type }: ExplainRequest): Question | Failure<'bad-request'> {
  const parsed = parseDomainName(name)
  if (typeof parsed !== 'string') return failure('bad-request', `no domain name: ${parsed.detail}`)
  const number = parseType(type)
  if (number === undefined)
    return failure('bad-request', 'no record type; try A, AAAA, HTTPS or TYPE65')
  return { name: nameToWire(parsed), type: number, text: `${parsed} ${typeName(number)}` }
}

function findClient(
  request: ExplainRequest,
  { policy, clientOfGroup }: ExplainParts,
): Client | undefined {
  if (request.group !== undefined) return clientOfGroup(request.group)
  return policy.clients.find(request.client ?? '127.0.0.1')
}

function sayClient(
  client: Client,
  { group }: ExplainRequest,
  { networkName }: ExplainParts,
): string {
  const name = networkName(client.address)
  if (group !== undefined) return `group ${client.group}, as asked`
  const how =
    client.source === 'network'
      ? `by its network${name === undefined ? '' : ` (${name})`}`
      : 'a local address in no network, so the strictest'
  return `client ${client.address} is in group ${client.group}: ${how}`
}

function decideName(
  { name, type }: Question,
  client: Client,
  parts: ExplainParts,
): { verdict: Verdict; say: string; reason: string } {
  const { policy } = parts
  const matches = new Matches()
  matchName(policy, name, 0, matches, type)
  const verdict = decideQuestion(client.view, matches, Buffer.from(name), name.length)
  const traced = policy.rules.trace(name, 0, type)
  const asked = { name: nameFromWire(name, 0), traced }
  const reason = `${sayVerdict(verdict)}${sayDecider(verdict, asked, client.group, parts)}`
  const told = traced.filter(({ entry }) => !isLockedRule(entry))
  const found = sayRules(told, client, policy)
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

async function findAnswer(
  question: Question,
  { cache, ask, clock }: ExplainParts,
): Promise<{ stored: StoredAnswer | Failure; stages: readonly StageSay[] }> {
  const view = new QueryView()
  const asked = { ...question, isDnssecOk: false, isCheckingDisabled: false }
  const message = writeUpstreamQuery(asked, 0)
  view.parse(message, 0, message.length)
  const nowMs = clock.monotonicMs()
  const entry = cache.get(view.cacheKey(), nowMs)
  if (entry) {
    const left = Math.ceil((entry.expiresAtMs - nowMs) / 1000)
    return {
      stored: entry.stored,
      stages: [{ stage: 'answer-from-cache', say: `cached for another ${left} s` }],
    }
  }
  const stored = await ask(asked)
  const say = isFailure(stored)
    ? `no upstream answers: ${stored.detail}`
    : `an upstream answers, rcode ${stored.rcode}`
  return {
    stored,
    stages: [
      { stage: 'answer-from-cache', say: 'not in the cache' },
      { stage: 'forward', say },
    ],
  }
}
