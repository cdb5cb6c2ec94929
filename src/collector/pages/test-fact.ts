import type { Fact } from '#console/alert-views.ts'
import { alertFacts as words } from '#console/words/alert-facts.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import type { AlertEvent } from '../alerts/alert-reads.ts'

/** Says of an alert that is of made-up names alone that somebody tried the filter. */
export function testFact(events: readonly Pick<AlertEvent, 'body'>[]): readonly Fact[] {
  const isTest = events.length > 0 && events.every(({ body }) => body.list === CANARIES_LIST)
  return isTest ? [{ key: words.test, value: words.testText }] : []
}
