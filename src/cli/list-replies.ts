import { z } from 'zod'

/** A list as it is shown; every text in it may be hostile. */
export interface ListReply {
  readonly id: string
  readonly title: string
  readonly licence: string
  readonly source: string
  readonly from: string
  readonly isSigned: boolean
  readonly state: string
  readonly isStale: boolean
  readonly inForce?:
    | {
        readonly version: string
        readonly names: number
        readonly updatedAt: number
        readonly refusedLines: number
        readonly refused: readonly {
          readonly line: number
          readonly text: string
          readonly reason: string
        }[]
        readonly guards: readonly string[]
        readonly url?: string | undefined
      }
    | undefined
  readonly held?: { readonly version: string; readonly names: number } | undefined
  readonly confirmedAt?: number | undefined
  readonly triedAt?: number | undefined
  readonly nextAt?: number | undefined
  readonly fault?: { readonly detail: string; readonly since: number } | undefined
  readonly advice: string
}

export const listReply: z.ZodType<ListReply> = z.object({
  id: z.string(),
  title: z.string(),
  licence: z.string(),
  source: z.string(),
  from: z.string(),
  isSigned: z.boolean(),
  state: z.string(),
  isStale: z.boolean(),
  inForce: z
    .object({
      version: z.string(),
      names: z.number(),
      updatedAt: z.number(),
      refusedLines: z.number(),
      refused: z.array(z.object({ line: z.number(), text: z.string(), reason: z.string() })),
      guards: z.array(z.string()),
      url: z.string().optional(),
    })
    .optional(),
  held: z.object({ version: z.string(), names: z.number() }).optional(),
  confirmedAt: z.number().optional(),
  triedAt: z.number().optional(),
  nextAt: z.number().optional(),
  fault: z.object({ detail: z.string(), since: z.number() }).optional(),
  advice: z.string(),
})

export const listsReply: z.ZodType<{ readonly lists: readonly ListReply[] }> = z.object({
  lists: z.array(listReply),
})
