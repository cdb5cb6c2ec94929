import type { EventsDropped } from '#domain/event.ts'
import { processMonotonicMs } from '#platform/process-clock.ts'
import type { HeldDraft } from './held-draft.ts'
import type { Gap } from './pending-drafts.ts'

/** The event that tells a gap. It travels in the operations lane, whichever lane the gap is in. */
export function droppedDraft(gap: Gap, id: string, at: number): HeldDraft {
  const body: EventsDropped = { kind: 'events-dropped', ...gap }
  return {
    lane: 'operations',
    id,
    revision: 1,
    at,
    body: JSON.stringify(body),
    handedMs: processMonotonicMs(),
  }
}
