import type { z } from 'zod'
import { block, flag, integer } from '../fields.ts'

export interface SignalsSection {
  readonly enabled?: boolean | undefined
}

/** `signals`: whether lookups are looked at together, for what they may mean of a child. */
export const signalsSection: z.ZodType<SignalsSection> = block({ enabled: flag().optional() })

export interface QueriesSection {
  readonly enabled?: boolean | undefined
  readonly 'keep-days'?: number | undefined
}

export const KEEP_DAYS = { default: 7, min: 1, max: 30 } as const

/** `queries`: the log of lookups, which stays on this box. */
export const queriesSection: z.ZodType<QueriesSection> = block({
  enabled: flag().optional(),
  'keep-days': integer(KEEP_DAYS.min, KEEP_DAYS.max).optional(),
})
