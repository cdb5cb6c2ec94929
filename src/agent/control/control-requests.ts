import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX } from '#domain/release-told.ts'
import type { QueriesRequest } from '../queries/read-queries.ts'
import { ANSWER_CHARS_MAX } from '../requests/request-file.ts'
import type {
  AcceptRequest,
  CloseRequest,
  EndReleaseRequest,
  ExplainRequest,
  FlushRequest,
  GrantRequest,
  RefreshRequest,
  RevealRequest,
  SelftestRequest,
} from './control-api.ts'

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
  at: word.exactOptional(),
})

const revealSchema = z.strictObject({
  who: word,
  reason: z.string().trim().min(5).max(WORD_CHARS_MAX),
  limit: z.int().min(1).max(REVEALED_MAX),
})

const grantSchema = z.strictObject({
  group: word,
  target: z.strictObject({
    kind: z.enum(['category', 'name']),
    value: z.string().min(1).max(NAME_CHARS_MAX),
  }),
  minutes: z.int().min(1).max(RELEASE_MINUTES_MAX),
  reason: z.string().trim().min(5).max(WORD_CHARS_MAX),
  who: word,
})

const endSchema = z.strictObject({ id: word, who: word })
const refreshSchema = z.strictObject({ id: word })
const acceptSchema = z.strictObject({ id: word, who: word })

const closeSchema = z.strictObject({
  reference: z.string().min(1).max(20),
  who: word,
  answer: z.string().trim().min(2).max(ANSWER_CHARS_MAX),
})

const flushSchema = z.union(
  [
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ name: z.string().min(1).max(NAME_CHARS_MAX), below: z.boolean() }),
  ],
  { error: 'either all: true, or name and below' },
)

const queriesSchema = z.strictObject({
  who: word,
  reason: z.string().trim().min(5).max(WORD_CHARS_MAX),
  client: word.exactOptional(),
  name: z.string().min(1).max(NAME_CHARS_MAX).exactOptional(),
  from: word.exactOptional(),
  to: word.exactOptional(),
  limit: z.int().min(1).max(REVEALED_MAX),
})

const selftestSchema = z.strictObject({ group: word.exactOptional() })

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

/** Reads the granting of a release. Never throws. */
export function readGrantRequest(body: unknown): GrantRequest | Failure<'bad-request'> {
  const { data, error } = grantSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads the ending of a release. Never throws. */
export function readEndRequest(body: unknown): EndReleaseRequest | Failure<'bad-request'> {
  const { data, error } = endSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads the closing of a request to unblock. Never throws. */
export function readCloseRequest(body: unknown): CloseRequest | Failure<'bad-request'> {
  const { data, error } = closeSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads what a self-test is to try. Never throws. */
export function readSelftestRequest(body: unknown): SelftestRequest | Failure<'bad-request'> {
  const { data, error } = selftestSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads the asking for a list's new version. Never throws. */
export function readRefreshRequest(body: unknown): RefreshRequest | Failure<'bad-request'> {
  const { data, error } = refreshSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads the accepting of a list's version. Never throws. */
export function readAcceptRequest(body: unknown): AcceptRequest | Failure<'bad-request'> {
  const { data, error } = acceptSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads what is to be dropped from the caches. Never throws. */
export function readFlushRequest(body: unknown): FlushRequest | Failure<'bad-request'> {
  const { data, error } = flushSchema.safeParse(body)
  return data ?? badRequest(error)
}

/** Reads what is to be shown of the query log. Never throws. */
export function readQueriesRequest(body: unknown): QueriesRequest | Failure<'bad-request'> {
  const { data, error } = queriesSchema.safeParse(body)
  return data ?? badRequest(error)
}

function badRequest(error: z.ZodError): Failure<'bad-request'> {
  const words = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  return failure('bad-request', words.join('; '))
}
