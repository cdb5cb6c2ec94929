import { type LocalAnswer, writeLocalAnswer } from '#wire/answer-writer.ts'
import type { Answer, Query, QueryResult } from './query.ts'

/** Answers from here and now, and says what became of the query. */
export function answerLocally(query: Query, result: QueryResult, answer: LocalAnswer): Answer {
  query.result = result
  return query.answer.setWritten(writeLocalAnswer(query.view, answer, query.answer.own))
}
