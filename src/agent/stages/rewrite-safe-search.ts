import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import type { RewriteVerdict, Verdict } from '#rules/verdict.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import { encodeRewrite } from '#wire/rewrite-answer.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'
import { answerLocally } from '../local-answer.ts'
import { type Answer, Query } from '../query.ts'
import { type MaybePromise, type Resolve, type Stage, whenAnswered } from '../stage.ts'

/** Short, so that a change of policy or of the engine's addresses is soon seen. */
const REWRITE_TTL_SECONDS = 300

/**
 * Leads search engines to their safe names: a CNAME and the target's own addresses, asked as a question of its own.
 * Other types get an empty answer, so that no HTTPS record hints at the unsafe addresses. Fails closed: when the target
 * cannot be resolved, the search engine cannot be reached.
 */
export function makeRewriteSafeSearch(): Stage {
  return (next) => (query) =>
    query.verdict?.kind === 'rewrite'
      ? answerByAlias(query, safeAlias(query.verdict), next)
      : next(query)
}

function safeAlias(verdict: RewriteVerdict): Alias {
  return { verdict, target: verdict.target, fault: 'safe search cannot be reached' }
}

interface Alias {
  readonly verdict: Verdict
  readonly target: DomainName
  /** Said when the target cannot be resolved. */
  readonly fault: string
}

/** Answers with an alias and the target's addresses. */
export function answerByAlias(query: Query, alias: Alias, next: Resolve): MaybePromise<Answer> {
  const { type } = query.view
  if (type === TYPE.CNAME) return encode(query, alias, undefined)
  if (type !== TYPE.A && type !== TYPE.AAAA)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: REWRITE_TTL_SECONDS,
    })
  return whenAnswered(next(targetQuery(query, alias)), (answer) => encode(query, alias, answer))
}

/** The target's own question, asked with the client's policy. */
function targetQuery(query: Query, alias: Alias): Query {
  const target = new Query()
  target.begin(query.transport, query.clientAddress)
  target.client = query.client
  target.verdict = alias.verdict
  const message = writeUpstreamQuery(
    {
      name: nameToWire(alias.target),
      type: query.view.type,
      isDnssecOk: false,
      isCheckingDisabled: false,
    },
    0,
  )
  target.view.parse(message, 0, message.length)
  return target
}

function encode(query: Query, alias: Alias, answer: Answer | undefined): Answer {
  const rcode = answer?.entry?.stored.rcode
  if (answer && rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN)
    return answerLocally(query, 'failed', {
      rcode: RCODE.SERVFAIL,
      error: { code: EDE.NO_REACHABLE_AUTHORITY, text: alias.fault },
    })
  const bytes = encodeRewrite(query.view, {
    target: alias.target,
    addresses: answer?.entry?.stored,
    ttlSecondsMax: REWRITE_TTL_SECONDS,
    ageSeconds: answer?.ageSeconds ?? 0,
  })
  query.result = 'rewritten'
  return query.answer.setWritten(bytes.length, bytes)
}
