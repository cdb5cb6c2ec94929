import { z } from 'zod'

/** A count or size. */
export const count: z.ZodType<number> = z.number().int().nonnegative()
/** Milliseconds since the epoch, up to the year 2200. */
export const instant: z.ZodType<number> = z.number().int().min(0).max(7_258_118_400_000)
/** A ratio between 0 and 1. */
export const ratio: z.ZodType<number> = z.number().min(0).max(1)
/** Milliseconds of a round trip, fractions allowed. */
export const roundTrip: z.ZodType<number> = z.number().min(0).max(600_000)
/** A name of ours: category, theme, severity, group, epoch. */
export const word: z.ZodType<string> = z.string().min(1).max(100)
/** A key that may stand in an address. */
export const key: z.ZodType<string> = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
/** One line for people; hostile text. Generous: an event that is refused holds up those behind it. */
export const line: z.ZodType<string> = z.string().max(2000)
/** A looked-up name in presentation form: 255 octets, each escaped at worst as `\ddd`. */
export const dnsName: z.ZodType<string> = z.string().min(1).max(1024)
