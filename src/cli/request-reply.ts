import { z } from 'zod'

export interface RequestReply {
  readonly reference: string
  readonly group: string
  readonly name: string
  readonly category?: string | undefined
  readonly why: string
  readonly lesson?: string | undefined
  readonly minutes?: number | undefined
  readonly count: number
  readonly firstAt: string
  readonly lastAt: string
  readonly closed?:
    | { readonly at: string; readonly who: string; readonly answer: string }
    | undefined
}

export const requestReply: z.ZodType<RequestReply> = z.object({
  reference: z.string(),
  group: z.string(),
  name: z.string(),
  category: z.string().optional(),
  why: z.string(),
  lesson: z.string().optional(),
  minutes: z.number().optional(),
  count: z.number(),
  firstAt: z.string(),
  lastAt: z.string(),
  closed: z.object({ at: z.string(), who: z.string(), answer: z.string() }).optional(),
})

export const requestsReply: z.ZodType<{ readonly requests: readonly RequestReply[] }> = z.object({
  requests: z.array(requestReply),
})
