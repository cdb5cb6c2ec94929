import { randomWord } from '#platform/random.ts'
import { ClientCounts } from '../client-counts.ts'
import type { Limits } from '../policy/limits.ts'
import { ClientRates } from './client-rates.ts'
import { ZoneLimits } from './zone-limits.ts'

/** What one client or zone may ask. */
export type ClientLimitValues = Pick<
  Limits,
  | 'clientQueriesPerSecond'
  | 'clientQueryBurst'
  | 'clientQueriesWaiting'
  | 'queriesInFlight'
  | 'zoneQuestionsInFlight'
  | 'zoneMissesPerSecond'
>

/** What holds the clients of one thread to their limits. */
export interface ClientLimits {
  readonly rates: ClientRates
  readonly waiting: ClientCounts
  readonly zones: ZoneLimits
}

/** `memory` is where all threads count the questions of zones, each on its own side: see `makeZoneMemory`. */
export function makeClientLimits(
  values: ClientLimitValues,
  memory: SharedArrayBuffer,
  side: number,
): ClientLimits {
  return {
    rates: new ClientRates(values, (randomWord() << 16) | randomWord()),
    waiting: new ClientCounts(values.clientQueriesWaiting),
    zones: new ZoneLimits(memory, side, values),
  }
}
