import { failure } from '#domain/failure.ts'
import type { ExchangeFailure } from './exchange.ts'

/** The outcome of a promise that never rejects, or a failure where it takes longer. */
export function withinTime<T>(
  outcome: Promise<T | ExchangeFailure>,
  timeoutMs: number,
): Promise<T | ExchangeFailure> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(failure('timeout', 'no connection in time')), timeoutMs)
    outcome.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      () => undefined,
    )
  })
}
