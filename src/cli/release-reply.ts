import { z } from 'zod'

export interface ReleaseReply {
  readonly id: string
  readonly group: string
  readonly target: string
  readonly reason: string
  readonly who: string
  readonly until: string
  readonly counts: boolean
}

export const releaseReply: z.ZodType<ReleaseReply> = z.object({
  id: z.string(),
  group: z.string(),
  target: z.string(),
  reason: z.string(),
  who: z.string(),
  until: z.string(),
  counts: z.boolean(),
})

export const releasesReply: z.ZodType<{ readonly releases: readonly ReleaseReply[] }> = z.object({
  releases: z.array(releaseReply),
})
