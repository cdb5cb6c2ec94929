import { isFailure } from '#domain/failure.ts'
import { TYPE } from '#wire/constants.ts'
import { writeUpstreamQuery } from '#wire/upstream-query.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import { newQueryId } from '../upstream/query-id.ts'
import { exchangeUdp } from '../upstream/udp-exchange.ts'

const TIMEOUT_MS = 250
/** `localhost`, which Unbound answers by itself, whatever the line does. */
const QUESTION = {
  name: Buffer.from('\u0009localhost\u0000', 'latin1'),
  type: TYPE.A,
  isDnssecOk: false,
  isCheckingDisabled: false,
}

/** Whether a resolver of this machine answers at all. Never rejects. */
export async function isAnswering(endpoint: Endpoint): Promise<boolean> {
  const answer = await exchangeUdp(endpoint, {
    query: writeUpstreamQuery(QUESTION, newQueryId()),
    timeoutMs: TIMEOUT_MS,
    accepts: () => true,
    onMismatch: () => undefined,
  })
  return !isFailure(answer)
}
