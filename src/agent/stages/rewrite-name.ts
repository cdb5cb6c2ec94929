import { nameToWire } from '#rules/domain-name.ts'
import { blockInstead, type RewriteVerdict } from '#rules/verdict.ts'
import { TYPE } from '#wire/constants.ts'
import { isZoneSigned } from '#wire/signatures.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { type Alias, answerByAlias, answerUnreachable, isAnswered } from '../answer-by-alias.ts'
import { innerQuery } from '../inner-query.ts'
import type { Answer, Query } from '../query.ts'
import { type MaybePromise, type Resolve, type Stage, whenAnswered } from '../stage.ts'

const UNREACHABLE = {
  'safe-search': 'safe search cannot be reached',
  redirect: 'the name that the school leads to cannot be reached',
} as const

/**
 * Leads search engines to their safe names, and redirected categories to the name that the school chose: a CNAME and the
 * target's own addresses, asked as a question of its own. Other types get an empty answer, so that no HTTPS record hints at
 * the true addresses. A redirect leads only where the client may go by itself.
 *
 * A client that sets DO or CD may check signatures, and would take a CNAME that its signed zone does not hold for a
 * forgery, with an error that nobody understands. So for such a client the name's own records are asked for first,
 * with DO and CD: where they are signed, or the target's are, the name is blocked and the answer says why. What is
 * found is cached like any answer. Fails closed: when anything cannot be resolved, the name cannot be reached.
 */
export function makeRewriteName(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { verdict } = query
    return verdict?.kind === 'rewrite' ? rewrite(query, verdict, next, policy) : next(query)
  }
}

function rewrite(
  query: Query,
  verdict: RewriteVerdict,
  next: Resolve,
  policy: PolicySlot,
): MaybePromise<Answer> {
  const { view } = query
  const alias = { verdict, target: verdict.target, fault: UNREACHABLE[verdict.reason] }
  return view.isDnssecOk || view.isCheckingDisabled
    ? leadUnlessSigned(query, alias, next, policy)
    : answerByAlias(query, alias, next, policy)
}

/** Leads on once neither of the names still to be looked at is signed. */
function leadUnlessSigned(
  query: Query,
  alias: Alias & { readonly verdict: RewriteVerdict },
  next: Resolve,
  policy: PolicySlot,
): MaybePromise<Answer> {
  const asked = Uint8Array.from(query.view.name.subarray(0, query.view.nameLength))
  const lead = (names: readonly Uint8Array[]): MaybePromise<Answer> => {
    const [name, ...rest] = names
    if (!name) return answerByAlias(query, alias, next, policy)
    // As a validating client would ask. Without a verdict nothing in the answer is judged: it is looked at here, and no client gets it.
    const question = { name, type: TYPE.A, isDnssecOk: true, isCheckingDisabled: true }
    const inner = innerQuery(query, question)
    return whenAnswered(next(inner), inner, (_, { kind, entry }) => {
      if (kind === 'pending') return query.answer.setPending()
      if (!entry || !isAnswered(entry.stored.rcode)) return answerUnreachable(query, alias.fault)
      if (!isZoneSigned(entry.stored)) return lead(rest)
      return answerBlocked(query, blockInstead(alias.verdict, 'rewrite-signed'), policy.current)
    })
  }
  return lead([asked, nameToWire(alias.target)])
}
