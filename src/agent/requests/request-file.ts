import { z } from 'zod'
import { type Failure, failure } from '#domain/failure.ts'
import { isCategoryId } from '#rules/category-ids.ts'
import { parseDomainName } from '#rules/domain-name.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { UnblockRequest } from './unblock-request.ts'

/** Requests that wait at the same time. */
export const OPEN_MAX = 200
/** Of one client. */
export const OPEN_PER_CLIENT_MAX = 10
/** Closed requests kept, so that whoever asked can read the answer. */
export const CLOSED_MAX = 200
export const ANSWER_CHARS_MAX = 300
/** Of the title of a list. */
export const LIST_CHARS_MAX = 200

const word = z.string().min(1).max(200)
const requestSchema = z.strictObject({
  reference: z.string().regex(/^[A-Z0-9-]{1,20}$/),
  event: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  client: word,
  group: word,
  name: z.string().max(1024),
  category: z.string().max(100).optional(),
  list: z.string().max(LIST_CHARS_MAX).optional(),
  why: z.string().max(500),
  lesson: z.string().max(100).optional(),
  minutes: z.int().optional(),
  count: z.int().positive(),
  firstAt: z.number(),
  lastAt: z.number(),
  closed: z
    .strictObject({ at: z.number(), who: word, answer: z.string().max(ANSWER_CHARS_MAX) })
    .optional(),
})
const fileSchema = z.strictObject({
  v: z.literal(1),
  requests: z.array(requestSchema).max(OPEN_MAX + CLOSED_MAX),
})

/** What is kept of requests over a restart. */
export function writeRequests(requests: readonly UnblockRequest[]): string {
  return `${JSON.stringify({ v: 1, requests })}\n`
}

/** Reads what `writeRequests` wrote. Never throws. */
export function readRequests(text: string): readonly UnblockRequest[] | Failure<'bad-requests'> {
  const parsed = fileSchema.safeParse(parseJson(text))
  if (!parsed.success) return failure('bad-requests', 'the file of requests is not understood')
  return parsed.data.requests.flatMap((request) => {
    const name = parseDomainName(request.name)
    if (isRuleFailure(name)) return []
    const { category } = request
    return [
      {
        ...request,
        name,
        category: category !== undefined && isCategoryId(category) ? category : undefined,
      },
    ]
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
