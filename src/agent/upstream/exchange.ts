import type { Failure } from '#domain/failure.ts'

/**
 * `flooded`: so much has come that answers nothing that what is still to come is not waited for: no word on the upstream.
 * `closed`: a connection that was in use before ended without the answer, which may be had on another (RFC 7766 section 6.2.4).
 */
export type ExchangeFailure = Failure<
  'timeout' | 'unreachable' | 'malformed-answer' | 'closed' | 'busy' | 'flooded'
>

/** Makes the query message for an id: whoever sends it knows which ids are free. */
export type WriteQuery = (id: number) => Buffer

/** A way to one upstream that is kept open between questions. */
export interface Channel {
  /** Resolves with a message that answers the query. Never rejects. */
  readonly ask: (write: WriteQuery, timeoutMs: number) => Promise<Buffer | ExchangeFailure>
  readonly close: () => void
}
