import type { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'

/**
 * Reads an answer of a control socket by its schema, which has only what is shown: a newer agent may say more; an answer that lacks
 * something is a fault. Never throws.
 */
export function readReply<T>(schema: z.ZodType<T>, reply: unknown): T | Failure<'faulty'> {
  const { data, error } = schema.safeParse(reply)
  if (data !== undefined) return data
  const place = error?.issues[0]?.path.join('.') ?? ''
  return failure('faulty', `its answer is not understood (${place}); are both of one version?`)
}
