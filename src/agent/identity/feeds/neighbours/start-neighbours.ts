import type { ReadyIdentity } from '../../../policy/ready-identity.ts'
import type { IdentityFeed } from '../../sighting.ts'
import { type NeighbourParts, type NeighbourReadings, NeighbourWatch } from './neighbour-watch.ts'

export interface NeighbourFeed extends IdentityFeed {
  readonly readings: () => NeighbourReadings
  readonly use: (config: Pick<ReadyIdentity, 'neighbours'>) => void
}

/** Which MAC has which addresses, as the kernel knows by ARP (RFC 826) and ND (RFC 4861). */
export function startNeighbours(
  config: Pick<ReadyIdentity, 'neighbours'>,
  parts: NeighbourParts,
): NeighbourFeed {
  let watch: NeighbourWatch | undefined
  const closing = new Set<Promise<void>>()
  const end = (ended: NeighbourWatch, isForgetting: boolean): void => {
    const done = ended.close(isForgetting).finally(() => closing.delete(done))
    closing.add(done)
  }
  const use = ({ neighbours }: Pick<ReadyIdentity, 'neighbours'>): void => {
    if (neighbours === (watch !== undefined)) return
    if (watch) end(watch, true)
    watch = neighbours ? new NeighbourWatch(parts) : undefined
  }
  use(config)
  return {
    use,
    readings: () => watch?.readings() ?? OFF,
    close: async () => {
      if (watch) end(watch, false)
      watch = undefined
      await Promise.all(closing)
    },
  }
}

const OFF: NeighbourReadings = {
  source: 'off',
  neighbours: 0,
  manyAddresses: 0,
  malformed: 0,
  monitorStarts: 0,
  lists: 0,
  told: 0,
  gone: 0,
  moved: 0,
  refused: 0,
}
