import { type Failure, failure } from '#domain/failure.ts'
import type { RevealQuery } from './store-messages.ts'

const WHO_LENGTH_MAX = 100
const REASON_LENGTH_MIN = 3
const REASON_LENGTH_MAX = 500

/** Says what is wrong with a wish to read event detail, or undefined. */
export function badQuery(
  { who, reason, limit }: RevealQuery,
  rowsMax: number,
): Failure<'bad-query'> | undefined {
  if (who.trim() === '' || who.length > WHO_LENGTH_MAX)
    return failure('bad-query', `say who reads, in 1 to ${WHO_LENGTH_MAX} characters`)
  if (reason.trim().length < REASON_LENGTH_MIN || reason.length > REASON_LENGTH_MAX)
    return failure(
      'bad-query',
      `say why, in ${REASON_LENGTH_MIN} to ${REASON_LENGTH_MAX} characters`,
    )
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > rowsMax)
    return failure('bad-query', `ask for 1 to ${rowsMax} events`)
  return undefined
}
