import { z } from 'zod'
import { isSafeguarding, type Lane } from '#domain/event.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { BatchReceipt, Enrolment } from '#domain/ingest.ts'
import type { Refusal } from '../metrics/collector-metrics.ts'
import type { BatchTaken, IncomingEvent } from '../store/collector-store.ts'
import { batchSchema } from './batch-schema.ts'
import { canonicalHash } from './canonical-json.ts'
import type { IngestDeps } from './ingest-routes.ts'

const rawBatch = z.object({ events: z.array(z.record(z.string(), z.unknown())) })

/** Checks a batch, stores it whole or not at all, and answers only after the commit. */
export async function takeBatch(
  { tenant, appliance }: Enrolment,
  body: unknown,
  deps: Pick<IngestDeps, 'store' | 'clock' | 'metrics' | 'log' | 'publish' | 'stored'>,
): Promise<BatchReceipt | Failure<Refusal>> {
  const { store, clock, metrics, publish } = deps
  const receivedAt = clock.wallMs()
  const refuse = async (kind: string, subject: string, detail: string): Promise<void> => {
    await store.noteFault({ tenant, appliance }, { kind, subject, detail }, receivedAt)
    deps.log.warn({ appliance, kind, detail }, 'batch refused')
    publish({ kind: 'appliance', id: appliance })
  }
  const parsed = batchSchema.safeParse(body)
  if (!parsed.success) {
    const detail = z.prettifyError(parsed.error).slice(0, 1000)
    await refuse('malformed-batch', 'batch', `A batch was refused: ${detail}`)
    return failure('malformed', detail)
  }
  const batch = parsed.data
  if (batch.appliance !== appliance)
    return failure('other-appliance', 'batch is of another appliance than its signature')
  const events = withHashes(batch.events, rawBatch.parse(body).events)
  if (isFailure(events)) return events
  const taken = await store.takeBatch({ tenant, appliance, epoch: batch.epoch, events, receivedAt })
  if (isFailure(taken)) {
    await refuse(taken.failure, `${batch.epoch} ${taken.detail}`, taken.detail)
    return failure('conflict', taken.detail)
  }
  metrics.batchStored(countByLane(taken), taken.repeated)
  tell(taken, appliance, publish)
  deps.stored()
  return { epoch: batch.epoch, marks: taken.marks }
}

/** Hashes are over what came, not over what was understood of it. */
function withHashes(
  events: readonly IncomingEvent['event'][],
  raw: readonly Readonly<Record<string, unknown>>[],
): readonly IncomingEvent[] | Failure<'malformed'> {
  const hashed: IncomingEvent[] = []
  for (const [index, event] of events.entries()) {
    const row = raw[index] ?? {}
    const { id, revision, at, body } = row
    const rowHash = canonicalHash(row)
    const draftHash = canonicalHash({ id, revision, at, body })
    if (isFailure(rowHash)) return failure('malformed', rowHash.detail)
    if (isFailure(draftHash)) return failure('malformed', draftHash.detail)
    hashed.push({ event, rowHash, draftHash })
  }
  return hashed
}

function countByLane({ stored }: BatchTaken): Record<Lane, number> {
  const safeguarding = stored.filter(({ body }) => isSafeguarding(body)).length
  return { safeguarding, operations: stored.length - safeguarding }
}

/** Open pages hear of every safeguarding event, and once of the box. */
function tell(
  { stored }: BatchTaken,
  appliance: string,
  publish: (change: { kind: 'event' | 'appliance'; id: string }) => void,
): void {
  if (stored.length > 0) publish({ kind: 'appliance', id: appliance })
  for (const { id, body } of stored) if (isSafeguarding(body)) publish({ kind: 'event', id })
}
