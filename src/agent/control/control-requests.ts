import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import type { ExplainRequest, RevealRequest } from './control-api.ts'

export const REVEALED_MAX = 500
const WORD_CHARS_MAX = 200
/** Presentation form takes up to four characters a byte (RFC 1035 section 5.1). */
const NAME_CHARS_MAX = 1024

const word = z.string().min(1).max(WORD_CHARS_MAX)

const explainSchema = z.strictObject({
  name: z.string().min(1).max(NAME_CHARS_MAX),
  type: word,
  client: word.exactOptional(),
  group: word.exactOptional(),
})

const revealSchema = z.strictObject({
  who: word,
  reason: z.string().trim().min(5).max(WORD_CHARS_MAX),
  limit: z.int().min(1).max(REVEALED_MAX),
})

/** Reads the body of an `explain`. Never throws. */
export function readExplainRequest(body: unknown): ExplainRequest | Failure<'bad-request'> {
  const { data, error } = explainSchema.safeParse(body)
  if (!data) return badRequest(error)
  if (data.client === undefined || data.group === undefined) return data
  return failure('bad-request', 'client and group cannot both be given')
}

/** Reads the body of a `reveal`. Never throws. */
export function readRevealRequest(body: unknown): RevealRequest | Failure<'bad-request'> {
  const { data, error } = revealSchema.safeParse(body)
  return data ?? badRequest(error)
}

function badRequest(error: z.ZodError): Failure<'bad-request'> {
  const words = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return failure('bad-request', words.join('; '))
}
