import type { Answer, Query } from './query.ts'

export type MaybePromise<T> = T | Promise<T>

/** Answers a query: at once, or later where an upstream must be asked. Never rejects. */
export type Resolve = (query: Query) => MaybePromise<Answer>

/** One step: it answers, or it hands on to `next`, and it knows nothing of what stands before it. */
export type Stage = (next: Resolve) => Resolve

/** Does `f` when the answer is there, without making a promise of an answer that is there already. */
export function whenAnswered(
  answer: MaybePromise<Answer>,
  f: (answer: Answer) => MaybePromise<Answer>,
): MaybePromise<Answer> {
  return answer instanceof Promise ? answer.then(f) : f(answer)
}
