import { z } from 'zod'

/** Of the collector. */
export const collectorReply: z.ZodType<{ readonly consoleUrl: string }> = z.object({
  consoleUrl: z.string(),
})

export const signInReply: z.ZodType<{ readonly code: string }> = z.object({
  code: z.string().max(64),
})
