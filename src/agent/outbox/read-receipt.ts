import { LANES } from '#domain/event.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { BatchReceipt } from '#domain/ingest.ts'

/** Reads the collector's answer to a batch; what is not exactly a receipt is refused. */
export function readReceipt(text: string): BatchReceipt | Failure<'bad-receipt'> {
  const bad = failure('bad-receipt', 'the collector answered 200 but not with a receipt')
  const value = parseObject(text)
  const marks = objectOf(value?.['marks'])
  const epoch = value?.['epoch']
  if (typeof epoch !== 'string' || !marks) return bad
  const [safeguarding, operations] = LANES.map((lane) => marks[lane])
  if (!isMark(safeguarding) || !isMark(operations)) return bad
  return { epoch, marks: { safeguarding, operations } }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? { ...value } : undefined
}

function isMark(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
