import { decideHop } from '#rules/decide.ts'
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import {
  type BlockVerdict,
  blockInstead,
  type RewriteVerdict,
  type Verdict,
} from '#rules/verdict.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import { encodeRewrite } from '#wire/rewrite-answer.ts'
import { isZoneSigned } from '#wire/signatures.ts'
import { type Question, writeUpstreamQuery } from '#wire/upstream-query.ts'
import { matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerLocally } from '../local-answer.ts'
import { type Answer, Query } from '../query.ts'
import { type MaybePromise, type Resolve, type Stage, whenAnswered } from '../stage.ts'

/** Short, so that a change of policy or of the engine's addresses is soon seen. */
const REWRITE_TTL_SECONDS = 300
const UNREACHABLE = 'safe search cannot be reached'

/**
 * Leads search engines to their safe names: a CNAME and the target's own addresses, asked as a question of its own.
 * Other types get an empty answer, so that no HTTPS record hints at the unsafe addresses.
 *
 * A client that sets DO or CD may check signatures, and would take a CNAME that its signed zone does not hold for a
 * forgery, with an error that nobody understands. So for such a client the engine's own records are asked for first,
 * with DO and CD: where they are signed, or the target's are, the engine is blocked and the answer says why. What is
 * found is cached like any answer. Fails closed: when anything cannot be resolved, the engine cannot be reached.
 */
export function makeRewriteSafeSearch(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { verdict, view } = query
    if (verdict?.kind !== 'rewrite') return next(query)
    return view.isDnssecOk || view.isCheckingDisabled
      ? leadUnlessSigned(query, verdict, next, policy)
      : answerByAlias(query, safeAlias(verdict), next, policy)
  }
}

async function leadUnlessSigned(
  query: Query,
  verdict: RewriteVerdict,
  next: Resolve,
  policy: PolicySlot,
): Promise<Answer> {
  const engine = Uint8Array.from(query.view.name.subarray(0, query.view.nameLength))
  for (const name of [engine, nameToWire(verdict.target)]) {
    const isSigned = await isSignedName(name, query, next)
    if (isSigned === undefined) return answerUnreachable(query, UNREACHABLE)
    if (isSigned)
      return answerBlocked(query, blockInstead(verdict, 'rewrite-signed'), policy.current)
  }
  return answerByAlias(query, safeAlias(verdict), next, policy)
}

/** Whether a name's own records come signed, as a validating client would ask for them; undefined when nobody knows. */
async function isSignedName(
  name: Uint8Array,
  query: Query,
  next: Resolve,
): Promise<boolean | undefined> {
  const asked = { name, type: TYPE.A, isDnssecOk: true, isCheckingDisabled: true }
  // Without a verdict nothing in its answer is judged: it is looked at here, and no client gets it.
  const { entry } = await next(innerQuery(query, asked))
  const rcode = entry?.stored.rcode
  return entry && isAnswered(rcode) ? isZoneSigned(entry.stored) : undefined
}

function safeAlias(verdict: RewriteVerdict): Alias {
  return { verdict, target: verdict.target, fault: UNREACHABLE }
}

interface Alias {
  readonly verdict: Verdict
  readonly target: DomainName
  /** Said when the target cannot be resolved. */
  readonly fault: string
}

/** Answers with an alias and the target's addresses. */
export function answerByAlias(
  query: Query,
  alias: Alias,
  next: Resolve,
  policy: PolicySlot,
): MaybePromise<Answer> {
  const { type } = query.view
  if (type === TYPE.CNAME) return encode(query, alias, undefined)
  if (type !== TYPE.A && type !== TYPE.AAAA)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: REWRITE_TTL_SECONDS,
    })
  const name = nameToWire(alias.target)
  const locked = lockedTarget(query, { name, verdict: alias.verdict }, policy)
  if (locked) return answerBlocked(query, locked, policy.current)
  const target = innerQuery(query, { name, type, isDnssecOk: false, isCheckingDisabled: false })
  target.verdict = alias.verdict
  return whenAnswered(next(target), (answer) =>
    target.verdict?.kind === 'block'
      ? answerBlocked(query, target.verdict, policy.current)
      : encode(query, alias, answer),
  )
}

/** What the law locks is not reached by being something's safe name either. */
function lockedTarget(
  { client, matches, view }: Query,
  { name, verdict }: { readonly name: Uint8Array; readonly verdict: Verdict },
  { current }: PolicySlot,
): BlockVerdict | undefined {
  if (!client) return undefined
  matches.clear()
  matchName(current, name, 0, matches, view.type)
  const found = decideHop(client.view, matches.entries, 0, matches.count, verdict)
  return found?.kind === 'block' && found.reason === 'locked' ? found : undefined
}

/** A question of our own for the same client. */
function innerQuery(query: Query, question: Question): Query {
  const inner = new Query()
  inner.begin(query.transport, query.clientAddress)
  inner.client = query.client
  const message = writeUpstreamQuery(question, 0)
  inner.view.parse(message, 0, message.length)
  return inner
}

function encode(query: Query, alias: Alias, answer: Answer | undefined): Answer {
  if (answer && !isAnswered(answer.entry?.stored.rcode))
    return answerUnreachable(query, alias.fault)
  const bytes = encodeRewrite(query.view, {
    target: alias.target,
    addresses: answer?.entry?.stored,
    ttlSecondsMax: REWRITE_TTL_SECONDS,
    ageSeconds: answer?.ageSeconds ?? 0,
  })
  query.result = 'rewritten'
  return query.answer.setWritten(bytes.length, bytes)
}

function isAnswered(rcode: number | undefined): boolean {
  return rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN
}

function answerUnreachable(query: Query, text: string): Answer {
  return answerLocally(query, 'failed', {
    rcode: RCODE.SERVFAIL,
    error: { code: EDE.NO_REACHABLE_AUTHORITY, text },
  })
}
