/** Every maximum of the outbox. Reaching one is counted, and told where events are lost by it. */
export interface OutboxLimits {
  /** Events that wait in memory for the store, both lanes together, beside the one batch that is with the store. */
  readonly memoryEventsMax: number
  /** Events in one transaction. */
  readonly commitEventsMax: number
  /** Bytes of JSON in one event's body; a larger one could hold up its lane and is dropped. */
  readonly eventBytesMax: number
  /** Rows in the file, shipped or not. */
  readonly rowsMax: number
  /** Days that a row is kept after the collector acknowledged it, so that a restored collector can have it again. */
  readonly ackedDaysMax: number
  /** Days that a row is kept when no collector ever acknowledged it. */
  readonly unackedDaysMax: number
  /** Rows deleted in one transaction. */
  readonly deleteRowsMax: number
  /** Unreadable files kept aside; the oldest goes first. */
  readonly asideFilesMax: number
  /** One request to the collector, from connecting to the end of the answer. */
  readonly requestTimeoutMs: number
  readonly receiptBytesMax: number
  /** Longest wait between two tries at a collector that does not take events. */
  readonly retryMsMax: number
  /** Longest wait for an answer of the store worker to a question of the main thread. */
  readonly askTimeoutMs: number
  readonly revealRowsMax: number
  /** Longest that starting waits for the file; the agent goes on without it. */
  readonly openTimeoutMs: number
  readonly closeTimeoutMs: number
  /** Faults remembered for the status report. */
  readonly faultsMax: number
  /** JavaScript heap of the store worker, in MiB; beyond it the worker dies and is started again. */
  readonly workerHeapMiBMax: number
}

export const DEFAULT_OUTBOX_LIMITS: OutboxLimits = {
  memoryEventsMax: 10_000,
  commitEventsMax: 1000,
  eventBytesMax: 16 * 1024,
  rowsMax: 1_000_000,
  ackedDaysMax: 7,
  unackedDaysMax: 30,
  deleteRowsMax: 500,
  asideFilesMax: 3,
  requestTimeoutMs: 10_000,
  receiptBytesMax: 64 * 1024,
  retryMsMax: 300_000,
  askTimeoutMs: 2000,
  revealRowsMax: 500,
  openTimeoutMs: 1000,
  closeTimeoutMs: 900,
  faultsMax: 20,
  workerHeapMiBMax: 128,
}
