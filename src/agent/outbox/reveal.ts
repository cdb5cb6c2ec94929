import type { EventsRevealed, StoredEvent } from '#domain/event.ts'
import { processMonotonicMs } from '#platform/process-clock.ts'
import { newEventId } from '#platform/random.ts'
import type { OpenedOutbox } from './store-keeper.ts'
import type { RevealQuery } from './store-messages.ts'

/**
 * Reads event detail for a person, but only after it is durable, and will reach the collector, who read how much and why.
 * Throws what SQLite throws, and then nothing may be shown.
 */
export function reveal({ store, reader, time }: OpenedOutbox, query: RevealQuery): StoredEvent[] {
  const events = reader.filtered(query)
  const { who, reason } = query
  const body: EventsRevealed = { kind: 'events-revealed', who, reason, count: events.length }
  const now = time()
  const draft = {
    lane: 'operations',
    id: newEventId(),
    revision: 1,
    at: now.wallMs,
    body: JSON.stringify(body),
    handedMs: processMonotonicMs(),
  } as const
  store.commit([draft], now)
  return events
}
