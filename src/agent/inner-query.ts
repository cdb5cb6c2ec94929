import type { QueryView } from '#wire/query-view.ts'
import { type Question, writeUpstreamQuery } from '#wire/upstream-query.ts'
import { Query } from './query.ts'

/** A question of our own for the same client, which goes on whatever becomes of the client's. */
export function innerQuery(query: Query, question: Question): Query {
  const inner = new Query()
  inner.begin(query.transport, query.clientAddress)
  inner.client = query.client
  inner.tries = query.tries
  inner.waitedMs = query.waitedMs
  inner.isByTcp = query.isByTcp
  inner.startedAtMs = query.startedAtMs
  const message = writeUpstreamQuery(question, 0, { marks: query.view.marks() })
  inner.view.parse(message, 0, message.length)
  return inner
}

/** A copy of what is asked, for it outlives the reused view's buffer; the client's own spelling does not go upstream. */
export function questionOf(view: QueryView): Question {
  return {
    name: Buffer.from(view.name.subarray(0, view.nameLength)),
    type: view.type,
    isDnssecOk: view.isDnssecOk,
    isCheckingDisabled: view.isCheckingDisabled,
    marks: view.marks(),
  }
}
