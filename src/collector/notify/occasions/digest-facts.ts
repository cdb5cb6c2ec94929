import { z } from 'zod'
import type { DigestCounts } from '../words.ts'

const count = z.number()
const schema = z.object({
  opened: z.object({ critical: count, urgent: count, high: count, medium: count, low: count }),
  unacknowledged: count,
  untilMs: count.exactOptional(),
  boxes: z.object({ heard: count, of: count }).exactOptional(),
  drill: z.object({ confirmed: count, asked: count }).exactOptional(),
})

/** Reads the counts as they were when the digest was made. Throws for a row that is not ours. */
export function parseFacts(text: string): DigestCounts {
  return schema.parse(JSON.parse(text))
}
