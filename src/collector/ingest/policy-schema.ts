import { z } from 'zod'
import {
  type BoxAnswer,
  type BoxReply,
  type PolicyPoll,
  type PreviewTold,
  type WhyTold,
} from '#domain/console-rules.ts'
import {
  DAY_RANGES_MAX,
  DAYS_KINDS,
  PERIOD_KINDS,
  PERIODS_MAX,
  type TimetableState,
} from '#domain/console-timetable.ts'
import { RELEASE_FIELDS, type ReleaseTold } from '#domain/release-told.ts'
import { count, dnsName, instant, key, line, word } from './text-limits.ts'

const GROUPS_MAX = 64
const PROBLEMS_MAX = 20
const STAGES_MAX = 40
/** A stage of a look-up names every rule that covers it. */
const SAY_MAX = 8000
const NAME_MAX = 200

const problems = z.array(line).max(PROBLEMS_MAX)

/** A file may have longer names than the console takes. */
const name = z.string().transform((text) => text.slice(0, NAME_MAX))
const timetable: z.ZodType<TimetableState> = z.discriminatedUnion('source', [
  z.object({ source: z.literal('console') }),
  z.object({
    source: z.literal('file'),
    timetable: z.object({
      periods: z
        .array(z.object({ day: word, kind: z.enum(PERIOD_KINDS), name, from: word, to: word }))
        .max(PERIODS_MAX),
      days: z
        .array(z.object({ kind: z.enum(DAYS_KINDS), from: word, to: word, name }))
        .max(DAY_RANGES_MAX),
    }),
    problems,
  }),
])

/** What a box says when it asks for news. */
export const pollSchema: z.ZodType<PolicyPoll> = z.object({
  v: z.literal(1),
  appliance: key,
  inForce: z.object({ id: key, version: count }).exactOptional(),
  refused: z.object({ id: key, problems }).exactOptional(),
  groups: z.array(word).max(GROUPS_MAX),
  timetable: timetable.exactOptional(),
})

const preview = {
  changes: z.array(z.object({ group: word, lookups: count })).max(GROUPS_MAX),
  days: count,
  isWhole: z.boolean(),
} satisfies { readonly [K in keyof PreviewTold]-?: z.ZodType }

const say = z.string().transform((text) => text.slice(0, SAY_MAX))

const why: z.ZodType<WhyTold> = z.object({
  name: dnsName,
  type: word,
  group: word,
  time: line,
  stages: z.array(z.object({ stage: word, say })).max(STAGES_MAX),
  verdict: word,
  reason: say,
})

const release: z.ZodType<ReleaseTold> = z.object({
  id: key,
  group: word,
  target: z.object({ kind: z.enum(['category', 'name']), value: dnsName }),
  reason: line,
  who: line,
  grantedAt: instant,
  endsAt: instant,
})

const answer: z.ZodType<BoxAnswer> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('previewed'), ...preview }),
  z.object({ kind: z.literal('checked'), problems }),
  z.object({ kind: z.literal('explained'), why }),
  z.object({ kind: z.literal('closed') }),
  z.object({ kind: z.literal('released'), release }),
  z.object({ kind: z.literal('release-refused'), about: z.enum(RELEASE_FIELDS), detail: line }),
  z.object({ kind: z.literal('release-ended') }),
  z.object({ kind: z.literal('failed'), detail: line }),
])

/** What a box made of something that it was asked to do. */
export const replySchema: z.ZodType<BoxReply> = z.object({
  v: z.literal(1),
  appliance: key,
  task: key,
  answer,
})
