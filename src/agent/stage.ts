import type { Answer, Query } from './query.ts'

export type MaybePromise<T> = T | Promise<T>

/** Answers a query: at once, or later where an upstream must be asked. Never rejects. */
export type Resolve = (query: Query) => MaybePromise<Answer>

/** One step: it answers, or it hands on to `next`, and it knows nothing of what stands before it. */
export type Stage = (next: Resolve) => Resolve

/**
 * Does `f` when the answer to `query` is there, without making a promise or a closure where it is there already: a stage that
 * answers at once returns the query's own answer.
 */
export function whenAnswered(
  answer: MaybePromise<Answer>,
  query: Query,
  f: (query: Query, answer: Answer) => MaybePromise<Answer>,
): MaybePromise<Answer> {
  if (answer === query.answer) return f(query, query.answer)
  return Promise.resolve(answer).then((later) => f(query, later))
}
