import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import { withoutEch } from '#wire/strip-ech.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerLocally } from '../local-answer.ts'
import type { EchMode } from '../policy/sections/groups.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/** Short, so that a change of policy is soon seen. */
const NODATA_TTL_SECONDS = 60
const WITHHELD = extendedError(EDE.FILTERED, 'no HTTPS records for this group')

/**
 * Keeps keys for encrypted client hellos from groups that are not to have them, so that a filter further on can see
 * which site a connection is for. Answers in the cache stay whole: other groups may have them. Where a key cannot be
 * taken out without breaking the answer, HTTPS is answered with no data, and the client goes on by its addresses.
 * Fails closed.
 */
export function makeWithholdEch(policy: PolicySlot): Stage {
  const modeOf = ({ client }: Query): EchMode =>
    policy.current.ech.get(client?.group ?? '') ?? 'strip'
  const withhold = (query: Query, answer: Answer): Answer =>
    answer.entry?.stored.hasEch && modeOf(query) !== 'pass' ? strip(query, answer) : answer
  return (next) => (query) =>
    query.view.type === TYPE.HTTPS && modeOf(query) === 'nodata'
      ? answerNoData(query)
      : whenAnswered(next(query), query, withhold)
}

function strip(query: Query, answer: Answer): Answer {
  const { entry, age } = answer
  if (!entry) return answer
  const stored = withoutEch(entry.stored)
  return stored ? answer.setStored({ ...entry, stored }, age) : answerNoData(query)
}

function answerNoData(query: Query): Answer {
  return answerLocally(query, 'local', {
    rcode: RCODE.NOERROR,
    negativeTtlSeconds: NODATA_TTL_SECONDS,
    error: WITHHELD,
  })
}
