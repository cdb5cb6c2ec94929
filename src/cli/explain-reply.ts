import { z } from 'zod'

export interface ExplainReply {
  readonly name: string
  readonly type: string
  readonly group: string
  readonly time: string
  readonly stages: readonly { readonly stage: string; readonly say: string }[]
  readonly verdict: string
  readonly reason: string
}

export const explainReply: z.ZodType<ExplainReply> = z.object({
  name: z.string(),
  type: z.string(),
  group: z.string(),
  time: z.string(),
  stages: z.array(z.object({ stage: z.string(), say: z.string() })),
  verdict: z.string(),
  reason: z.string(),
})
