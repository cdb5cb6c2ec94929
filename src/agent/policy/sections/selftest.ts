import type { z } from 'zod'
import { address, block, integer, listOf } from '../fields.ts'
import { FILE_LIMITS } from '../limits.ts'

interface ResolverSection {
  readonly address: string
  readonly port?: number | undefined
}

export interface SelftestSection {
  readonly 'leak-resolvers'?: readonly ResolverSection[] | undefined
}

/** `selftest`: what the hourly self-test may ask beyond this box. */
export const selftestSection: z.ZodType<SelftestSection> = block({
  'leak-resolvers': listOf(
    block({ address: address(), port: integer(1, 65_535).optional() }),
    'resolvers',
    FILE_LIMITS.leakResolvers,
  ).optional(),
})
