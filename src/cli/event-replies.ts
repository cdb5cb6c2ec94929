import { z } from 'zod'

export interface CountsReply {
  readonly rows: readonly {
    readonly day: string
    readonly category: string
    readonly events: number
    readonly lookups: number
  }[]
  readonly waiting: number
}

/** A safeguarding event as it is shown: a name is absent where only its hash is kept. */
export interface RevealedReply {
  readonly at: number
  readonly body: {
    readonly group: string
    readonly category: string
    readonly client: { readonly address: string; readonly device?: string | undefined }
    readonly name: { readonly name?: string | undefined }
    readonly count: number
  }
}

export const countsReply: z.ZodType<CountsReply> = z.object({
  rows: z.array(
    z.object({ day: z.string(), category: z.string(), events: z.number(), lookups: z.number() }),
  ),
  waiting: z.number(),
})

export const revealReply: z.ZodType<{ readonly events: readonly RevealedReply[] }> = z.object({
  events: z.array(
    z.object({
      at: z.number(),
      body: z.object({
        group: z.string(),
        category: z.string(),
        client: z.object({ address: z.string(), device: z.string().optional() }),
        name: z.object({ name: z.string().optional() }),
        count: z.number(),
      }),
    }),
  ),
})
