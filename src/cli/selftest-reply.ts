import { z } from 'zod'

export interface CheckReply {
  readonly check: string
  readonly group?: string | undefined
  readonly way?: string | undefined
  readonly passed: number
  readonly failed: readonly string[]
  readonly unknown: readonly string[]
}

export interface SelftestReply {
  readonly at: number
  readonly tookMs: number
  readonly passed: number
  readonly failed: number
  readonly unknown: number
  readonly checks: readonly CheckReply[]
}

/** How many checks came out how. */
export const counted: Readonly<Record<'passed' | 'failed' | 'unknown', z.ZodNumber>> = {
  passed: z.number(),
  failed: z.number(),
  unknown: z.number(),
}

export const selftestReply: z.ZodType<SelftestReply> = z.object({
  at: z.number(),
  tookMs: z.number(),
  ...counted,
  checks: z.array(
    z.object({
      check: z.string(),
      group: z.string().optional(),
      way: z.string().optional(),
      passed: z.number(),
      failed: z.array(z.string()),
      unknown: z.array(z.string()),
    }),
  ),
})
