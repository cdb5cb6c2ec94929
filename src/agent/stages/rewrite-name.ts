import { nameToWire } from '#rules/domain-name.ts'
import { blockInstead, type RewriteVerdict } from '#rules/verdict.ts'
import { TYPE } from '#wire/constants.ts'
import { isZoneSigned } from '#wire/signatures.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import {
  type Alias,
  answerByAlias,
  answerUnreachable,
  isAnswered,
  targetBlock,
} from '../answer-by-alias.ts'
import { innerQuery } from '../inner-query.ts'
import type { Answer, Query } from '../query.ts'
import type { MaybePromise, Resolve, Stage } from '../stage.ts'

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
  const { view, client } = query
  if (!client) return query.answer.setNone()
  const { type } = view
  const alias = { verdict, target: verdict.target, fault: UNREACHABLE[verdict.reason] }
  const isOwnChoice = verdict.reason === 'redirect'
  const blocked = isOwnChoice && targetBlock({ ...alias, client, type }, policy.current)
  if (blocked) return answerBlocked(query, blocked, policy.current)
  return view.isDnssecOk || view.isCheckingDisabled
    ? leadUnlessSigned(query, alias, next, policy)
    : answerByAlias(query, alias, next, policy)
}

async function leadUnlessSigned(
  query: Query,
  alias: Alias & { readonly verdict: RewriteVerdict },
  next: Resolve,
  policy: PolicySlot,
): Promise<Answer> {
  const asked = Uint8Array.from(query.view.name.subarray(0, query.view.nameLength))
  for (const name of [asked, nameToWire(alias.target)]) {
    const isSigned = await isSignedName(name, query, next)
    if (isSigned === undefined) return answerUnreachable(query, alias.fault)
    if (isSigned)
      return answerBlocked(query, blockInstead(alias.verdict, 'rewrite-signed'), policy.current)
  }
  return answerByAlias(query, alias, next, policy)
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
