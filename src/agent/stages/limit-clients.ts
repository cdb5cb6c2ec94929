import type { Clock } from '#platform/clock.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerSlipped } from '../answer-limited.ts'
import type { ClientRates } from '../limits/client-rates.ts'
import type { Stage } from '../stage.ts'

/**
 * Holds each client to a rate over UDP, where anybody can ask in another's name: of what is beyond it every second query is sent
 * to TCP and the others get silence (as response rate limiting has it). Whoever shows a cookie of ours, or comes by TCP, is who he says.
 * A query that comes by again is not counted twice. Groups that the school exempts, and forwarders that it has declared, are looked up only
 * when they are over. Fails open: the
 * table forgets when it is full.
 */
export function makeLimitClients(
  rates: Pick<ClientRates, 'take'>,
  policy: PolicySlot,
  clock: Clock,
): Stage {
  return (next) => (query) => {
    if (query.transport !== 'udp' || query.hasBeenCounted || query.hasCookie) return next(query)
    const verdict = rates.take(query.addressWords, clock.monotonicMs())
    if (verdict === 'within') return next(query)
    const { clients, unlimited } = policy.current
    const client = clients.find(query.clientAddress)
    if (client && (client.isForwarder || unlimited.has(client.group))) return next(query)
    if (verdict === 'slip') return answerSlipped(query)
    query.limited = 'client-rate'
    return query.answer.setNone()
  }
}
