import { nameToWire } from '#rules/domain-name.ts'
import type { RewriteVerdict } from '#rules/verdict.ts'
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
    query.verdict?.kind === 'rewrite' ? rewrite(query, query.verdict, next) : next(query)
}

function rewrite(query: Query, verdict: RewriteVerdict, next: Resolve): MaybePromise<Answer> {
  const { type } = query.view
  if (type === TYPE.CNAME) return encode(query, verdict, undefined)
  if (type !== TYPE.A && type !== TYPE.AAAA)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: REWRITE_TTL_SECONDS,
    })
  const target = targetQuery(query, verdict)
  return whenAnswered(next(target), (answer) => encode(query, verdict, answer))
}

/** The target's own question, asked with the client's policy. */
function targetQuery(query: Query, verdict: RewriteVerdict): Query {
  const target = new Query()
  target.begin(query.transport, query.clientAddress)
  target.client = query.client
  target.verdict = verdict
  const message = writeUpstreamQuery(
    {
      name: nameToWire(verdict.target),
      type: query.view.type,
      isDnssecOk: false,
      isCheckingDisabled: false,
    },
    0,
  )
  target.view.parse(message, 0, message.length)
  return target
}

function encode(query: Query, verdict: RewriteVerdict, answer: Answer | undefined): Answer {
  const rcode = answer?.entry?.stored.rcode
  if (answer && rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN)
    return answerLocally(query, 'failed', {
      rcode: RCODE.SERVFAIL,
      error: { code: EDE.NO_REACHABLE_AUTHORITY, text: 'safe search cannot be reached' },
    })
  const bytes = encodeRewrite(query.view, {
    target: verdict.target,
    addresses: answer?.entry?.stored,
    ttlSecondsMax: REWRITE_TTL_SECONDS,
    ageSeconds: answer?.ageSeconds ?? 0,
  })
  query.result = 'rewritten'
  return query.answer.setWritten(bytes.length, bytes)
}
