/**
 * The outbox: what the agent has noticed is handed over here, made durable by a worker thread, and shipped to the collector when
 * there is one. The path of one event: `emit` -> hand-over (memory, bounded) -> store worker -> committed -> shipper -> collector's
 * receipt -> acknowledged -> deleted a week later. The main thread never waits for any of it.
 */
import type { Outbox, OutboxOptions } from './outbox-contract.ts'
import { OutboxRun } from './outbox-run.ts'

/**
 * Starts the outbox, tells `agent-started`, and answers when its file is open, when it has failed to open, or after
 * `openTimeoutMs`: the agent never waits longer for a disk. Throws `CollectorUrlError` for an address that events must not go to.
 */
export async function startOutbox(options: OutboxOptions): Promise<Outbox> {
  const run = new OutboxRun(options)
  await run.start()
  return {
    emit: (draft) => run.emit(draft),
    tell: (body) => run.tell(body),
    counters: () => run.counters(),
    faults: () => run.faults(),
    previousRun: () => run.previousRun,
    openEvents: (windowMs, kind) => run.openEvents(windowMs, kind),
    counts: () => run.counts(),
    reveal: (query) => run.reveal(query),
    noteRevealed: (body) => run.noteRevealed(body),
    postStatus: (report) => run.postStatus(report),
    close: () => run.close(),
  }
}
