import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX } from '#domain/ingest.ts'
import type { EventRow } from './event-store.ts'

export interface BatchText {
  readonly text: string
  readonly events: number
}

/**
 * Writes the first rows, as many as a batch may hold, as the JSON of a `Batch`. Bodies are JSON already and go in as they
 * are. At least one row goes in: `eventBytesMax` keeps every row far below a batch.
 */
export function batchText(appliance: string, epoch: string, rows: readonly EventRow[]): BatchText {
  const head = `{"v":1,"appliance":${JSON.stringify(appliance)},"epoch":${JSON.stringify(epoch)},"events":[`
  const events: string[] = []
  let bytes = Buffer.byteLength(head) + 2
  for (const row of rows.slice(0, BATCH_EVENTS_MAX)) {
    const text = rowText(row)
    bytes += Buffer.byteLength(text) + 1
    if (bytes > BATCH_BYTES_MAX && events.length > 0) break
    events.push(text)
  }
  return { text: `${head}${events.join(',')}]}`, events: events.length }
}

function rowText({ lane, sequence, id, revision, at, body }: EventRow): string {
  return `{"v":1,"lane":"${lane}","sequence":${sequence},"id":${JSON.stringify(id)},"revision":${revision},"at":${at},"body":${body}}`
}
