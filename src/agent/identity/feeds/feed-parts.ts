import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Faults } from '../../faults.ts'
import type { TellSighting } from '../sighting.ts'

/** What every source of sightings is given. */
export interface FeedParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly faults: Pick<Faults, 'add'>
  readonly tell: TellSighting
}
