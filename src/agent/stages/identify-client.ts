import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerLocally } from '../local-answer.ts'
import type { Stage } from '../stage.ts'

const STRANGER = extendedError(EDE.PROHIBITED, 'not a client of this school')

/** Finds out whose policy counts. Fails closed: an address that cannot be ours is REFUSED (no open resolver). */
export function makeIdentifyClient(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const client = policy.current.clients.of(query)
    query.client = client
    if (client) {
      if (!query.isSelfTest) client.queries += 1
      return next(query)
    }
    return answerLocally(query, 'refused', {
      rcode: RCODE.REFUSED,
      error: STRANGER,
    })
  }
}
