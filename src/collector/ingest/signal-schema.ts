import { z } from 'zod'
import {
  CONTEXT_NAMES_MAX,
  INTENT_REASONS,
  MOMENTS,
  SCORE_PARTS,
  type ScorePart,
  type Signal,
  type SignalContext,
} from '#domain/signal.ts'
import { count, dnsName, instant } from './text-limits.ts'

/** A box that counts a part twice is wrong, but not dangerous. */
const PARTS_MAX = 2 * SCORE_PARTS.length
const points = z.number().min(-100_000).max(100_000)

/** What a score is made of. */
const part: z.ZodType<ScorePart> = z.object({ part: z.enum(SCORE_PARTS), value: points })

const context: z.ZodType<SignalContext> = z.object({
  names: z
    .array(z.object({ name: dnsName, at: instant, isBlocked: z.boolean() }))
    .max(CONTEXT_NAMES_MAX),
  others: count,
  fromMs: instant,
  toMs: instant,
})

/** What a box makes of the lookups of an event, for the ingest of events. */
export const signal: z.ZodType<Signal> = z.object({
  weights: count,
  intent: z.number().min(0).max(100),
  why: z.enum(INTENT_REASONS),
  moment: z.enum(MOMENTS),
  distinctNames: count,
  site: dnsName.exactOptional(),
  isNew: z.boolean(),
  wayRoundAfterSeconds: count.exactOptional(),
  parts: z.array(part).max(PARTS_MAX),
  points,
  context: context.exactOptional(),
})
