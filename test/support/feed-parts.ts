/** What a source of sightings is given, kept for the test to look at. */
import type { FeedParts } from '#agent/identity/feeds/feed-parts.ts'
import type { Sighting } from '#agent/identity/sighting.ts'
import { type Clock, systemClock } from '#platform/clock.ts'

export interface TestFeedParts extends FeedParts {
  /** All that was told, in its order. */
  readonly told: Sighting[]
  /** Faults and log lines as text. */
  readonly said: string[]
}

export function testFeedParts(clock: Clock = systemClock): TestFeedParts {
  const told: Sighting[] = []
  const said: string[] = []
  const log = (...words: readonly unknown[]): void => {
    said.push(JSON.stringify(words))
  }
  return {
    clock,
    told,
    said,
    log: { info: log, warn: log },
    faults: { add: (part, text) => said.push(`${part}: ${text}`) },
    tell: (sighting) => told.push(sighting),
  }
}
