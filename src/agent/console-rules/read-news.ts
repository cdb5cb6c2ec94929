import { z } from 'zod'
import {
  type BoxTask,
  type PolicyNews,
  RULE_TEXT_MAX,
  TASKS_MAX,
  type WhyAsked,
} from '#domain/console-rules.ts'
import { type Failure, failure } from '#domain/failure.ts'
import { RELEASE_MINUTES_MAX, type ReleaseAsked } from '#domain/release-told.ts'
import { ANSWER_CHARS_MAX } from '../requests/request-file.ts'
import { parseJson, ruleListSchema, timetableSchema, toldSchema } from './read-rules.ts'

const word = z.string().min(1).max(RULE_TEXT_MAX)
const task = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

const asked: z.ZodType<WhyAsked> = z.object({
  name: z.string().min(1).max(1024),
  type: word,
  client: word.exactOptional(),
  group: word.exactOptional(),
  at: word.exactOptional(),
})

const releaseAsked: z.ZodType<ReleaseAsked> = z.object({
  group: word,
  target: z.object({ kind: z.enum(['category', 'name']), value: z.string().min(1).max(1024) }),
  minutes: z.int().min(1).max(RELEASE_MINUTES_MAX),
  reason: word,
  who: word,
})

const boxTask: z.ZodType<BoxTask> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preview'), task, rules: ruleListSchema }),
  z.object({
    kind: z.literal('check'),
    task,
    rules: ruleListSchema,
    timetable: timetableSchema.exactOptional(),
  }),
  z.object({ kind: z.literal('why'), task, asked }),
  z.object({ kind: z.literal('release'), task, asked: releaseAsked }),
  z.object({ kind: z.literal('end-release'), task, release: task, who: word }),
  z.object({
    kind: z.literal('close-request'),
    task,
    request: z.string().min(1).max(20),
    who: word,
    answer: z.string().min(1).max(ANSWER_CHARS_MAX),
  }),
])

const newsSchema: z.ZodType<PolicyNews> = z.object({
  v: z.literal(1),
  rules: toldSchema.exactOptional(),
  tasks: z.array(boxTask).max(TASKS_MAX),
})

/** Reads the collector's answer to a poll; what is not exactly news is refused. Never throws. */
export function readNews(text: string): PolicyNews | Failure<'bad-news'> {
  const news = newsSchema.safeParse(parseJson(text))
  return news.success
    ? news.data
    : failure('bad-news', 'the collector answered a poll with what is not understood')
}
