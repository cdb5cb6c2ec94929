import type { ExtendedError } from './answer-writer.ts'
import { EDE, RCODE } from './constants.ts'

/** How old a stored answer is: seconds while its TTLs last, or `stale` when they are over and nothing newer is to be had. */
export type AnswerAge = number | 'stale'

/** Long enough to spare the upstreams, short enough for the newer answer to be noticed soon (RFC 8767 section 4). */
const STALE_TTL_SECONDS = 30

/** What is left of a record's TTL. */
export function ttlLeft(ttlSeconds: number, age: AnswerAge): number {
  return age === 'stale' ? STALE_TTL_SECONDS : Math.max(0, ttlSeconds - age)
}

const STALE: ExtendedError = { code: EDE.STALE_ANSWER, text: 'the upstreams do not answer' }
const STALE_NXDOMAIN: ExtendedError = { ...STALE, code: EDE.STALE_NXDOMAIN }

/** What a stale answer says of itself (RFC 8914 sections 4.4 and 4.20). */
export function ageError(rcode: number, age: AnswerAge): ExtendedError | undefined {
  if (age !== 'stale') return undefined
  return rcode === RCODE.NXDOMAIN ? STALE_NXDOMAIN : STALE
}
