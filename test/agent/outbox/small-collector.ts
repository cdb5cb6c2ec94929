import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Lane, StoredEvent } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import {
  BATCH_PATH,
  type Batch,
  type BatchReceipt,
  STATUS_PATH,
  type StatusReport,
} from '#domain/ingest.ts'
import { type ApplianceKey, verifyRequest } from '#platform/http-signing.ts'

/** One POST as it came, after its signature was verified. */
export interface Received {
  readonly atMs: number
  readonly batch: Batch
}

export interface SmallCollector {
  readonly url: string
  readonly port: number
  readonly batches: readonly Received[]
  readonly statuses: readonly StatusReport[]
  /** POSTs whose signature did not verify. */
  readonly refused: () => number
  /** The rows of one epoch and lane, by sequence; of the newest epoch when none is named. */
  readonly rows: (lane: Lane, epoch?: string) => StoredEvent[]
  readonly epochs: () => string[]
  /** The events of a lane over all epochs, as a collector knows them: the highest revision of each id. */
  readonly events: (lane: Lane) => Map<string, StoredEvent>
  /** Forgets every row of a lane beyond a sequence, as a restored backup would. */
  readonly restore: (lane: Lane, sequence: number) => void
  readonly close: () => Promise<void>
}

export interface SmallCollectorOptions {
  readonly key: ApplianceKey
  readonly port?: number
  /** Called before a batch is stored; an answer other than undefined is sent in place of the receipt. */
  readonly answer?: (batch: Batch) => { status: number; body: unknown } | undefined
}

/** A collector of a hundred lines: verifies, keeps rows in memory, answers with marks, 409 on a conflict. */
export async function startSmallCollector({
  key,
  port = 0,
  answer,
}: SmallCollectorOptions): Promise<SmallCollector> {
  const batches: Received[] = []
  const statuses: StatusReport[] = []
  const epochs = new Map<string, Record<Lane, Map<number, StoredEvent>>>()
  let refused = 0

  const rowsOf = (epoch: string) => {
    const known = epochs.get(epoch)
    if (known) return known
    const made = {
      safeguarding: new Map<number, StoredEvent>(),
      operations: new Map<number, StoredEvent>(),
    }
    epochs.set(epoch, made)
    return made
  }
  const newest = () => [...epochs.keys()].at(-1) ?? ''
  const takeBatch = (batch: Batch): { status: number; body: unknown } => {
    const scripted = answer?.(batch)
    if (scripted) return scripted
    batches.push({ atMs: performance.now(), batch })
    const rows = rowsOf(batch.epoch)
    for (const event of batch.events) {
      const known = rows[event.lane].get(event.sequence)
      if (known && JSON.stringify(known) !== JSON.stringify(event))
        return { status: 409, body: { failure: 'conflicting-event' } }
    }
    for (const event of batch.events) rows[event.lane].set(event.sequence, event)
    const receipt: BatchReceipt = {
      epoch: batch.epoch,
      marks: { safeguarding: markOf(rows.safeguarding), operations: markOf(rows.operations) },
    }
    return { status: 200, body: receipt }
  }

  const server = createServer((request, response) => {
    take(request, response).catch((error) => response.destroy(error))
  })
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const signer = verifyRequest(
      {
        authority: request.headers.host ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
      },
      (appliance) => (appliance === key.appliance ? key.publicKey : undefined),
      Date.now(),
    )
    const reply = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (isFailure(signer)) {
      refused++
      return reply(401, signer)
    }
    if (request.url === STATUS_PATH) {
      statuses.push(JSON.parse(body.toString()))
      return reply(200, {})
    }
    if (request.url !== BATCH_PATH) return reply(404, {})
    const { status, body: value } = takeBatch(JSON.parse(body.toString()))
    return reply(status, value)
  }
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    batches,
    statuses,
    refused: () => refused,
    rows: (lane, epoch = newest()) =>
      [...rowsOf(epoch)[lane].values()].toSorted((a, b) => a.sequence - b.sequence),
    epochs: () => [...epochs.keys()],
    events: (lane) => {
      const events = new Map<string, StoredEvent>()
      for (const rows of epochs.values())
        for (const row of rows[lane].values())
          if (row.revision >= (events.get(row.id)?.revision ?? 0)) events.set(row.id, row)
      return events
    },
    restore: (lane, sequence) => {
      const rows = rowsOf(newest())[lane]
      for (const at of rows.keys()) if (at > sequence) rows.delete(at)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function markOf(rows: ReadonlyMap<number, StoredEvent>): number {
  let mark = 0
  while (rows.has(mark + 1)) mark++
  return mark
}
