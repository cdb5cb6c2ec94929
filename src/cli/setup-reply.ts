import { z } from 'zod'

export interface SetupReply {
  readonly items: readonly {
    readonly item: string
    readonly state: string
    readonly say: string
    readonly remedy: string
  }[]
}

export const setupReply: z.ZodType<SetupReply> = z.object({
  items: z.array(
    z.object({ item: z.string(), state: z.string(), say: z.string(), remedy: z.string() }),
  ),
})
