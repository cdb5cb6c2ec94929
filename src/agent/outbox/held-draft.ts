import { type EventDraft, type Lane, laneOf } from '#domain/event.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { processMonotonicMs } from '#platform/process-clock.ts'

/** A draft on its way to the store: checked, its body as JSON, so that nothing about it can make a transaction fail. */
export interface HeldDraft {
  readonly lane: Lane
  readonly id: string
  readonly revision: number
  readonly at: number
  readonly body: string
  /** When it was handed over, on the process's monotonic clock. */
  readonly handedMs: number
}

const ID_LENGTH_MAX = 64

/** Checks a draft and takes its time of hand-over. Never throws. */
export function holdDraft(
  { id, revision, at, body }: EventDraft,
  bytesMax: number,
): HeldDraft | Failure<'bad-draft' | 'draft-too-large'> {
  if (id.length === 0 || id.length > ID_LENGTH_MAX)
    return failure('bad-draft', 'id has a bad length')
  if (!Number.isSafeInteger(revision) || revision < 1)
    return failure('bad-draft', 'revision is not a whole number from 1')
  if (!Number.isFinite(at)) return failure('bad-draft', 'time is not a number')
  const text = JSON.stringify(body)
  if (Buffer.byteLength(text) > bytesMax)
    return failure('draft-too-large', `body of kind ${body.kind} is over ${bytesMax} bytes`)
  const handedMs = processMonotonicMs()
  return { lane: laneOf(body), id, revision, at: Math.trunc(at), body: text, handedMs }
}
