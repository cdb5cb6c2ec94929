import type { EventsRevealed, StoredEvent } from '#domain/event.ts'
import { processMonotonicMs } from '#platform/process-clock.ts'
import { newEventId } from '#platform/random.ts'
import type { OpenedOutbox } from './store-keeper.ts'
import type { RevealQuery } from './store-messages.ts'

/**
 * Reads event detail for a person, but only after it is durable, and will reach the collector, who read how much and why.
 * Throws what SQLite throws, and then nothing may be shown.
 */
export function reveal(outbox: OpenedOutbox, query: RevealQuery): StoredEvent[] {
  const events = outbox.reader.filtered(query)
  const { who, reason } = query
  noteRevealed(outbox, { kind: 'events-revealed', who, reason, count: events.length })
  return events
}

/** Makes it durable that somebody is about to read something. Throws what SQLite throws. */
export function noteRevealed({ store, time }: OpenedOutbox, body: EventsRevealed): void {
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
}
