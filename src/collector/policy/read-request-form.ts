import { z } from 'zod'
import type { PlainTime } from '#console/present/plain-time.ts'

/** What whoever asked reads; the box takes no longer one. */
export const ANSWER_MAX = 300
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const text = z.string().max(2000).catch('')
const nothing = { appliance: '', request: '', length: '', answer: '' }

/** An answer to a request to unblock as somebody wrote it. Hostile text. */
export interface RequestForm {
  readonly appliance: string
  readonly request: string
  /** See `endOfGrant`. */
  readonly length: string
  readonly answer: string
}

const schema: z.ZodType<RequestForm> = z.object({
  appliance: text,
  request: text,
  length: text,
  answer: text,
})

/** Never throws. */
export function readRequestForm(body: unknown): RequestForm {
  return schema.catch(nothing).parse(body)
}

/** When a grant ends: undefined for never; `none` where no length was chosen. */
export function endOfGrant(
  length: string,
  nowMs: number,
  time: PlainTime,
): number | undefined | 'none' {
  switch (length) {
    case 'hour':
      return nowMs + HOUR_MS
    case 'today':
      return time.dayStartMs(time.dayText(nowMs), 1)
    case 'week':
      return nowMs + 7 * DAY_MS
    case 'month':
      return nowMs + 28 * DAY_MS
    case 'ever':
      return undefined
    default:
      return 'none'
  }
}
