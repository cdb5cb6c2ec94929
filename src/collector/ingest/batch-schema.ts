import { z } from 'zod'
import { BATCH_EVENTS_MAX, type Batch } from '#domain/ingest.ts'
import { storedEvent } from './event-schema.ts'
import { key } from './text-limits.ts'

/** A batch; each lane's events must be in order of sequence, without repeats. */
export const batchSchema: z.ZodType<Batch> = z.object({
  v: z.literal(1),
  appliance: key,
  epoch: key,
  events: z
    .array(storedEvent)
    .max(BATCH_EVENTS_MAX)
    .refine(isInOrder, 'sequences are out of order'),
})

function isInOrder(events: Batch['events']): boolean {
  const last = { safeguarding: 0, operations: 0 }
  for (const { lane, sequence } of events) {
    if (sequence <= last[lane]) return false
    last[lane] = sequence
  }
  return true
}
